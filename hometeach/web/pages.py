"""The list of page families; a family that is not here does not exist."""

from flask import Blueprint

from hometeach.web import design, entry, health


def blueprints() -> list[Blueprint]:
    """Every page family, in the order of the rail."""
    return [entry.pages, health.pages, design.pages]
