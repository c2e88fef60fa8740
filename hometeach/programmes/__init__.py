"""The eight programme areas, their indicator dictionary and their figures."""
