"""The file of one child: what must be in it, and what is."""
