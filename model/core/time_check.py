"""Checks the year and the years: hours, periods in order, discount weights, from the calendar alone (T1, O1)."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.checking import Finding, Tally, apart
from model.core.registry import check

if TYPE_CHECKING:
    from model.data.case import Case


@check
def hours_of_the_year(case: Case, cube: Any) -> Iterator[Finding]:
    """Steps add up to the hours of the year, and every period stands for as much as the calendar repeats it."""
    scenario, time = case.scenario, case.time
    if scenario.time.mode == "snapshots":
        table = case.tables["snapshots"]
        given = Tally("hours of the snapshots")
        given.look(apart(np.asarray(cube["results"]["weight"].values, dtype=float), table["weight"].to_numpy(float)))
        given.look(apart(np.asarray(time.length, dtype=float), table["length"].to_numpy(dtype=float)))
        yield given.finding
        return
    shares = np.asarray(scenario.weather_weights or np.ones(len(scenario.weather_years)), dtype=float)
    shares = shares / shares.sum()
    hours = np.array([8784.0 if calendar.isleap(year) else 8760.0 for year in scenario.weather_years])
    weight = np.asarray(cube["results"]["weight"].values, dtype=float)
    total = Tally("hours of the year")
    total.look(apart(weight.sum(keepdims=True), shares @ hours), [""])
    yield total.finding

    periods, runs = time.periods, time.runs
    stands_for = np.asarray(periods["count"], dtype=float)[np.asarray(time.period)] * np.asarray(time.length)
    steps = Tally("hours that a step stands for")
    steps.look(apart(weight, stands_for, smallest=1.0))
    yield steps.finding

    share = dict(zip(scenario.weather_years, shares, strict=True))
    repeated = np.zeros(len(periods))
    by_year = dict.fromkeys(scenario.weather_years, 0.0)
    lengths = periods["hours"].to_numpy(dtype=float)
    for period, repeats, year in zip(runs["period"], runs["repeats"], runs["weather_year"], strict=True):
        repeated[period] += repeats * share[year]
        by_year[year] += repeats * lengths[period]
    counts = Tally("times that a period stands for")
    counts.look(apart(np.asarray(periods["count"], dtype=float), repeated, smallest=1.0), list(periods.index))
    yield counts.finding
    whole = Tally("calendar of a weather year")
    whole.look(apart(np.array([by_year[year] for year in scenario.weather_years]), hours), scenario.weather_years)
    yield whole.finding


def discount_factors(case: Case) -> np.ndarray:
    """Discount factors summed over the years that each modelled milestone stands for, from the scenario's rate."""
    years, rate = case.scenario.years, case.scenario.finance.discount_rate
    ends = [*years[1:], years[-1] + case.scenario.last_year_span]
    return np.array(
        [
            ((1.0 + rate) ** -np.arange(year - years[0], end - years[0])).sum()
            for year, end in zip(years, ends, strict=True)
            if year in case.years
        ]
    )


@check
def discount_weights_of_years(case: Case, cube: Any) -> Iterator[Finding]:
    """Every milestone counts with the discounted years for which it stands."""
    tally = Tally("discount weights")
    tally.look(apart(case.discount_weight.to_numpy(dtype=float), discount_factors(case), smallest=1.0), case.years)
    yield tally.finding
