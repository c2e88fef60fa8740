"""What do the sheets of a workbook say, row by row?

Pure: cells in, records and faults out. Lists are read column by column, because
a column repeats itself; every fault is gathered, so that a bureau corrects its
lists once and not twenty times.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from hometeach.workbook.cells import Cell, ColumnReader, written
from hometeach.workbook.faults import Fault, FaultKind, Note, NoteKind, Place, Wrong
from hometeach.workbook.layout import SHEETS, Column, SheetLayout, Value

#: The spreadsheet's number of the first row below the headings.
FIRST_ROW = 2


@dataclass(frozen=True, slots=True)
class Record:
    """One row: its number as the spreadsheet shows it, and its values by field.

    A value that could not be read, or whose column is missing, is not there.
    """

    row: int
    values: dict[str, Value]

    def __getitem__(self, name: str) -> Value:
        return self.values.get(name)


@dataclass(frozen=True, slots=True)
class ReadSheet:
    """One sheet as it was read. ``letters`` leads from the headings that are there to their columns."""

    layout: SheetLayout
    records: list[Record]
    letters: Mapping[str, str] = field(default_factory=dict)
    is_there: bool = True

    def has(self, name: str) -> bool:
        """Whether the column of a field is there."""
        return self.layout.column(name).head in self.letters

    def fault(self, record: Record | None, name: str, kind: FaultKind, **facts: str) -> Fault:
        """A fault in one cell of a record; where it is, and what is wrong."""
        column = self.layout.column(name)
        place = Place(self.layout.sheet, record.row if record else None, column.head, self.letters.get(column.head, ""))
        return Fault(place, kind, facts)


@dataclass(frozen=True, slots=True)
class Reading:
    """All sheets by the name of their list, and what was noticed on the way."""

    sheets: dict[str, ReadSheet]
    faults: list[Fault]
    notes: list[Note]


def read_sheets(
    sheets: Mapping[str, Sequence[Sequence[Cell]]],
    others: Sequence[str] = (),
    told: Callable[[int, int], None] = lambda done, total: None,
) -> Reading:
    """Read every sheet of the layout; sheets and columns beyond it are left alone and noted.

    ``told`` hears how many of how many sheets are read.
    """
    reading = Reading({}, [], [Note(Place(name), NoteKind.SHEET_NOT_READ) for name in others])
    for done, layout in enumerate(SHEETS, start=1):
        reading.sheets[layout.name] = _read_sheet(layout, sheets.get(layout.sheet), reading)
        told(done, len(SHEETS))
    return reading


def _read_sheet(layout: SheetLayout, rows: Sequence[Sequence[Cell]] | None, reading: Reading) -> ReadSheet:
    if rows is None:
        _note_absence(layout, reading)
        return ReadSheet(layout, [], is_there=False)
    found = dict(_headings(layout, rows[0] if rows else (), reading))
    if not found:
        reading.faults.append(Fault(Place(layout.sheet, 1), FaultKind.HEADS_MISSING))
        return ReadSheet(layout, [], is_there=False)
    for column in layout.columns:
        if column.head not in found and (column.required or column.name in layout.key):
            reading.faults.append(Fault(Place(layout.sheet, 1, column.head), FaultKind.COLUMN_MISSING))
    letters = {head: letter_of(index) for head, index in found.items()}
    sheet = ReadSheet(layout, _records(layout, rows[1:], found, letters, reading), letters)
    if layout.required and not (sheet.records or layout.may_be_empty):
        reading.faults.append(Fault(Place(layout.sheet), FaultKind.SHEET_EMPTY))
    return sheet


def _note_absence(layout: SheetLayout, reading: Reading) -> None:
    if layout.required:
        reading.faults.append(Fault(Place(layout.sheet), FaultKind.SHEET_MISSING))
    else:
        reading.notes.append(Note(Place(layout.sheet), NoteKind.SHEET_ABSENT))


def _headings(layout: SheetLayout, first_row: Sequence[Cell], reading: Reading) -> Iterator[tuple[str, int]]:
    """(heading, index) of the layout's columns, each once."""
    known = {column.head for column in layout.columns}
    seen: set[str] = set()
    for index, cell in enumerate(first_row):
        head = "".join(written(cell).split())
        place = Place(layout.sheet, 1, head, letter_of(index))
        if head in seen:
            reading.faults.append(Fault(place, FaultKind.COLUMN_TWICE))
        elif head in known:
            seen.add(head)
            yield head, index
        elif head:
            reading.notes.append(Note(place, NoteKind.COLUMN_NOT_READ))


def _records(
    layout: SheetLayout,
    rows: Sequence[Sequence[Cell]],
    found: Mapping[str, int],
    letters: Mapping[str, str],
    reading: Reading,
) -> list[Record]:
    """The rows that say anything, with what could be read of them."""
    numbers = [number for number, row in enumerate(rows, start=FIRST_ROW) if _says_anything(row)]
    if not numbers:
        return []
    by_index = list(zip(*(rows[number - FIRST_ROW] for number in numbers), strict=True))
    readers = {column.head: ColumnReader(column) for column in layout.columns if column.head in found}
    values = [[reader[cell] for cell in _without_booleans(by_index[found[head]])] for head, reader in readers.items()]
    columns = [column for column in layout.columns if column.head in found]
    names = [column.name for column in columns]
    absent = {column.name: column.default for column in layout.columns if not (column.required or column in columns)}
    records = [
        Record(number, dict(zip(names, row, strict=True)) | absent)
        for number, row in zip(numbers, zip(*values, strict=True), strict=True)
    ]
    if any(reader.wrongs for reader in readers.values()):
        reading.faults.extend(_faults_in(layout, columns, letters, records))
    return records


def _says_anything(row: Sequence[Cell]) -> bool:
    return any(cell != "" and (not isinstance(cell, str) or cell.strip()) for cell in row)


def _without_booleans(cells: Sequence[Cell]) -> Sequence[Cell]:
    """The cells with TRUE and FALSE in words: as keys, Python holds True for the number 1."""
    if bool not in set(map(type, cells)):
        return cells
    return [written(cell) if isinstance(cell, bool) else cell for cell in cells]


def _faults_in(
    layout: SheetLayout, columns: Sequence[Column], letters: Mapping[str, str], records: Sequence[Record]
) -> Iterator[Fault]:
    """The faults of single cells; what is wrong is taken out of the records."""
    for record in records:
        for column in columns:
            value: object = record.values[column.name]
            if isinstance(value, Wrong):
                del record.values[column.name]
                facts = {**value.facts, "shown": "…"} if column.personal and "shown" in value.facts else value.facts
                place = Place(layout.sheet, record.row, column.head, letters[column.head])
                yield Fault(place, value.kind, facts)


def letter_of(index: int) -> str:
    """The letter over a column, counted from 0: A, B, …, Z, AA, …"""
    letters = ""
    number = index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
