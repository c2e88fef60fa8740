"""Lessons that were missed: who reported them, who decided, and how they are made up."""
