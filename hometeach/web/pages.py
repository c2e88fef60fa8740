"""The list of page families; a family that is not here does not exist."""

from flask import Blueprint

from hometeach.web import (
    account,
    accounts,
    audit,
    calendar,
    children,
    design,
    disputes,
    entry,
    family,
    guardians,
    health,
    home,
    imports,
    indicators,
    my_day,
    outbox,
    recording,
    reports,
    rules,
    teachers,
    totals,
    unaccounted,
    units,
    visits,
    weeks,
)


def blueprints() -> list[Blueprint]:
    """Every page family, in the order of the rail."""
    return [
        entry.pages,
        home.pages,
        my_day.pages,
        children.pages,
        units.pages,
        teachers.pages,
        unaccounted.pages,
        recording.pages,
        visits.pages,
        weeks.pages,
        rules.pages,
        calendar.pages,
        totals.pages,
        indicators.pages,
        reports.pages,
        imports.pages,
        account.pages,
        accounts.pages,
        audit.pages,
        health.pages,
        design.pages,
        disputes.pages,
        guardians.pages,
        family.pages,
        outbox.pages,
    ]
