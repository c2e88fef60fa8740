"""What the family says of a session, and what becomes of it where they disagree."""
