"""A bureau's own lists in: read, compare, apply."""
