"""What would a workbook change, told in the bureau's own words?

As JSON, so that it can be kept as the outcome of a job and shown in either
language: headings and words of the lists stay as the bureau writes them.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from hometeach.people.rules import masked_id_number, masked_phone
from hometeach.programmes.rules import unfixed
from hometeach.workbook.comparing import ABSENT, Key, ListChanges, Plain
from hometeach.workbook.faults import Fault, FaultKind, Note, NoteKind, Place
from hometeach.workbook.layout import Column, Kind
from hometeach.workbook.stating import LISTS, BureauList
from hometeach.workbook.words import METRICS, PERIODS

#: A page lists at most so many things of one kind of change; the counts are always whole.
MOST_TOLD = 200
BLANK = "（空）"


def tell_list(one: BureauList, changes: ListChanges) -> dict[str, Any]:
    """The changes of one list: how many of each kind, and the first of them."""
    return {
        "name": one.name,
        "sheet": one.layout.sheet,
        "counts": {
            "created": len(changes.created),
            "updated": len(changes.updated),
            "unchanged": changes.unchanged,
            "conflicts": len(changes.conflicts),
            "missing": len(changes.missing),
        },
        "created": [{"key": key_words(one, item.key), "row": item.row} for item in changes.created[:MOST_TOLD]],
        "updated": [
            {
                "key": key_words(one, item.stated.key),
                "row": item.stated.row,
                "fields": [
                    {
                        "head": one.head_of(change.field),
                        "before": value_words(one, change.field, change.before),
                        "after": value_words(one, change.field, change.after),
                    }
                    for change in item.changes
                ],
            }
            for item in changes.updated[:MOST_TOLD]
        ],
        "conflicts": [
            {
                "key": key_words(one, item.stated.key),
                "row": item.stated.row,
                "head": one.head_of(item.field),
                "app": value_words(one, item.field, item.app),
                "workbook": value_words(one, item.field, item.workbook),
            }
            for item in changes.conflicts[:MOST_TOLD]
        ],
        "missing": [key_words(one, key) for key in changes.missing[:MOST_TOLD]],
    }


def tell_lists(lists: Mapping[str, ListChanges]) -> list[dict[str, Any]]:
    """The changes of every list that the workbook states, in the order of the lists."""
    return [tell_list(one, lists[one.name]) for one in LISTS if one.name in lists]


def key_words(one: BureauList, key: Key) -> str:
    """The key as the lists write it."""
    fields = ("child", "name") if one.name == "guardians" else one.layout.key
    return " ".join(words for name, part in zip(fields, key, strict=True) if (words := _key_part(one, name, part)))


def value_words(one: BureauList, name: str, value: Plain) -> str:
    """The value as the lists write it; numbers of persons and phones masked."""
    if value == ABSENT:
        return ABSENT
    if value is None or value == "":
        return BLANK
    if name == "quotas":
        return "；".join(map(_quota_words, value)) if isinstance(value, list) else BLANK
    column = one.layout.column(dict(one.heads).get(name, name))
    if column.personal and column.kind is Kind.CODE:
        return masked_id_number(str(value)) or BLANK
    return _WORDS.get(column.kind, _as_written)(value, column)


def fault_as_json(fault: Fault) -> dict[str, Any]:
    """The fault as an outcome keeps it."""
    return {**_place_as_json(fault.place), "kind": fault.kind.value, "facts": dict(fault.facts)}


def fault_from_json(kept: Mapping[str, Any]) -> Fault:
    """The fault that was kept."""
    return Fault(_place_from_json(kept), FaultKind(kept["kind"]), kept["facts"])


def note_as_json(note: Note) -> dict[str, Any]:
    """The note as an outcome keeps it."""
    return {**_place_as_json(note.place), "kind": note.kind.value}


def note_from_json(kept: Mapping[str, Any]) -> Note:
    """The note that was kept."""
    return Note(_place_from_json(kept), NoteKind(kept["kind"]))


def _place_as_json(place: Place) -> dict[str, Any]:
    return {"sheet": place.sheet, "row": place.row, "head": place.head, "letter": place.letter}


def _place_from_json(kept: Mapping[str, Any]) -> Place:
    return Place(kept["sheet"], kept["row"], kept["head"], kept["letter"])


def _key_part(one: BureauList, name: str, part: str) -> str:
    column = one.layout.column(dict(one.heads).get(name, name))
    if column.kind is Kind.CHOICE:
        return _choice_words(next((v for v in column.choices.values() if str(v) == part), part), column)
    return _time_of_day(int(part) * 60) if column.kind is Kind.MINUTE else part


def _choice_words(value: Any, column: Column) -> str:
    return next((word for word, code in column.choices.items() if code == value), str(value))


def _choices_words(value: Any, column: Column) -> str:
    return "、".join(word for word, code in column.choices.items() if code in value)


def _quota_words(quota: Any) -> str:
    period, metric, minimum = quota
    said: Iterable[str] = (
        next(word for word, code in PERIODS.items() if code == period),
        str(minimum),
        next(word for word, code in METRICS.items() if code == metric),
    )
    return " ".join(said)


def _as_written(value: Any, _column: Column) -> str:
    return str(value)


def _time_of_day(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    minutes, second = divmod(rest, 60)
    return f"{hours:02}:{minutes:02}" + (f":{second:02}" if second else "")


_WORDS: dict[Kind, Callable[[Any, Column], str]] = {
    Kind.CHOICE: _choice_words,
    Kind.CHOICES: _choices_words,
    Kind.CODES: lambda value, _column: "、".join(value),
    Kind.TIME: lambda value, _column: _time_of_day(value),
    Kind.MINUTE: lambda value, _column: _time_of_day(60 * value),
    Kind.AMOUNT: lambda value, _column: str(unfixed(value)),
    Kind.PHONE: lambda value, _column: masked_phone(value) or "",
    Kind.ID_NUMBER: lambda value, _column: masked_id_number(value) or "",
}
