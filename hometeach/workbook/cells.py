"""What does one cell say?

Pure. People write dates as dates, as text and as the numbers behind them; codes
that spreadsheets turned into numbers; full-width digits and stray spaces. All of
that is read as it was meant. What cannot be read says why, never a guess.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from stdnum.cn import ric
from stdnum.exceptions import InvalidChecksum, InvalidFormat, InvalidLength, ValidationError

from hometeach.kernel.clock import ONE_DAY
from hometeach.people.rules import is_phone
from hometeach.programmes.rules import NoAmount, number_meant
from hometeach.workbook.faults import FaultKind, Wrong
from hometeach.workbook.layout import Column, Kind, Value

#: What the spreadsheet reader gives for a cell; an empty one is "".
Cell = str | float | int | bool | date | datetime | time | timedelta

#: Day 0 of the spreadsheet's calendar, as it counts from 1900-03-01 on.
SERIAL_ZERO = date(1899, 12, 30)
#: The days that a list of this product can mean; anything else is a slip of the pen.
FIRST_DAY, LAST_DAY = date(1950, 1, 1), date(2100, 12, 31)
#: A double holds so many decimal digits of a whole number; a longer code lost its end.
EXACT_DIGITS = 15
#: A message repeats at most so much of a cell.
SHOWN_LENGTH = 40
DAY_SECONDS = 86_400

_INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SPACES = re.compile(r"\s+")
_CODE = re.compile(r"[\w〔(（\[][\w.\-—–·()（）〔〕\[\]#]*")
_BETWEEN = re.compile(r"[、,，;；/|\s]+")
_DATE = re.compile(r"(\d{4})(?:年|[-./])(\d{1,2})(?:月|[-./])(\d{1,2})[日号]?(?:[ T]?0?0:00(?::00(?:\.0+)?)?)?")
_PLAIN_DATE = re.compile(r"(\d{4})(\d\d)(\d\d)")
_TIME = re.compile(r"(\d{1,2})[:时点](\d{1,2})分?(?::?(\d{1,2})(?:\.0+)?秒?)?")


class ColumnReader(dict[Cell, "Value | Wrong"]):
    """Reads the cells of one column, each distinct one once: lists repeat themselves.

    ``wrongs`` counts how many distinct cells could not be read.
    """

    def __init__(self, column: Column):
        super().__init__()
        self._column = column
        self.wrongs = 0

    def __missing__(self, cell: Cell) -> Value | Wrong:
        value = self[cell] = read_cell(cell, self._column)
        self.wrongs += isinstance(value, Wrong)
        return value


def read_cell(cell: Cell, column: Column) -> Value | Wrong:
    """What the cell means in its column; a blank one is the column's default, or wrong where it is required."""
    text = written(cell)
    if not text:
        return Wrong(FaultKind.BLANK) if column.required else column.default
    return _READERS[column.kind](cell, text, column)


def written(cell: Cell) -> str:
    """The cell as text, without what cannot be seen: whole numbers without a point, dates as 2026-09-01."""
    if isinstance(cell, str):
        return _INVISIBLE.sub("", cell).strip()
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 10**EXACT_DIGITS:
        return str(int(cell))
    return str(cell)


def shown(text: str) -> str:
    """So much of a cell as a message repeats."""
    return text if len(text) <= SHOWN_LENGTH else f"{text[:SHOWN_LENGTH]}…"


def _text(_cell: Cell, text: str, column: Column) -> Value | Wrong:
    tidy = text if column.kind is Kind.LONG_TEXT else _SPACES.sub(" ", text)
    if len(tidy) > column.longest:
        return Wrong(FaultKind.TOO_LONG, {"length": str(len(tidy)), "longest": str(column.longest)})
    return tidy


def _code(cell: Cell, text: str, column: Column) -> Value | Wrong:
    if isinstance(cell, float) and (not cell.is_integer() or abs(cell) >= 10**EXACT_DIGITS):
        return Wrong(FaultKind.DIGITS_LOST)
    code = _narrow(text)
    if len(code) > column.longest:
        return Wrong(FaultKind.TOO_LONG, {"length": str(len(code)), "longest": str(column.longest)})
    if not isinstance(cell, str | float | int) or not _CODE.fullmatch(code):
        return Wrong(FaultKind.BAD_CODE, {"shown": shown(text)})
    return code


def _codes(cell: Cell, text: str, column: Column) -> Value | Wrong:
    codes: list[str] = []
    for part in filter(None, _BETWEEN.split(_narrow(text))):
        code = _code(part if isinstance(cell, str) else cell, part, column)
        if isinstance(code, Wrong):
            return code
        if code in codes:
            return Wrong(FaultKind.CODE_TWICE, {"shown": shown(part)})
        codes.append(str(code))
    return tuple(codes) if codes else Wrong(FaultKind.BAD_CODE, {"shown": shown(text)})


def _date(cell: Cell, text: str, _column: Column) -> Value | Wrong:
    day = _day_of(cell, _narrow(text))
    if day is None:
        return Wrong(FaultKind.NOT_A_DATE, {"shown": shown(text)})
    if not FIRST_DAY <= day <= LAST_DAY:
        return Wrong(FaultKind.FAR_DATE, {"shown": day.isoformat()})
    return day


def _day_of(cell: Cell, text: str) -> date | None:
    if isinstance(cell, datetime):
        return cell.date() if cell.time() == time.min else None
    if isinstance(cell, date):
        return cell
    if isinstance(cell, time | timedelta):
        return None
    if found := _DATE.fullmatch(text) or _DATE.fullmatch(_compact(text)) or _PLAIN_DATE.fullmatch(text):
        year, month, day = map(int, found.groups())
        try:
            return date(year, month, day)
        except ValueError:
            return None
    return _day_of_serial(text)


def _day_of_serial(text: str) -> date | None:
    """The day behind a bare number, where a date lost its format; only numbers that mean a plausible day."""
    if not re.fullmatch(r"[0-9]{5}", text):
        return None
    day = SERIAL_ZERO + int(text) * ONE_DAY
    return day if FIRST_DAY <= day <= LAST_DAY else None


def _time(cell: Cell, text: str, _column: Column) -> Value | Wrong:
    second = _second_of(cell, _narrow(text))
    return Wrong(FaultKind.NOT_A_TIME, {"shown": shown(text)}) if second is None else second


def _minute(cell: Cell, text: str, column: Column) -> Value | Wrong:
    second = _time(cell, text, column)
    if isinstance(second, int) and second % 60:
        return Wrong(FaultKind.NOT_A_TIME, {"shown": shown(text)})
    return second // 60 if isinstance(second, int) else second


def _second_of(cell: Cell, text: str) -> int | None:
    """Seconds after midnight, to the nearest: spreadsheets keep times as fractions of a day."""
    if isinstance(cell, datetime):
        # A time whose format shows a date comes as a moment on the calendar's day 0.
        return _second_of(cell.time(), text) if (cell.date() - SERIAL_ZERO).days in {0, 1} else None
    if isinstance(cell, time):
        return _within_day(cell.hour * 3600 + cell.minute * 60 + cell.second + cell.microsecond / 1e6)
    if isinstance(cell, timedelta):
        return _within_day(cell.total_seconds())
    if isinstance(cell, int | float):
        return _within_day(cell * DAY_SECONDS) if 0 <= cell < 1 else None
    if found := _TIME.fullmatch(text):
        hour, minute, second = (int(part or 0) for part in found.groups())
        return hour * 3600 + minute * 60 + second if hour < 24 and minute < 60 and second < 60 else None
    return None


def _within_day(seconds: float) -> int | None:
    rounded = round(seconds)
    return rounded if 0 <= rounded < DAY_SECONDS else None


def _whole(cell: Cell, text: str, column: Column) -> Value | Wrong:
    if isinstance(cell, date | time | timedelta | bool) or not re.fullmatch(r"[+-]?[0-9]{1,15}(\.0+)?", _narrow(text)):
        return Wrong(FaultKind.NOT_WHOLE, {"shown": shown(text)})
    return _bounded(int(float(_narrow(text))), column)


def _degrees(cell: Cell, text: str, column: Column) -> Value | Wrong:
    if isinstance(cell, date | time | timedelta | bool) or not re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]+)?", _narrow(text)):
        return Wrong(FaultKind.NOT_A_NUMBER, {"shown": shown(text)})
    return _bounded(float(_narrow(text)), column)


def _bounded(number: float, column: Column) -> Value | Wrong:
    low, high = column.low, column.high
    if low is not None and high is not None and not low <= number <= high:
        return Wrong(FaultKind.OUT_OF_BOUNDS, {"shown": f"{number:g}", "low": str(low), "high": str(high)})
    return number


def _amount(cell: Cell, text: str, _column: Column) -> Value | Wrong:
    """In stored parts, as ``programmes`` counts them."""
    if isinstance(cell, date | time | timedelta | bool):
        return Wrong(FaultKind.NOT_A_NUMBER, {"shown": shown(text)})
    if isinstance(cell, str) and not re.fullmatch(r"-?[0-9]{1,15}(,[0-9]{3})*(\.[0-9]+)?", _narrow(text)):
        return Wrong(FaultKind.NOT_A_NUMBER, {"shown": shown(text)})
    try:
        return number_meant(text if isinstance(cell, str) else cell)
    except NoAmount:
        return Wrong(FaultKind.NOT_A_NUMBER, {"shown": shown(text)})
    except ValueError:
        return Wrong(FaultKind.TOO_PRECISE, {"shown": shown(text)})


def _choice(_cell: Cell, text: str, column: Column) -> Value | Wrong:
    word = _compact(text)
    if word not in column.choices:
        return Wrong(FaultKind.UNKNOWN_CHOICE, {"shown": shown(text), "allowed": allowed(column)})
    return column.choices[word]


def _choices(_cell: Cell, text: str, column: Column) -> Value | Wrong:
    words = [word for word in _BETWEEN.split(_narrow(text)) if word]
    unknown = next((word for word in words if word not in column.choices), None if words else text)
    if unknown is not None:
        return Wrong(FaultKind.UNKNOWN_CHOICE, {"shown": shown(unknown), "allowed": allowed(column)})
    return tuple(sorted({str(column.choices[word]) for word in words}))


def allowed(column: Column) -> str:
    """The words that a column takes, one for each value."""
    firsts: dict[Value, str] = {}
    for word, value in column.choices.items():
        firsts.setdefault(value, word)
    return "、".join(f"“{word}”" if "、" in word else word for word in firsts.values())


def _phone(cell: Cell, text: str, _column: Column) -> Value | Wrong:
    if isinstance(cell, float) and not cell.is_integer():
        return Wrong(FaultKind.BAD_PHONE)
    digits = re.sub(r"[\s\-—–]", "", _narrow(text)).removeprefix("+86")
    return digits if is_phone(digits) else Wrong(FaultKind.BAD_PHONE)


def _id_number(cell: Cell, text: str, _column: Column) -> Value | Wrong:
    if not isinstance(cell, str):
        return Wrong(FaultKind.DIGITS_LOST)
    number = _compact(text).upper()
    try:
        return str(ric.validate(number))
    except (InvalidLength, InvalidFormat):
        return Wrong(FaultKind.ID_LENGTH, {"length": str(len(number))})
    except InvalidChecksum:
        return Wrong(FaultKind.ID_CHECK_DIGIT)
    except ValidationError:
        return Wrong(FaultKind.ID_PARTS)


def _narrow(text: str) -> str:
    """Full-width digits, letters and marks as narrow ones; only for values that are no running text."""
    return unicodedata.normalize("NFKC", text).strip()


def _compact(text: str) -> str:
    return _SPACES.sub("", _narrow(text))


_READERS: dict[Kind, Callable[[Cell, str, Column], Value | Wrong]] = {
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _text,
    Kind.CODE: _code,
    Kind.CODES: _codes,
    Kind.DATE: _date,
    Kind.TIME: _time,
    Kind.MINUTE: _minute,
    Kind.WHOLE: _whole,
    Kind.AMOUNT: _amount,
    Kind.DEGREES: _degrees,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
    Kind.PHONE: _phone,
    Kind.ID_NUMBER: _id_number,
}
