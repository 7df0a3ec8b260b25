"""The study of redispatch in words, tables, pictures and files."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from model.studies.framework.maps import Disc, Panel, centres_of, maps
from model.studies.framework.page import Answer, Chapter, described, facts_of, money_held, region_names
from model.studies.framework.pictures import Line, bars, figure, lines
from model.studies.grid_redispatch import Redispatch, Study
from model.studies.grid_redispatch_figures import SIDES
from model.studies.grid_redispatch_program import KINDS

SIDE_WORDS = {"up": "upward", "down": "downward", "besides": "besides"}
UNITS = {
    "up": ("MW", "Power that parties give more, or take less, than in the market"),
    "down": ("MW", "Power that parties give less, or take more, than in the market"),
    **{
        f"{what}_{side}": (unit, f"{text} of what moves {SIDE_WORDS[side]}" if side != "besides" else
                           f"{text} of what is no party's: heat, hydrogen, stores of other carriers")
        for what, unit, text in (("cost", "EUR/h", "System cost, against the market,"),
                                 ("co2", "t/h", "CO2, against the market,"))
        for side in SIDES
    },
    "price": ("EUR/MWh", "Price of the market without limits inside the country"),
    "weight": ("h", "Hours of the year for which a step stands"),
    "discount_weight": ("1", "Sum of the discount factors of the years for which a milestone year stands"),
    "cost": ("EUR", "System cost of an outcome, discounted over all years"),
    "unserved": ("MWh/year", "Electricity demanded and not served, by outcome"),
    "losses": ("MWh/year", "What the grid loses more than in the market"),
    "cost_without_hour": ("EUR/year", "Difference of what is paid by the year and not by the hour"),
}  # fmt: skip
OUTCOMES = {"market": "market, no limits inside", "nodal": "nodal optimum", "corrected": "market and redispatch"}
HOURS_SHOWN = 12
DUST = 1e-10
"""Share of the market's cost below which a difference is not told."""


def answer_of(found: Study) -> Answer:
    """Put the study into words, tables and pictures."""
    first = found.outcomes[0]
    scenario = first.built.scenario
    return Answer(
        name="redispatch",
        title="Redispatch: what a market without a grid leaves to correct",
        subtitle=f"{scenario.run_name}: {scenario.title}",
        held_equal=held_equal(found),
        chapters=[
            Chapter("What it takes", words(found), [(COST_CAPTION, cost_bars(found))], cost_table(found)),
            *[chapter for outcome in found.outcomes for chapter in chapters_of(outcome)],
        ],
        table=pd.concat([region_table(outcome).assign(plan=outcome.plan.name) for outcome in found.outcomes]),
        dataset=dataset_of(found),
        facts={**facts_of(first.built.case), "capacities": first.plan.origin},
        warnings=first.warnings,
    )


COST_CAPTION = "System cost above the market without limits inside, million EUR, discounted over all years"


def held_equal(found: Study) -> list[str]:
    """What all three outcomes share, and what the correction may move."""
    first = found.outcomes[0]
    areas = [
        f"{' + '.join(regions)}: {'feed-in' if way == 'feed_in' else 'off-take'} at most {limit:,.0f} MW"
        for regions, way, limit in found.areas.values()
    ]
    free = [kind for kind in KINDS if kind not in found.held]
    return [
        *money_held(first.built.scenario),
        f"Capacities of plants, stores, sites and grid: {first.plan.origin}, the same in the market, in the nodal "
        "optimum and in the correction. Demand, weather, prices abroad and policy are those of the scenario.",
        "The market has one price for the country: corridors, hosting limits, Kirchhoff's law, outages of lines and "
        "transport rights do not bind. Interconnectors and the connections of sites do. Of outcomes that cost the "
        "same (which of two equal batteries runs) the one nearest to the nodal optimum is taken, so volumes are the "
        "least that such a market needs.",
        f"The correction keeps all limits. Every party may move from its position in the market, at its marginal "
        f"cost; an upward bid stands {found.spread:g} EUR/MWh above a downward one of the same party, which is on top "
        f"of system cost. Free to move: {', '.join(free)}.",
        *([f"Held at their position in the market: {', '.join(found.held)}."] if found.held else []),
        *([f"Limits of areas in the correction alone: {'; '.join(areas)}."] if areas else []),
        "Stores and flexible demand know all hours, in the market and in the correction. What neighbours emit is not "
        "counted.",
    ]


def words(found: Study) -> list[str]:
    """The answer in sentences."""
    said = []
    for outcome in found.outcomes:
        volumes = energy_of(outcome)
        said.append(
            f"{outcome.plan.name[0].upper()}{outcome.plan.name[1:]}: redispatch costs the system "
            f"{_millions(beside(outcome, 'corrected'))} million EUR over all years beside the market; a planner who "
            f"knows the grid would lose {_millions(beside(outcome, 'nodal'))} million to it. In "
            + "; in ".join(
                f"{year} {figure(row['up'] / 1e3)} GWh upward and {figure(row['down'] / 1e3)} GWh downward, "
                f"CO2 {_signed(row['co2'])} kt"
                for year, row in volumes.iterrows()
            )
            + "."
        )
    if len(found.outcomes) == 2:
        more = found.outcomes[0].redispatch_cost - found.outcomes[1].redispatch_cost
        verb = "more" if more > 0 else "less"
        said.append(
            f"With small reactors redispatch costs {_millions(abs(more))} million EUR {verb} than without, each on the "
            "capacities of its own plan."
        )
    said.append(
        "Volumes balance in every hour, grid losses reckoned; market <= nodal optimum <= market and redispatch holds."
    )
    return said


def beside(outcome: Redispatch, name: str) -> float:
    """What an outcome costs more than the market, EUR; nothing where that is dust of the solver."""
    market = outcome.costs["market"]
    more = outcome.costs[name] - market
    return more if abs(more) > DUST * abs(market) else 0.0


def energy_of(outcome: Redispatch) -> pd.DataFrame:
    """By year MWh up and down, and kt of CO2."""
    table = outcome.moves.kinds.groupby(level="year").sum()
    co2 = table[[f"co2_{side}" for side in SIDES]].sum(axis=1) / 1e3
    return pd.DataFrame({"up": table["up"], "down": table["down"], "co2": co2})


def cost_table(found: Study) -> pd.DataFrame:
    """System cost of the outcomes and what lies between them."""
    rows: dict[str, dict[str, float]] = {}
    for outcome in found.outcomes:
        costs, name, energy = outcome.costs, outcome.plan.name, energy_of(outcome)
        column = {f"{text}, million EUR": costs[key] / 1e6 for key, text in OUTCOMES.items()}
        column["redispatch at true marginal cost, million EUR"] = outcome.redispatch_cost / 1e6
        column["spread of the bids on top, million EUR"] = costs["spread"] / 1e6
        for year in energy.index:
            column[f"upward {year}, GWh"] = float(energy.loc[year, "up"]) / 1e3
            column[f"downward {year}, GWh"] = float(energy.loc[year, "down"]) / 1e3
            column[f"more grid losses {year}, GWh"] = float(outcome.moves.losses[year]) / 1e3
            column[f"CO2 {year}, kt"] = float(energy.loc[year, "co2"])
            column[f"unserved {year} in the market, GWh"] = float(outcome.unserved.loc[year, "market"]) / 1e3
            column[f"unserved {year} after correction, GWh"] = float(outcome.unserved.loc[year, "corrected"]) / 1e3
        rows[name] = column
    return pd.DataFrame(rows).rename_axis("figure")


def cost_bars(found: Study) -> str:
    """What the grid costs a planner, and what it costs after the market."""
    several = len(found.outcomes) > 1
    values = []
    for outcome in found.outcomes:
        tail = f", {outcome.plan.name.split(' ')[0]} SMR" if several else ""
        values.append((f"nodal optimum{tail}", beside(outcome, "nodal") / 1e6))
        values.append((f"redispatch{tail}", beside(outcome, "corrected") / 1e6))
    return bars(values, "million EUR")


def chapters_of(outcome: Redispatch) -> list[Chapter]:
    """Region, hour and kind of one plan."""
    regions, names = region_table(outcome), region_names(outcome.built.case)
    shown = regions.assign(region=regions["region"].map(names).fillna(regions["region"])).set_index(["region", "year"])
    last = int(regions["year"].max()) if len(regions) else outcome.built.case.years[-1]
    of_last = regions[regions["year"] == last].set_index("region")
    labels = [names.get(str(region), str(region)) for region in of_last.index]
    up = [(f"{label}, up", float(value) / 1e3) for label, value in zip(labels, of_last["up, MWh"], strict=True)]
    down = [(f"{label}, down", -float(value) / 1e3) for label, value in zip(labels, of_last["down, MWh"], strict=True)]
    paired = [bar for pair in zip(up, down, strict=True) for bar in pair if abs(bar[1]) > 1e-6]
    shades = {label: "#0b6e99" if label.endswith(", up") else "#d95f02" for label, _ in paired}
    pictures = [(f"Where power goes up and down in {last}, GWh", bars(paired, "GWh", shades))] if paired else []
    chart = map_of(outcome, of_last, last)
    if chart:
        pictures.append(
            (f"Net correction by region in {last}: blue gives more, red gives less than in the market", chart)
        )
    return [
        Chapter(f"By region, {outcome.plan.name}", [_SIDES_SAID], pictures, rounded(shown)),
        Chapter(f"By hour, {outcome.plan.name}", hour_words(outcome), hour_pictures(outcome), hour_table(outcome)),
        Chapter(f"By kind of party, {outcome.plan.name}", list(_kind_words()), [], kind_table(outcome), folded=True),
    ]


_SIDES_SAID = (
    "Cost and CO2 are differences of the whole system against the market, in EUR and t of the year: upward in hours in "
    "which a party gives more or takes less, downward where it gives less; besides is what changes where no power "
    "moves (a boiler that warms in place of a heat pump)."
)


def _kind_words() -> list[str]:
    return [f"{kind}: {text}." for kind, text in KINDS.items()]


def region_table(outcome: Redispatch) -> pd.DataFrame:
    """By region and year MWh, EUR and t, up and down apart; regions without any are left out."""
    weight = np.asarray(outcome.built.case.time.weight, dtype=float)
    sums = (outcome.moves.hourly * xr.DataArray(weight, dims=["time"])).sum("time").to_dataframe().reset_index()
    named = {name: _heading(name) for name in outcome.moves.hourly.data_vars}
    table = sums.rename(columns=named)[["region", "year", *named.values()]]
    moving = (table[list(named.values())].abs() > 1e-3).any(axis=1)
    return table[moving].reset_index(drop=True)


def _heading(name: Any) -> str:
    what, _, side = str(name).partition("_")
    if not side:
        return f"{what}, MWh"
    return f"{'EUR' if what == 'cost' else 'CO2'} {SIDE_WORDS[side]}{', t' if what == 'co2' else ''}"


def map_of(outcome: Redispatch, regions: pd.DataFrame, year: int) -> str:
    """Regions by what they give more or less, with discs for upward and downward energy."""
    case, names, centres = outcome.built.case, region_names(outcome.built.case), centres_of(outcome.built.case)
    if not centres:
        return ""
    up: dict[Any, float] = regions["up, MWh"].to_dict()
    down: dict[Any, float] = regions["down, MWh"].to_dict()
    largest = max([*up.values(), *down.values(), 1e-9])
    words = {
        region: f"{names.get(region, region)}, {year}: up {up.get(region, 0) / 1e3:,.1f} GWh, "
        f"down {down.get(region, 0) / 1e3:,.1f} GWh"
        for region in centres
    }

    def panel(title: str, values: dict[Any, float], colour: str, sign: float) -> Panel:
        return Panel(
            title,
            {region: sign * values.get(region, 0.0) for region in centres},
            words,
            discs=[
                Disc(at, words[region], 2 + 15 * (values.get(region, 0.0) / largest) ** 0.5, colour,
                     figure(values.get(region, 0.0) / 1e3))
                for region, at in centres.items() if values.get(region, 0.0) > 1e-3 * largest
            ],
        )  # fmt: skip

    key = "Figures: GWh a year. A disc grows with its energy; the pointer tells both directions."
    return maps(case, [panel("upward", up, "#0b6e99", 1.0), panel("downward", down, "#a23b3b", -1.0)], largest, key)


def hour_sums(outcome: Redispatch) -> pd.DataFrame:
    """Over (year, time): MW up and down of the country, EUR/h, t/h, price of the market, when."""
    hourly = outcome.moves.hourly.sum("region")
    table = hourly.to_dataframe()
    table["cost"] = table[[f"cost_{side}" for side in SIDES]].sum(axis=1)
    table["co2"] = table[[f"co2_{side}" for side in SIDES]].sum(axis=1)
    time = outcome.built.case.time
    table["price"] = outcome.price.ravel()
    steps = table.index.get_level_values("time")
    table["hours a year"] = np.asarray(time.weight, dtype=float)[steps]
    table["starts (UTC)"] = pd.DatetimeIndex(time.utc)[steps].strftime("%Y-%m-%d %H:%M")
    return table


def hour_words(outcome: Redispatch) -> list[str]:
    """How often and how much at most."""
    table = hour_sums(outcome)
    said = []
    for year, of_year in table.groupby(level="year"):
        hours = float(of_year.loc[of_year["up"] + of_year["down"] > 1.0, "hours a year"].sum())
        said.append(
            f"{year}: more than 1 MW moves in {figure(hours)} hours of the year, at most "
            f"{figure(of_year['up'].max())} MW up and {figure(of_year['down'].max())} MW down."
        )
    return said


def hour_pictures(outcome: Redispatch) -> list[tuple[str, str]]:
    """Duration curves of the upward volume, one line a year."""
    series = []
    for year, of_year in hour_sums(outcome).groupby(level="year"):
        ordered = of_year.sort_values("up", ascending=False)
        hours = np.concatenate([[0.0], np.cumsum(ordered["hours a year"])[:-1]])
        step = max(1, len(ordered) // 120)
        series.append(Line(str(year), list(zip(hours[::step], ordered["up"].to_numpy()[::step], strict=True))))
    return [("Upward redispatch of the country, largest hours first, MW", lines(series, "hours a year", "MW"))]


def hour_table(outcome: Redispatch) -> pd.DataFrame:
    """The hours with the largest volumes."""
    table = hour_sums(outcome).reset_index()
    table = table[table["up"] + table["down"] > 1e-6].nlargest(HOURS_SHOWN, "up")
    columns = {"up": "up, MW", "down": "down, MW", "cost": "EUR/h", "co2": "CO2, t/h", "price": "market, EUR/MWh"}
    shown = table[["year", "starts (UTC)", "hours a year", *columns]].rename(columns=columns)
    return shown.rename(columns={"year": "milestone year"}).astype({"milestone year": str})


def kind_table(outcome: Redispatch) -> pd.DataFrame:
    """By kind of party and year MWh, EUR and t; kinds that do not move are left out."""
    table = outcome.moves.kinds[(outcome.moves.kinds.abs() > 1e-3).any(axis=1)]
    return rounded(table.rename(columns={name: _heading(name) for name in table.columns}))


def rounded(table: pd.DataFrame) -> pd.DataFrame:
    """The same in GWh, million EUR and kt, for people to read; below a thousandth of them it is nothing."""
    factors = {name: 1e6 if name.startswith("EUR") else 1e3 for name in table.columns}
    shown = pd.DataFrame({_larger(name): table[name] / factors[name] for name in table.columns})
    return shown.where(shown.abs() >= 1e-3, 0.0)


def _larger(name: str) -> str:
    """Heading of a column in larger units."""
    if name.startswith("EUR"):
        return name.replace("EUR", "million EUR", 1)
    return name.replace(", MWh", ", GWh").replace(", t", ", kt")


def dataset_of(found: Study) -> xr.Dataset:
    """Everything by plan, region, year and hour, with units."""
    parts = []
    for outcome in found.outcomes:
        case = outcome.built.case
        part = outcome.moves.hourly.assign(
            price=(("year", "time"), outcome.price),
            weight=("time", np.asarray(case.time.weight, dtype=float)),
            discount_weight=("year", case.discount_weight.reindex(case.years).to_numpy(dtype=float)),
            cost=("outcome", [outcome.costs[name] for name in OUTCOMES]),
            unserved=(("year", "outcome"), outcome.unserved[list(OUTCOMES)].to_numpy()),
            losses=("year", outcome.moves.losses.to_numpy()),
            cost_without_hour=("year", outcome.moves.yearly["cost"].to_numpy()),
        )
        utc = pd.DatetimeIndex(case.time.utc).to_numpy().astype("datetime64[ns]")
        parts.append(part.assign_coords(outcome=list(OUTCOMES), utc=("time", utc)))
    names = pd.Index([outcome.plan.name for outcome in found.outcomes], name="plan", dtype=object)
    shared = ["weight", "discount_weight"]
    whole = xr.concat([part.drop_vars(shared) for part in parts], dim=names).merge(parts[0][shared])
    first = found.outcomes[0]
    attributes = {**facts_of(first.built.case), "study": "redispatch", "spread": found.spread}
    attributes |= {"held": ", ".join(found.held), "capacities": first.plan.origin}
    return described(whole, UNITS, attributes)


def _millions(amount: float) -> str:
    return figure(amount / 1e6)


def _signed(amount: float) -> str:
    return ("+" if amount > 0 else "") + figure(amount)
