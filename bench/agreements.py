"""An agreement drawn up and printed, against one page of the same font; its size, and the memory it keeps."""

import resource
from collections.abc import Iterator
from datetime import date, timedelta

from flask import Flask
from sqlalchemy import select

from bench.measuring import Ratio, compare
from hometeach.agreements.offers.actions import Wanted, trial
from hometeach.agreements.offers.around import around
from hometeach.agreements.offers.rules import MAY_FOLLOW
from hometeach.agreements.templates.actions import publish
from hometeach.agreements.templates.models import Template, template_on
from hometeach.kernel import clock, documents
from hometeach.kernel.clock import Span
from hometeach.kernel.extensions import db
from hometeach.people.founding import found_bureau
from hometeach.people.models import Child, units_in_order

#: Documents printed one after the other, to see what each leaves behind.
ROUNDS = 20
#: So far ahead no agreement of the county is in force any more.
AHEAD = timedelta(days=200)


def measure(app: Flask) -> Iterator[Ratio]:
    """Facts, layout, font and code, in a process that has printed before. Nothing is written."""
    with app.app_context():
        _prepare(clock.today())
        wanted = Wanted(Span(clock.today() + AHEAD, clock.today() + AHEAD + timedelta(days=120)))
        child = _child(wanted.span)
        paper = trial(child, wanted, on=clock.today())
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for _round in range(ROUNDS):
            trial(child, wanted, on=clock.today())
        kept = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / ROUNDS
        yield compare(
            f"an agreement, {paper.pages} pages, {len(paper.content) / 1024:.0f} KB, {kept:.0f} KB memory kept by each",
            lambda: trial(child, wanted, on=clock.today()),
            "one printed page with a line of text",
            lambda: documents.print_pdf("<p>送教上门</p>"),
            goal="(80 KB)",
            pairs=5,
        )
        db.session.rollback()


def _prepare(on: date) -> None:
    """A published wording, and telephones."""
    found_bureau("X市教育局")
    for unit in units_in_order():
        unit.phone = "0743-8123456"
    template = db.session.scalars(select(Template).order_by(Template.version)).first()
    if template is not None and template_on(on) is None:
        publish(template, on, on=on, by="bench")


def _child(span: Span) -> Child:
    """The first child for whom nothing lacks then."""
    children = db.session.scalars(select(Child).order_by(Child.code))
    return next(one for one in children if MAY_FOLLOW.issuperset(around(one, span).lacks))
