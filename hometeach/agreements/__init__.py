"""What the guardian and the school agreed, and for which days."""
