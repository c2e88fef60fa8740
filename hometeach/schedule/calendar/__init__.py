"""What the bureau writes into the school calendar, and what follows for planned sessions."""
