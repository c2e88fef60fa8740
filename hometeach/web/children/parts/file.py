"""What is missing in a child's file, and what runs out soon?"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from hometeach.cases.file.rules import FileItem, ItemState, lacking
from hometeach.compliance.paperwork import files_of
from hometeach.people.models import Child
from hometeach.web.words import files as said


@dataclass(frozen=True)
class FileCard:
    """What has to be brought, by whom, and what runs out soon, in words."""

    missing: list[tuple[str, str]]
    expiring: list[tuple[str, str]]


def file_card(child: Child, on: date) -> FileCard:
    """What a child's page says of its file."""
    items = files_of(select(Child.id).where(Child.id == child.id), on).get(child.id, [])
    soon = [item for item in items if item.state is ItemState.EXPIRING]
    return FileCard(
        [(_named(item), said.brings_words(item.form.brings)) for item in lacking(items)],
        [(_named(item), said.proof_words(item)) for item in soon],
    )


def _named(item: FileItem) -> str:
    return said.form_name(item.form)
