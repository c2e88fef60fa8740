"""An agreement drawn up and printed, against one page of the same font; its size, and the memory it keeps.

Then its printing alone against Typst's setting of the same words, and by two processes against one.
"""

import multiprocessing
import os
import resource
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from time import perf_counter

from flask import Flask
from sqlalchemy import select

from bench.measuring import Ratio, compare, of_pairs, seconds
from bench.typesetting import fonts, typst_source
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
#: Asked for by the bureau, and measured here, by two processes and by one; so often.
MANY, MEASURED, ROUNDS_OF_MANY = 200, int(os.environ.get("HOMETEACH_BENCH_AGREEMENTS", "16")), 3
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
        html = _html_of(lambda: trial(child, wanted, on=clock.today()))
        yield from _against_typst(html)
        yield _by_two(html)
        db.session.rollback()


def _html_of(drawn_up: Callable[[], object]) -> str:
    """What is printed while an agreement is drawn up."""
    found, printing = [], documents.print_pdf
    documents.print_pdf = lambda html, *sheets: found.append(html) or printing(html, *sheets)  # type: ignore[func-returns-value]
    try:
        drawn_up()
    finally:
        documents.print_pdf = printing
    return found[0]


def _against_typst(html: str) -> Iterator[Ratio]:
    """Each document with a number of its own, in a process that has its fonts already; without Typst, nothing."""
    try:
        import typst
    except ImportError:
        print("Typst is not installed: nothing is measured against it (tools.prepare bench installs it)")
        return
    compiler, numbers = typst.Compiler(font_paths=fonts(), ignore_system_fonts=True), iter(range(10_000))
    made = compiler.compile(typst_source(html), pdf_tags=False)
    yield compare(
        f"the printing of it alone (Typst's file: {len(made) / 1024:.0f} KB)",
        lambda: print_numbered(html, next(numbers)),
        "Typst, the same words and font; it remembers the one before",
        lambda: compiler.compile(typst_source(_numbered(html, next(numbers))), pdf_tags=False),
        goal="<= 1.0",
        pairs=7,
    )


def _by_two(html: str) -> Ratio:
    """So many measured, more asked for: what a document takes is multiplied, what a process takes to begin is not."""
    pairs = [(_by(2, html), _by(1, html)) for _round in range(ROUNDS_OF_MANY)]
    return of_pairs(
        f"{MANY} agreements by two processes, from {MEASURED} measured", "the same by one", pairs, goal="<= 0.6"
    )


def _by(processes: int, html: str) -> float:
    """Seconds for all of them, the start of the processes among it."""
    began = perf_counter()
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        list(pool.map(print_many, [html] * processes, [1] * processes))
        ready = perf_counter() - began
        shares = [MEASURED // processes] * processes
        return ready + seconds(lambda: list(pool.map(print_many, [html] * processes, shares))) * MANY / MEASURED


def print_many(html: str, count: int) -> int:
    """Print so many in this process; says how many bytes they are together."""
    return sum(print_numbered(html, number) for number in range(count))


def print_numbered(html: str, number: int) -> int:
    """Print one of a number of its own; says how many bytes it is."""
    return len(documents.print_pdf(_numbered(html, number), "agreement.css").content)


def _numbered(html: str, number: int) -> str:
    return html.replace("XY-0000-0000", f"XY-2026-{number:04}")


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
