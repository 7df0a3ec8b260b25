"""Firm capacity in the worst week: what can run when wind and sun cannot (formulation R9, smr/README.md R03).

The week is the stretch of seven days in calendar order with the least mean margin.  Within a week stores shift power
and make none, so they stand neither on the side of supply nor on that of demand; trade is reported beside the margin,
since what neighbours have to spare in such a week is not known from their import capacity.

    residual load = demand + power used by technologies other than hydrogen makers - power that wind and sun offer
    firm capacity = capacity x availability x power per unit of activity, of every technology without a weather profile;
                    without the reactors that are in refuelling, where the model places it
    margin        = firm capacity - residual load
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from model.core.checking import electricity, of_year, profiles, taken
from model.cube.metadata import ledger_attributes
from model.data.reactors import places_outages

FILE = "model/cube/adequacy_ledgers.py"
DAY, WEEK = 24.0, 168.0
"""Lengths, h."""
ALIKE = 1e-9
"""Weeks whose mean residual loads differ by less, relative, count as alike."""

SIGN_OF_MARGIN = "positive: firm capacity is more than is needed; negative: stores, trade or demand must make up for it"

OF_WEEK = {
    "worst_week_load": ("MW", "Mean load in the worst week: demand and use of power but that of hydrogen makers"),
    "worst_week_weather_power": ("MW", "Mean power that wind and sun offer in the worst week"),
    "worst_week_residual_load": ("MW", "Mean load in the worst week less what wind and sun offer"),
    "worst_week_firm_capacity": ("MW", "Firm capacity in the worst week, all technologies"),
    "worst_week_margin": ("MW", "Firm capacity less residual load, mean of the worst week"),
    "worst_week_margin_least": ("MW", "The same in the hour of that week in which it is least"),
    "worst_week_import": ("MW", "Mean import from abroad in the worst week, as dispatched"),
}
OF_TECHNOLOGY = {
    "worst_week_firm": ("MW", "Firm capacity of a technology in the worst week"),
    "worst_week_given": ("MW", "Mean power that a technology gave in the worst week, as dispatched"),
}

SIGNS = {
    "worst_week_residual_load": "positive: wind and sun offer less than is used; negative: more",
    "worst_week_margin": SIGN_OF_MARGIN,
    "worst_week_margin_least": SIGN_OF_MARGIN,
    "worst_week_import": "positive: import; negative: export",
}

Ledgers = dict[str, xr.Variable | xr.DataArray]


def adequacy_ledgers(case: Any, terms: Mapping[str, Any], results: xr.Dataset) -> Ledgers:
    """All ledgers of the worst week, by year, and by technology and year.

    Args:
        case: the solved case.
        terms: `term_group`: who gives and takes at every balance.
        results: the results of the cube.
    """
    weeks, technologies, starts = [], [], {}
    for year in case.years:
        load, makers, given, trade = power_of(case, terms, year)
        firm, weather = offered(case, results, year)
        out = resting(case, results, firm, year)
        residual = load - weather.sum(axis=0)
        steps, start = worst_week(case, residual + out.sum(axis=0))
        firm["firm"] -= out[:, steps].mean(axis=1)
        total = float(firm["firm"].sum())
        margin = total + out[:, steps].sum(axis=0).mean() - out.sum(axis=0)[steps] - residual[steps]
        mean = {name: float(values[steps].mean()) for name, values in (("load", load), ("trade", trade))}
        weeks.append(
            {
                "year": year,
                "worst_week_load": mean["load"],
                "worst_week_weather_power": float(weather.sum(axis=0)[steps].mean()),
                "worst_week_residual_load": float(residual[steps].mean()),
                "worst_week_firm_capacity": total,
                "worst_week_margin": total - float(residual[steps].mean()),
                "worst_week_margin_least": float(margin.min()),
                "worst_week_import": mean["trade"],
            }
        )
        own = firm.groupby("technology")["firm"].sum().rename("worst_week_firm").to_frame()
        ran = pd.Series(given[:, steps].mean(axis=1), index=makers).groupby(level=0).sum()
        table = own.join(ran.rename("worst_week_given"), how="outer")
        technologies.append(table.rename_axis("technology").assign(year=year).set_index("year", append=True))
        starts[year] = start
    ledgers = cells(pd.DataFrame(weeks).set_index("year"), OF_WEEK) | cells(pd.concat(technologies), OF_TECHNOLOGY)
    text = "First day of the worst week, in the weather year from which it comes"
    day = pd.Series(starts, dtype=object).rename_axis("year")
    ledgers["worst_week_start"] = day.to_xarray().assign_attrs(ledger_attributes(FILE, "text", text))
    return ledgers


def parties(terms: Mapping[str, Any], case: Any, year: int) -> pd.DataFrame:
    """The terms of the balances of electricity in a year: position, family, technology and its kind."""
    table = pd.DataFrame(
        {key: terms[f"term_{key}"].values for key in ("carrier", "year", "family", "technology", "member")}
    )
    table = table[(table["year"] == year) & (table["carrier"] == electricity(case))]
    table = table[table["family"] != "device_given"]  # single devices may be called as a technology is
    return table.assign(kind=table["technology"].map(case.technologies["kind"]))


def power_of(case: Any, terms: Mapping[str, Any], year: int) -> tuple[np.ndarray, pd.Index, np.ndarray, np.ndarray]:
    """Load; power given, one row per term, with the technology of each; net import: MW in every step."""
    supply = np.asarray(terms["supply"].values)
    table = parties(terms, case, year)
    makers = hydrogen_makers(case)
    runs = table["kind"].isin(["conversion", "reactor"])
    used = table.index[runs & (table["kind"] == "conversion") & ~table["technology"].isin(makers)]
    load = -supply[table.index[table["family"] == "demand"]].sum(axis=0) - np.minimum(supply[used], 0.0).sum(axis=0)
    given = np.maximum(supply[table.index[runs]], 0.0)
    abroad = table.index[table["member"].isin(interconnectors(case))]
    return load, pd.Index(table.loc[runs, "technology"], name="technology"), given, supply[abroad].sum(axis=0)


def interconnectors(case: Any) -> set[str]:
    """Names of the connections to neighbours."""
    table = case.interconnectors
    return set(table.index.get_level_values("interconnector")) if len(table) else set()


def hydrogen_makers(case: Any) -> set[str]:
    """Technologies that make hydrogen: they stop when power is short."""
    gases = case.carriers.index[case.carriers["kind"] == "hydrogen"]
    flows = case.flows["coefficient"]
    makers = flows[flows.index.get_level_values("carrier").isin(gases) & (flows > 0.0)].index.get_level_values("asset")
    return set(case.assets["technology"].reindex(makers.unique()))


def offered(case: Any, results: xr.Dataset, year: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Firm capacity by asset (columns technology, firm), and what wind and sun offer by asset and step, MW."""
    power = of_year(case.flows, year)["coefficient"]
    power = power[power.index.get_level_values("carrier") == electricity(case)].droplevel("carrier").clip(lower=0.0)
    kinds = case.assets["kind"]
    assets = case.assets[kinds.isin(["conversion", "reactor"])]
    yields = power.reindex(assets.index).fillna(0.0)
    reactors = (assets["kind"] == "reactor").to_numpy()
    if reactors.any():
        yields[reactors] = case.reactors["efficiency"].reindex(assets.loc[reactors, "technology"]).to_numpy(dtype=float)
    assets, yields = assets[yields > 0.0], yields[yields > 0.0]
    share = of_year(case.asset_years, year)["availability"].reindex(assets.index).fillna(0.0)
    capacity = taken({"results": results}, "capacity", asset=assets.index, year=year)
    firm = capacity * share.to_numpy() * yields.to_numpy()
    weather = (assets["availability_profile"].astype(str) != "").to_numpy()
    offer = firm[weather][:, None] * profiles(case, assets.loc[weather, "availability_profile"])
    table = pd.DataFrame({"technology": assets["technology"], "firm": firm})
    return table[~weather].copy(), offer.reshape(-1, case.time.count)


def resting(case: Any, results: xr.Dataset, firm: pd.DataFrame, year: int) -> np.ndarray:
    """Power that firm capacity lacks in every step, MW, one row per asset: reactors in a refuelling that is decided."""
    out = np.zeros((len(firm), case.time.count))
    designs = places_outages(case.scenario, case.reactors) if len(case.reactors) else []
    mine = np.flatnonzero(firm["technology"].isin(designs))
    if len(mine) and "reactor_capacity_out" in results:
        owners = firm.iloc[mine]
        share = of_year(case.asset_years, year)["availability"].reindex(owners.index).fillna(0.0).to_numpy()
        share = share * case.reactors["efficiency"].reindex(owners["technology"]).to_numpy(dtype=float)
        out[mine] = share[:, None] * taken({"results": results}, "reactor_capacity_out", asset=owners.index, year=year)
    return out


def worst_week(case: Any, residual: np.ndarray) -> tuple[np.ndarray, str]:
    """Steps of the seven days in calendar order with the highest mean residual load, and the first of these days.

    A week starts with any day.  A calendar shorter than a week is one week; weeks do not cross from one weather year
    into another.
    """
    best: tuple[float, np.ndarray, str] | None = None
    length = float(case.time.length[0])
    day = max(1, round(DAY / length))
    for weather_year, steps in calendar_steps(case).items():
        size = min(len(steps), round(WEEK / length))
        sums = np.concatenate([[0.0], np.cumsum(residual[steps])])
        means = ((sums[size:] - sums[:-size]) / size)[::day]
        highest = float(means.max())
        # Periods that repeat make weeks that are alike: the first of them, whatever rounding says.
        first = int(np.argmax(means >= highest - ALIKE * abs(highest))) * day
        if best is None or highest > best[0]:
            hours = np.timedelta64(round(first * length), "h")
            start = str((np.datetime64(f"{weather_year}-01-01T00", "h") + hours).astype("datetime64[D]"))
            best = highest, steps[first : first + size], start
    if best is None:
        raise ValueError("the case has no steps")
    return best[1], best[2]


def calendar_steps(case: Any) -> dict[int, np.ndarray]:
    """Steps of every weather year in calendar order, each period as often as its runs repeat it (at least once)."""
    period = np.asarray(case.time.period)
    own = [np.flatnonzero(period == label) for label in range(int(period.max()) + 1)]
    found: dict[int, list[np.ndarray]] = {}
    for number, repeats, weather_year in case.time.runs[["period", "repeats", "weather_year"]].itertuples(index=False):
        found.setdefault(int(weather_year), []).extend([own[int(number)]] * max(1, round(repeats)))
    return {weather_year: np.concatenate(parts) for weather_year, parts in found.items()}


def cells(table: pd.DataFrame, described: Mapping[str, tuple[str, str]]) -> Ledgers:
    """Columns of a table as labelled arrays with unit, sentence and sign."""
    return {
        name: table[name].to_xarray().assign_attrs(ledger_attributes(FILE, units, text, SIGNS.get(name, "")))
        for name, (units, text) in described.items()
    }
