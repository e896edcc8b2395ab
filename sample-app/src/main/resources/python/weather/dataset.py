"""Daily weather observations in a CSV file: reading and checking.

A file has the columns ``date, precipitation, temp_max, temp_min, wind, weather`` in any
order and one row a day::

    >>> day, = parse(b"date,precipitation,temp_max,temp_min,wind,weather\\n"
    ...              b"2012-01-01,0.0,12.8,5.0,4.7,drizzle\\n")
    >>> day.temp_mean
    8.9

What is wrong with a file is told by row and column; rows are counted as an editor counts
lines, so the header is row 1::

    >>> parse(b"date,precipitation,temp_max,temp_min,wind,weather\\n"
    ...       b"2012-01-01,0.0,warm,5.0,4.7,drizzle\\n")
    Traceback (most recent call last):
    weather.dataset.DataError: row 2, column temp_max: 'warm' is not a number
"""

import csv
import datetime
import io
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple, TypedDict

__all__ = [
    "COLUMNS", "KINDS", "MAX_DAYS", "MAX_PROBLEMS",
    "DataError", "Day", "NotEnoughDataError", "Problem", "Report",
    "check", "load", "parse",
]

COLUMNS = ("date", "precipitation", "temp_max", "temp_min", "wind", "weather")
"""The columns of a file."""

KINDS = ("drizzle", "fog", "rain", "snow", "sun")
"""The values of the column ``weather``."""

MAX_DAYS = 20_000
"""Rows beyond these 54 years are refused."""

MAX_PROBLEMS = 20
"""Reading stops at this many problems."""

_LIMITS = {
    "precipitation": (0.0, 2000.0, "mm"),
    "temp_max": (-95.0, 65.0, "°C"),
    "temp_min": (-95.0, 65.0, "°C"),
    "wind": (0.0, 120.0, "m/s"),
}

# float() also takes '1_0', 'infinity' and digits of other scripts.
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?", re.ASCII | re.IGNORECASE)
_NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity)", re.IGNORECASE)
# date.fromisoformat() also takes '20120101' and '2012-W01-1'.
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class Day(NamedTuple):
    """The weather of one day."""

    date: datetime.date
    precipitation: float
    temp_max: float
    temp_min: float
    wind: float
    weather: str

    @property
    def temp_mean(self) -> float:
        """Middle of the day's extremes, the daily mean of climatology."""
        return (self.temp_max + self.temp_min) / 2


class Problem(TypedDict):
    """One thing that is wrong with a file."""

    row: int
    column: str | None
    message: str


class Report(TypedDict):
    """What `check` found."""

    days: int
    first: str | None
    last: str | None
    problems: list[Problem]


class DataError(ValueError):
    """A file cannot be used. `problems` says why, in the order of the file."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        first = problems[0]
        where = f"row {first['row']}"
        if first["column"] is not None:
            where += f", column {first['column']}"
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(f"{where}: {first['message']}{more}")


class NotEnoughDataError(ValueError):
    """The file is sound but too short for what was asked."""


def check(data: bytes) -> Report:
    """Reads a file and reports instead of raising.

    >>> check(b"date,temp_max\\n")["problems"][0]["message"]
    "the column 'precipitation' is missing"
    """
    try:
        days = load(data)
    except DataError as error:
        return {"days": 0, "first": None, "last": None, "problems": error.problems}
    return {
        "days": len(days),
        "first": days[0].date.isoformat(),
        "last": days[-1].date.isoformat(),
        "problems": [],
    }


@lru_cache(maxsize=8)
def load(data: bytes) -> tuple[Day, ...]:
    """`parse`, remembering the last eight files.

    A call may land in any interpreter, and each has its own cache. Callers therefore
    always pass the file itself: handing over 48 kB and finding it here takes some
    microseconds, parsing takes milliseconds.
    """
    return parse(data)


def parse(data: bytes) -> tuple[Day, ...]:
    """Reads a file into days, in the order of their dates.

    Byte order mark, blank lines, spaces around values and upper-case names are cleaned
    up; anything else that is not as it should be raises `DataError`.
    """
    problems: list[Problem] = []
    days: dict[datetime.date, Day] = {}
    rows: dict[datetime.date, int] = {}
    lines = _lines(_decode(data))
    header_row, header = next(lines, (1, []))
    if not header:
        raise DataError([_problem(1, None, "the file is empty")])
    header = [name.strip().lower() for name in header]
    if problems := _header_problems(header_row, header):
        raise DataError(problems)
    for row, fields in lines:
        if len(fields) != len(header):
            problems.append(_problem(row, None, f"has {len(fields)} fields where the header has {len(header)}"))
        else:
            values = {name: field.strip() for name, field in zip(header, fields)}
            day, found = _day(row, values)
            problems += found
            if day and day.date in days:
                problems.append(_problem(row, "date", f"{day.date} is also in row {rows[day.date]}"))
            elif day:
                days[day.date] = day
                rows[day.date] = row
                if len(days) > MAX_DAYS:
                    problems.append(_problem(row, None, f"there are more than {MAX_DAYS} days"))
                    break
        if len(problems) >= MAX_PROBLEMS:
            break
    if problems:
        raise DataError(problems[:MAX_PROBLEMS])
    if not days:
        raise DataError([_problem(header_row, None, "there is no row after the header")])
    return tuple(days[date] for date in sorted(days))


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # The offsets count from after a byte order mark, as error.object does.
        row = error.object.count(b"\n", 0, error.start) + 1
        byte = error.object[error.start]
        raise DataError([_problem(row, None, f"the byte 0x{byte:02x} is not UTF-8")]) from None


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        row = reader.line_num + 1
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise DataError([_problem(row, None, f"is not CSV: {error}")]) from None
        if any(field.strip() for field in fields):
            yield row, fields


def _header_problems(row: int, header: list[str]) -> list[Problem]:
    problems = []
    for name in COLUMNS:
        if name not in header:
            problems.append(_problem(row, name, f"the column {name!r} is missing"))
    for name in dict.fromkeys(header):
        if name not in COLUMNS:
            problems.append(_problem(row, _shorten(name), f"the column {_shorten(name)!r} is unknown"))
        elif header.count(name) > 1:
            problems.append(_problem(row, name, f"the column {name!r} is there {header.count(name)} times"))
    return problems[:MAX_PROBLEMS]


def _day(row: int, values: dict[str, str]) -> tuple[Day | None, list[Problem]]:
    problems: list[Problem] = []

    def problem(column: str, message: str) -> None:
        problems.append(_problem(row, column, message))

    date = None
    text = values["date"]
    if not text:
        problem("date", "the value is missing")
    elif not _DATE.fullmatch(text):
        problem("date", f"{_shorten(text)!r} is not a date of the form YYYY-MM-DD")
    else:
        try:
            date = datetime.date.fromisoformat(text)
        except ValueError:
            problem("date", f"{text!r} is not a day of the calendar")
    numbers: dict[str, float] = {}
    for column, (low, high, unit) in _LIMITS.items():
        text = values[column]
        if not text:
            problem(column, "the value is missing")
        elif _NOT_FINITE.fullmatch(text):
            problem(column, f"{text!r} is not a finite number")
        elif not _NUMBER.fullmatch(text):
            problem(column, f"{_shorten(text)!r} is not a number")
        elif not low <= float(text) <= high:
            problem(column, f"{_shorten(text)} is not between {low:g} and {high:g} {unit}")
        else:
            numbers[column] = float(text)
    if "temp_max" in numbers and "temp_min" in numbers and numbers["temp_min"] > numbers["temp_max"]:
        problem("temp_min", f"{values['temp_min']} is above temp_max, {values['temp_max']}")
    kind = values["weather"].lower()
    if kind not in KINDS:
        what = f"{_shorten(values['weather'])!r} is not one of {', '.join(KINDS)}" if kind else "the value is missing"
        problem("weather", what)
    if date is None or problems:
        return None, problems
    return Day(date=date, weather=kind, **numbers), problems


def _problem(row: int, column: str | None, message: str) -> Problem:
    return {"row": row, "column": column, "message": message}


def _shorten(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
