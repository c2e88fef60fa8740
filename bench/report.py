"""The report of a year as PDF, against laying out an empty page of the same font."""

from collections.abc import Iterator

from flask import Flask

from bench.measuring import Ratio, compare
from hometeach.kernel import clock, documents
from hometeach.reporting.writing import report_bytes


def measure(app: Flask) -> Iterator[Ratio]:
    """Facts, charts, layout and font, in a process that has printed before."""
    with app.app_context():
        today = clock.today()
        yield compare(
            "the report of a year as PDF",
            lambda: report_bytes(today.year, today, "pdf"),
            "one printed page with a line of text",
            lambda: documents.print_pdf("<p>送教上门</p>"),
            goal="(no goal: seconds)",
            pairs=3,
        )
