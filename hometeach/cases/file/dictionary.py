"""What does the list of forms say? ``dictionary.toml`` beside this is the bureau's list, F01 to F21."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from hometeach.cases.file.rules import Brings, FileForm
from hometeach.cases.rules import CaseStatus

FILE = Path(__file__).with_name("dictionary.toml")


@cache
def forms() -> tuple[FileForm, ...]:
    """Every form in the order of the list."""
    return tuple(_form(entry) for entry in tomllib.loads(FILE.read_text(encoding="utf-8"))["form"])


def form_of(code: str) -> FileForm | None:
    """The form with this number."""
    return next((form for form in forms() if form.code == code), None)


def _form(entry: dict[str, Any]) -> FileForm:
    needed = entry.pop("needed_from", None)
    return FileForm(
        **entry | {"brings": Brings(entry["brings"]), "needed_from": CaseStatus(needed) if needed else None}
    )
