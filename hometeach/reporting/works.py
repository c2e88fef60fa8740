"""Writing and publishing a report as jobs: asked for on a page, worked by the scheduler's process.

The figures are read and the paper is drawn without holding anybody up; only
keeping what came out writes.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask_babel import force_locale

from hometeach.kernel import files, jobs
from hometeach.reporting.actions import draw_report, publish_report
from hometeach.reporting.report import report_of
from hometeach.reporting.writing import MEDIA_TYPES, roster_bytes, written

WRITE, PUBLISH = "report-write", "report-publish"
#: What can be asked for; the roster names children and stays in the house.
KINDS = ("pdf", "xlsx", "roster")


def write_report(arguments: Mapping[str, Any], progress: jobs.Progress) -> dict[str, Any]:
    """The work of writing: the report or the roster of a year as a file, in the reader's language."""
    year, as_of, kind = arguments["year"], date.fromisoformat(arguments["as_of"]), arguments["kind"]
    with jobs.only_reading(), force_locale(arguments["language"]):
        progress.tell(0, 2)
        content = _MAKERS[kind](year, as_of, lambda: progress.tell(1, 2))
        progress.tell(2, 2)
    ending = "xlsx" if kind == "xlsx" else "pdf"
    file = files.keep(content, MEDIA_TYPES[ending])
    return {
        "file": file.public_id,
        "name": f"{_NAMES[kind]}-{year}-as-of-{as_of.isoformat()}.{ending}",
        "sha256": file.sha256,
    }


def publish(arguments: Mapping[str, Any], progress: jobs.Progress) -> dict[str, Any]:
    """The work of publishing. What is published is in Chinese, whoever asked."""
    with force_locale("zh_Hans_CN"):
        with jobs.only_reading():
            progress.tell(0, 2)
            drawn = draw_report(arguments["year"], date.fromisoformat(arguments["as_of"]))
            progress.tell(1, 2)
        row = publish_report(drawn, by=arguments["by"])
    return {"report": row.public_id, "version": row.version}


WORKS: dict[str, jobs.Work] = {WRITE: write_report, PUBLISH: publish}


def _report_maker(ending: str) -> Callable[[int, date, Callable[[], None]], bytes]:
    def make(year: int, as_of: date, read: Callable[[], None]) -> bytes:
        report = report_of(year, as_of)
        read()
        return written(report, ending)

    return make


def _roster(year: int, as_of: date, read: Callable[[], None]) -> bytes:
    read()
    return roster_bytes(year, as_of)


_MAKERS = {"pdf": _report_maker("pdf"), "xlsx": _report_maker("xlsx"), "roster": _roster}
_NAMES = {"pdf": "report", "xlsx": "report", "roster": "roster"}
