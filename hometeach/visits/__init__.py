"""What happened at the child's place."""
