"""The worst week, reckoned anew from inputs and results (see `adequacy_ledgers` for what it is)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from model.core.checking import chunks, electricity, of_year, profiles, taken

if TYPE_CHECKING:
    from model.cube.ledger_check import Book


def worst_week_found_anew(case: Any, cube: xr.DataTree, book: Book, year: int, sources: list[Any]) -> None:
    """Hold the figures of the week that a cube names against inputs and results; no other week is worse than it."""
    power = electricity(case)
    wanted = np.array([(c, y) == (power, year) for _, c, y in case.demand.index], dtype=bool)
    load = case.demand_series[wanted].sum(axis=0).astype(float)
    loads = case.given.loads[case.given.loads["carrier"] == power]
    load += sum(
        (case.given.one(row.power_series) if row.power_series else float(row.power)) for row in loads.itertuples()
    )
    weather, given, firm = np.zeros_like(load), np.zeros_like(load), dict[str, float]()
    flows = of_year(case.flows, year)
    made = flows[flows["coefficient"] > 0]
    gases = made.index.get_level_values("carrier").map(case.carriers["kind"]) == "hydrogen"
    makers = set(case.assets["technology"].reindex(made.index.get_level_values("asset")[gases]))
    flows = flows[flows.index.get_level_values("carrier") == power].droplevel("carrier")
    flows = flows[(case.assets["kind"].reindex(flows.index) == "conversion").to_numpy()]
    for rows in chunks(len(flows)):
        part = flows.iloc[rows]
        places = case.assets.reindex(part.index)
        yields = part["coefficient"].to_numpy()
        run = yields[:, None] * taken(cube, "activity", asset=part.index, year=year) * profiles(case, part["profile"])
        load -= run[(yields < 0) & ~places["technology"].isin(makers).to_numpy()].sum(axis=0)
        given += run[yields > 0].sum(axis=0)
        share = case.asset_years["availability"].reindex([(asset, year) for asset in part.index]).fillna(0.0)
        most = np.maximum(yields, 0.0) * share.to_numpy() * taken(cube, "capacity", asset=part.index, year=year)
        free = (places["availability_profile"] != "").to_numpy()
        weather += most[free] @ profiles(case, places.loc[free, "availability_profile"])
        for technology, amount in zip(
            places.loc[~free & (yields > 0), "technology"], most[~free & (yields > 0)], strict=True
        ):
            firm[technology] = firm.get(technology, 0.0) + float(amount)
    out = _reactors(case, cube, year, firm)
    total = sum(firm.values())
    margin = total - sum(out.values(), np.zeros_like(load)) - (load - weather)
    worst, others = _weeks(case, str(book.ledgers["worst_week_start"].sel(year=year).values), margin)
    book.at_most("worst_week_margin", others, year)
    firm = {
        technology: amount - float(out.get(technology, margin * 0.0)[worst].mean())
        for technology, amount in firm.items()
    }
    total = sum(firm.values())
    figures = {
        "worst_week_load": load[worst].mean(),
        "worst_week_weather_power": weather[worst].mean(),
        "worst_week_residual_load": (load - weather)[worst].mean(),
        "worst_week_firm_capacity": total,
        "worst_week_margin": margin[worst].mean(),
        "worst_week_margin_least": margin[worst].min(),
    }
    for name, value in figures.items():
        book.compare(name, pd.Series([value], index=pd.Index([year], name="year")))
    if sources:
        supplied = _supplied(case, cube, year, sources)
        book.equal(
            "worst_week_import", book.total("worst_week_import", year), supplied["grid/neighbours"][worst].mean(), year
        )
        summed = book.total("worst_week_given", year)
        book.equal(
            "worst_week_given", summed, given[worst].mean() + supplied["technologies/reactor"][worst].mean(), year
        )
    index = pd.MultiIndex.from_product([list(firm), [year]], names=["technology", "year"])
    if firm:
        book.compare("worst_week_firm", pd.Series(list(firm.values()), index=index))


def _supplied(case: Any, cube: xr.DataTree, year: int, sources: list[Any]) -> dict[str, np.ndarray]:
    """Power that reactors give (at the places and in the hours where they give any), and that neighbours send, MW."""
    found = {room: np.zeros(case.time.count) for room in ("grid/neighbours", "technologies/reactor")}
    for record in sources:
        for room, sums in found.items():
            if not record.file.startswith(f"model/{room}"):
                continue
            for supply in record.function(case, cube, year):
                mine = np.array([carrier == electricity(case) for carrier in supply.carriers], dtype=bool)
                values = supply.values[mine] if len(mine) else np.zeros((0, case.time.count))
                sums += (np.maximum(values, 0.0) if room.endswith("reactor") else values).sum(axis=0)
    return found


def _reactors(case: Any, cube: xr.DataTree, year: int, firm: dict[str, float]) -> dict[str, np.ndarray]:
    """Add the reactors to firm capacity; what of it is in a refuelling that is decided, MW in every step."""
    out: dict[str, np.ndarray] = {}
    for asset, place in case.assets[case.assets["kind"] == "reactor"].iterrows():
        design, technology = case.reactors.loc[place["technology"]], str(place["technology"])
        if (asset, year) not in case.asset_years.index or design["efficiency"] == 0:
            continue
        share = design["efficiency"] * case.asset_years.at[(asset, year), "availability"]
        firm[technology] = firm.get(technology, 0.0) + share * taken(cube, "capacity", asset=[asset], year=year)[0]
        decided = case.scenario.reactors.refuelling == "decided"
        if decided and not design[["outage_length", "outage_interval", "forced_outage_rate"]].isna().any():
            resting = share * taken(cube, "reactor_capacity_out", asset=[asset], year=year)[0]
            out[technology] = out.get(technology, 0.0) + resting
    return out


def _weeks(case: Any, start: str, margin: np.ndarray) -> tuple[list[int], float]:
    """Steps of the week that starts on a day, and the lowest mean of any week that starts with a day."""
    period = np.asarray(case.time.period)
    length, day = float(case.time.length[0]), pd.Timestamp(start)
    named, lowest = list[int](), np.inf
    for weather_year, runs in case.time.runs.groupby("weather_year", sort=False):
        steps: list[int] = []
        for label, repeats in zip(runs["period"], runs["repeats"], strict=True):
            steps += list(np.flatnonzero(period == label)) * max(1, round(repeats))
        size = min(len(steps), round(168.0 / length))
        each_day = max(1, round(24.0 / length))
        means = np.convolve(margin[steps], np.ones(size) / size, mode="valid")
        lowest = min(lowest, float(means[::each_day].min()))
        if day.year == weather_year:
            first = round((day - pd.Timestamp(year=day.year, month=1, day=1)) / pd.Timedelta(hours=length))
            named = steps[first : first + size]
    return named, lowest
