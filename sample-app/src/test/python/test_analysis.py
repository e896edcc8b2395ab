"""Statistics, trend and forecast on made-up weather whose answers are known."""

import datetime
import doctest
import math
import random
import unittest
from collections.abc import Callable

import weather.dataset
import weather.stats
import weather.trend
from weather.dataset import NotEnoughDataError
from weather.forecast import backtest, tomorrow
from weather.stats import climate, extremes, monthly, summary
from weather.trend import interval, resample, trend

START = datetime.date(2001, 1, 1)


def load_tests(loader: unittest.TestLoader, tests: unittest.TestSuite, pattern: str | None) -> unittest.TestSuite:
    for module in (weather.dataset, weather.stats, weather.trend):
        tests.addTests(doctest.DocTestSuite(module))
    return tests


def made_up(count: int, middle: Callable[[int], float], rain: Callable[[int], float] = lambda day: 0.0) -> bytes:
    """A file of `count` days with the given mean temperature and precipitation."""
    rows = ["date,precipitation,temp_max,temp_min,wind,weather"]
    for i in range(count):
        date = START + datetime.timedelta(days=i)
        mean = middle(i)
        rows.append(f"{date},{rain(i)},{mean + 4!r},{mean - 4!r},2.0,sun")
    return "\n".join(rows).encode()


def season(day: int) -> float:
    return 10.0 - 8.0 * math.cos(2 * math.pi * day / 365.25)


class StatsTest(unittest.TestCase):

    def test_summary_counts_gaps_and_dry_spells(self) -> None:
        data = made_up(10, lambda day: float(day), lambda day: 5.0 if day == 3 else 0.9)
        rows = data.decode().splitlines()
        del rows[7]  # the seventh day; the dry spell around the gap is not one spell
        result = summary("\n".join(rows).encode())
        self.assertEqual((result["days"], result["missing_days"], result["wet_days"]), (9, 1, 1))
        self.assertEqual(result["longest_dry_spell"], 3)
        self.assertEqual(result["warmest"], {"date": "2001-01-10", "value": 13.0})
        self.assertEqual(result["coldest"], {"date": "2001-01-01", "value": -4.0})
        self.assertEqual(result["kinds"], {"drizzle": 0, "fog": 0, "rain": 0, "snow": 0, "sun": 9})

    def test_months_of_several_years_stay_apart_and_the_climate_joins_them(self) -> None:
        data = made_up(730, lambda day: 1.0 if day < 365 else 3.0, lambda day: 2.0)
        months = monthly(data)
        self.assertEqual((months[0]["month"], months[-1]["month"], len(months)), ("2001-01", "2002-12", 24))
        self.assertEqual((months[0]["temp_mean"], months[12]["temp_mean"]), (1.0, 3.0))
        january = climate(data)[0]
        self.assertEqual((january["days"], january["temp_mean"]), (62, 2.0))
        self.assertEqual((january["precipitation"], january["wet_share"]), (62.0, 1.0))

    def test_equal_days_rank_by_date(self) -> None:
        result = extremes(made_up(5, lambda day: 10.0), 2)
        self.assertEqual([day["date"] for day in result["best"]], ["2001-01-01", "2001-01-02"])
        self.assertEqual([day["date"] for day in result["worst"]], ["2001-01-01", "2001-01-02"])


class TrendTest(unittest.TestCase):

    def test_season_and_slope_are_told_apart(self) -> None:
        result = trend(made_up(1000, lambda day: season(day) + 0.3 * day / 365.25))
        self.assertAlmostEqual(result["slope_per_year"], 0.3, places=9)
        self.assertAlmostEqual(result["explained"], 1.0, places=9)
        self.assertAlmostEqual(result["level"], 10.0, places=2)

    def test_two_whole_years_are_enough_and_less_is_not(self) -> None:
        self.assertAlmostEqual(trend(made_up(730, season))["slope_per_year"], 0.0, places=9)
        with self.assertRaisesRegex(NotEnoughDataError, "2 years of data but there are 700 days"):
            trend(made_up(700, season))

    def test_a_chunk_depends_on_seed_and_number_alone(self) -> None:
        noise = random.Random(7)
        data = made_up(800, lambda day: season(day) + noise.gauss(0, 2))
        first = resample(data, 1, 0, 20)["slopes"]
        self.assertEqual(resample(data, 1, 0, 20)["slopes"], first)
        self.assertNotEqual(resample(data, 1, 1, 20)["slopes"], first)
        self.assertNotEqual(resample(data, 2, 0, 20)["slopes"], first)

    def test_independent_noise_gives_the_textbook_error(self) -> None:
        noise = random.Random(7)
        data = made_up(1000, lambda day: season(day) + noise.gauss(0, 2))
        error = interval(resample(data, 1, 0, 2000, block_days=1)["slopes"])["error"]
        self.assertAlmostEqual(error / trend(data)["naive_error"], 1.0, delta=0.06)

    def test_persistent_noise_needs_blocks(self) -> None:
        noise = random.Random(7)
        value = [0.0]
        for _ in range(1460):
            value.append(0.8 * value[-1] + noise.gauss(0, 2))
        data = made_up(1461, lambda day: season(day) + value[day])
        error = interval(resample(data, 1, 0, 1000, block_days=30)["slopes"])["error"]
        self.assertGreater(error, 2 * trend(data)["naive_error"])

    def test_blocks_longer_than_the_data_are_refused(self) -> None:
        with self.assertRaisesRegex(NotEnoughDataError, "blocks of 801 days need as many days but there are 800"):
            resample(made_up(800, season), 1, 0, 1, 801)
        with self.assertRaisesRegex(ValueError, "block_days must be at least 1 but is 0"):
            resample(made_up(800, season), 1, 0, 1, 0)


class ForecastTest(unittest.TestCase):

    def test_a_steady_change_is_forecast_exactly(self) -> None:
        result = backtest(made_up(1000, lambda day: (day % 2) * 5.0), neighbours=10)
        self.assertEqual(len(result["days"]), 365)
        self.assertAlmostEqual(result["error"], 0.0)
        self.assertAlmostEqual(result["persistence_error"], 5.0)

    def test_held_back_days_are_not_known(self) -> None:
        result = backtest(made_up(1000, lambda day: 5.0 if day < 635 else 25.0))
        after_the_jump = result["days"][1]
        self.assertEqual((after_the_jump["actual"], after_the_jump["climatology"]), (29.0, 9.0))
        self.assertEqual(after_the_jump["forecast"], 29.0)

    def test_tomorrow_follows_the_last_day(self) -> None:
        result = tomorrow(made_up(400, lambda day: (day % 2) * 5.0))
        self.assertEqual(result["date"], "2002-02-05")
        self.assertAlmostEqual(result["forecast"], 4.0)
        self.assertEqual((result["low"], result["high"]), (4.0, 4.0))

    def test_too_short_a_past_is_refused(self) -> None:
        with self.assertRaisesRegex(NotEnoughDataError, "365 days before the last 365 but there are 335"):
            backtest(made_up(700, season))
        with self.assertRaisesRegex(NotEnoughDataError, "365 days but there are 10"):
            tomorrow(made_up(10, season))


if __name__ == "__main__":
    unittest.main()
