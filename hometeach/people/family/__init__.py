"""The adults around a child, and how they are reached."""
