"""The list of page families; a family that is not here does not exist."""

from flask import Blueprint

from hometeach.web import account, accounts, design, entry, health


def blueprints() -> list[Blueprint]:
    """Every page family, in the order of the rail."""
    return [
        entry.pages,
        account.pages,
        accounts.pages,
        health.pages,
        design.pages,
    ]
