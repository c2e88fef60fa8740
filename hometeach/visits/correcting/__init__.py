"""How a record is checked, corrected and withdrawn, and what it said before."""
