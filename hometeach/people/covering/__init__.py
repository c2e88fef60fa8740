"""Somebody is away for some days, and somebody else holds the role meanwhile."""
