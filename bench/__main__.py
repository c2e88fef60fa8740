"""``make bench``: every measurement, one line each."""

from collections.abc import Iterator

from bench import agreements, importing, ledger, messages, pages, report, saving, seals
from bench.county import CHILDREN, SEED, VISITS, county
from bench.measuring import Ratio


def all_of_them() -> Iterator[Ratio]:
    """In the order in which they build on one county."""
    with county() as (app, workbook, folder):
        yield from ledger.measure(app, folder)
        yield from saving.measure(app)
        yield from importing.measure(workbook, folder)
        yield from report.measure(app)
        yield from agreements.measure(app)
        yield from seals.measure(app)
        yield from pages.measure(app, folder)
        yield from messages.measure(app)
    yield from saving.measure_on_postgresql()


print(f"{CHILDREN} children, {VISITS} visits, seed {SEED}; medians, ratio = first figure ÷ second, measured in turn")
for ratio in all_of_them():
    print(ratio.line(), flush=True)
