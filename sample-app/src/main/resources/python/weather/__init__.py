"""Analysis of daily weather with nothing but the standard library.

========================  ==========================================================
`weather.dataset`         reads and checks a CSV file of daily observations
`weather.stats`           summary, months, climate, best and worst days
`weather.trend`           linear trend of the temperature, block bootstrap of it
`weather.forecast`        tomorrow's maximum from the days most like today
========================  ==========================================================

Every function takes the file as `bytes`, so that any interpreter can answer any call;
each interpreter keeps what it parsed last (see `weather.dataset.load`).
"""

__all__ = ["dataset", "forecast", "stats", "trend"]
