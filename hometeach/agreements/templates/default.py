"""What does the wording say that the product comes with? ``wording.toml`` beside this is that draft."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hometeach.agreements.templates.rules import Block

FILE = Path(__file__).with_name("wording.toml")


@dataclass(frozen=True, slots=True)
class WrittenClause:
    """One clause as the file has it."""

    block: Block
    text: str
    limits_rights: bool


@dataclass(frozen=True, slots=True)
class Wording:
    """The file as a whole."""

    title: str
    source: str
    summary: str
    clauses: tuple[WrittenClause, ...]


@cache
def default_wording() -> Wording:
    """The draft that the product comes with; a bureau publishes it, or its own, from a page."""
    file = tomllib.loads(FILE.read_text(encoding="utf-8"))
    clauses = tuple(
        WrittenClause(Block(one["block"]), one["text"], one.get("limits_rights", False)) for one in file["clause"]
    )
    return Wording(file["title"], file["source"], file["summary"].strip(), clauses)
