"""Descriptive statistics of daily weather.

    >>> from pathlib import Path
    >>> data = Path("seattle-weather.csv").read_bytes()         # doctest: +SKIP
    >>> summary(data)["days"]                                   # doctest: +SKIP
    1461
"""

import datetime
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import groupby
from statistics import fmean
from typing import TypedDict, TypeVar

from weather.dataset import KINDS, Day, load

__all__ = [
    "WET", "ClimateMonth", "DayValue", "Extremes", "MonthSummary", "RatedDay", "Summary",
    "climate", "extremes", "monthly", "score", "summary",
]

_K = TypeVar("_K")

WET = 1.0
"""A day is wet from this much precipitation on, in mm; the definition of the WMO."""


class DayValue(TypedDict):
    """A record and its day."""

    date: str
    value: float


class Summary(TypedDict):
    """A whole file at a glance."""

    days: int
    first: str
    last: str
    missing_days: int
    temp_mean: float
    warmest: DayValue
    coldest: DayValue
    wettest: DayValue
    windiest: DayValue
    precipitation: float
    wet_days: int
    longest_dry_spell: int
    kinds: dict[str, int]


class MonthSummary(TypedDict):
    """One month of one year."""

    month: str
    days: int
    temp_mean: float
    temp_max: float
    temp_min: float
    warmest: float
    coldest: float
    precipitation: float
    wet_days: int
    wind: float


class ClimateMonth(TypedDict):
    """One month of the calendar, over all years of the file."""

    month: int
    days: int
    temp_mean: float
    temp_max: float
    temp_min: float
    warmest: float
    coldest: float
    precipitation: float
    wet_share: float


class RatedDay(TypedDict):
    """A day and its score."""

    date: str
    score: float
    temp_max: float
    temp_min: float
    precipitation: float
    wind: float
    weather: str


class Extremes(TypedDict):
    """The ends of the ranking by `score`."""

    best: list[RatedDay]
    worst: list[RatedDay]


def summary(data: bytes) -> Summary:
    """Totals, means and records of the whole file."""
    days = load(data)
    kinds = Counter(day.weather for day in days)
    return {
        "days": len(days),
        "first": days[0].date.isoformat(),
        "last": days[-1].date.isoformat(),
        "missing_days": (days[-1].date - days[0].date).days + 1 - len(days),
        "temp_mean": fmean(day.temp_mean for day in days),
        "warmest": _record(days, lambda day: day.temp_max),
        "coldest": _record(days, lambda day: day.temp_min, largest=False),
        "wettest": _record(days, lambda day: day.precipitation),
        "windiest": _record(days, lambda day: day.wind),
        "precipitation": sum(day.precipitation for day in days),
        "wet_days": sum(day.precipitation >= WET for day in days),
        "longest_dry_spell": _longest_dry_spell(days),
        "kinds": {kind: kinds[kind] for kind in KINDS},
    }


def monthly(data: bytes) -> list[MonthSummary]:
    """Each month of each year that has a day in the file, in order."""
    return [
        {
            "month": month,
            "days": len(days),
            "temp_mean": fmean(day.temp_mean for day in days),
            "temp_max": fmean(day.temp_max for day in days),
            "temp_min": fmean(day.temp_min for day in days),
            "warmest": max(day.temp_max for day in days),
            "coldest": min(day.temp_min for day in days),
            "precipitation": sum(day.precipitation for day in days),
            "wet_days": sum(day.precipitation >= WET for day in days),
            "wind": fmean(day.wind for day in days),
        }
        for month, days in _group(load(data), lambda day: f"{day.date:%Y-%m}")
    ]


def climate(data: bytes) -> list[ClimateMonth]:
    """Each month of the calendar over all years.

    ``precipitation`` is the mean of the monthly totals and ``wet_share`` the part of the
    days that was wet.
    """
    months: list[ClimateMonth] = []
    days_in_order = sorted(load(data), key=lambda day: day.date.month)
    for month, days in _group(days_in_order, lambda day: day.date.month):
        years = len({day.date.year for day in days})
        months.append({
            "month": month,
            "days": len(days),
            "temp_mean": fmean(day.temp_mean for day in days),
            "temp_max": fmean(day.temp_max for day in days),
            "temp_min": fmean(day.temp_min for day in days),
            "warmest": max(day.temp_max for day in days),
            "coldest": min(day.temp_min for day in days),
            "precipitation": sum(day.precipitation for day in days) / years,
            "wet_share": sum(day.precipitation >= WET for day in days) / len(days),
        })
    return months


def score(day: Day) -> float:
    """How pleasant a day was; 100 is as good as it gets.

    From 100 are taken 3 for each degree that the maximum is away from 23 °C, 2 for each
    millimetre of precipitation and 3 for each m/s of wind above 3.

    >>> score(Day(datetime.date(2012, 7, 1), 1.0, 25.0, 12.0, 4.0, "rain"))
    89.0
    """
    return (100.0
            - 3.0 * abs(day.temp_max - 23.0)
            - 2.0 * day.precipitation
            - 3.0 * max(0.0, day.wind - 3.0))


def extremes(data: bytes, count: int = 10) -> Extremes:
    """The best and the worst days by `score`; of equal days the earlier comes first."""
    days = load(data)
    best = sorted(days, key=lambda day: (-round(score(day), 9), day.date))
    worst = sorted(days, key=lambda day: (round(score(day), 9), day.date))
    return {"best": [_rated(day) for day in best[:count]], "worst": [_rated(day) for day in worst[:count]]}


def _rated(day: Day) -> RatedDay:
    return {
        "date": day.date.isoformat(),
        "score": round(score(day), 9),
        "temp_max": day.temp_max,
        "temp_min": day.temp_min,
        "precipitation": day.precipitation,
        "wind": day.wind,
        "weather": day.weather,
    }


def _record(days: Iterable[Day], value: Callable[[Day], float], largest: bool = True) -> DayValue:
    day = max(days, key=value) if largest else min(days, key=value)
    return {"date": day.date.isoformat(), "value": value(day)}


def _longest_dry_spell(days: Iterable[Day]) -> int:
    longest = current = 0
    previous: datetime.date | None = None
    for day in days:
        if previous is not None and (day.date - previous).days > 1:
            current = 0
        current = current + 1 if day.precipitation < WET else 0
        longest = max(longest, current)
        previous = day.date
    return longest


def _group(days: Iterable[Day], key: Callable[[Day], _K]) -> Iterable[tuple[_K, list[Day]]]:
    return ((value, list(group)) for value, group in groupby(days, key))
