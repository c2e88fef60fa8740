"""Time owed and time given."""
