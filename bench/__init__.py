"""Measurements, each a ratio of two things measured in turn in one run: only that holds on a noisy machine."""
