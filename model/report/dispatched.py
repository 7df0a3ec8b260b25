"""What the capacities of a run do on other hours: the run and its dispatch side by side, year by year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from model.report import reading
from model.report.reading import group, text_of
from model.report.settings import run_label, scenario_of, time_words
from model.report.tables import Report, Section

DUST_MWH = 1.0
"""Unserved energy of a year below this is what a solver's tolerance leaves, MWh."""
SAME_CAPACITY = 1e-3
"""Relative difference up to which two runs have the same capacities."""
MEGA = 1e6
HOURS_OF_A_WEEK = 168


@dataclass(frozen=True)
class Operation:
    """What a run says of one year: a sum of money, what fails, what is wasted, how reactors run."""

    cost: float
    """All cost of the year, EUR."""
    penalties: float
    """Part of it: unserved energy, spill and CO2 backstop, EUR."""
    unserved: dict[str, float]
    """Unserved energy by carrier, MWh."""
    demand: dict[str, float]
    """Demand by carrier, MWh; empty where the run keeps no hours."""
    emissions: float
    """CO2 emitted, Mt."""
    backstop: float
    """CO2 above the cap, Mt."""
    curtailed: float
    """Wind and solar power that was there and not used, MWh."""
    available: float
    """Wind and solar power that was there, MWh."""
    smr_energy: float
    """Electricity of small reactors, MWh."""
    smr_capacity: float
    """Small reactors, MW_e."""
    worst_week: str = ""
    """The week in which most energy stays unserved, or the dearest where none does; only where all weeks are seen."""

    def figures(self) -> dict[str, float]:
        """The figures of the table, by name and unit."""
        found = {
            "cost, million EUR": self.cost / MEGA,
            "of which penalties and backstop, million EUR": self.penalties / MEGA,
        }
        for carrier, energy in self.unserved.items():
            found[f"unserved {carrier}, MWh"] = energy
            found[f"unserved {carrier}, % of demand"] = 100.0 * self.unserved_share(carrier)
        return found | {
            "CO2, Mt": self.emissions,
            "CO2 left to the backstop, Mt": self.backstop,
            "curtailed wind and solar, TWh": self.curtailed / MEGA,
            "curtailed wind and solar, %": 100.0 * ratio(self.curtailed, self.available),
            "small reactors, TWh_e": self.smr_energy / MEGA,
            "small reactors, full-load hours": ratio(self.smr_energy, self.smr_capacity),
        }

    def unserved_share(self, carrier: str) -> float:
        """Unserved energy of a carrier as a share of its demand."""
        return ratio(self.unserved.get(carrier, 0.0), self.demand.get(carrier, np.nan))


@dataclass(frozen=True)
class Comparison:
    """A run and its dispatch in one year."""

    year: int
    designed: Operation
    dispatched: Operation
    time: str = field(default="", compare=False)

    @property
    def difference(self) -> float:
        """Cost of the dispatch less that of the run, relative to the run."""
        return ratio(self.dispatched.cost - self.designed.cost, self.designed.cost)

    def table(self) -> pd.DataFrame:
        """Figures of both with their difference; a carrier is listed where any of it stays unserved in one of them."""
        table = pd.DataFrame({"run": self.designed.figures(), "dispatched": self.dispatched.figures()})
        short = {
            carrier
            for one in (self.designed, self.dispatched)
            for carrier, energy in one.unserved.items()
            if energy > DUST_MWH
        }
        keep = [
            not name.startswith("unserved ") or name.split(",")[0].split(" ", 1)[1] in short for name in table.index
        ]
        table = table[keep]
        table["difference"] = table["dispatched"] - table["run"]
        table.loc["cost, difference in %"] = [np.nan, np.nan, 100.0 * self.difference]
        return table.reindex([table.index[0], table.index[-1], *table.index[1:-1]])

    def words(self) -> str:
        """The outcome in one sentence."""
        now = self.dispatched
        short = {carrier: energy for carrier, energy in now.unserved.items() if energy > DUST_MWH}
        worst = max(short, key=lambda carrier: short[carrier], default="")
        text = "nothing stays unserved" if not short else f"{sum(short.values()):,.0f} MWh stay unserved"
        if worst and now.demand.get(worst):
            text += f" (most of it {worst}, {now.unserved_share(worst):.2%} of its demand)"
        return (
            f"{self.year}, {self.time}: {now.cost / 1e9:,.3f} billion EUR a year, {self.difference:+.2%} against the "
            f"{self.designed.cost / 1e9:,.3f} of this run; {text}"
        )


def ratio(part: float, whole: float) -> float:
    """A share; not a number where there is no whole."""
    return part / whole if whole else float("nan")


def compare_dispatch(design: xr.DataTree, dispatched: Mapping[int, xr.DataTree]) -> list[Comparison]:
    """Put each year of a run beside its dispatch.

    Args:
        design: the run that chose the capacities.
        dispatched: by year the run that operated them.
    """
    return [
        Comparison(year, operation(design, year), operation(cube, year), time_words(cube))
        for year, cube in dispatched.items()
    ]


def dispatch_report(design: xr.DataTree, comparisons: list[Comparison]) -> Report:
    """The comparison as tables that print themselves."""
    return Report(
        title=f"Dispatch of the capacities of {run_label(design)}",
        facts={
            "time of the run": time_words(design),
            **{f"time in {one.year}": one.time for one in comparisons},
            "money": f"one represented year, EUR of {design['run'].attrs['price_year']}",
        },
        sections=[
            Section(f"{one.year}: the run, and what its capacities do", one.table(), one.dispatched.worst_week)
            for one in comparisons
        ],
    )


def operation(cube: xr.DataTree, year: int) -> Operation:
    """Read what a run says of a year."""
    cost = group(cube, "costs")["annual_cost"].sel(year=year).sum(["node", "technology"]).to_series()
    ledgers = group(cube, "ledgers")
    backstop = float(ledgers["carbon_backstop"].sel(year=year)) if "carbon_backstop" in ledgers else 0.0
    curtailed, available = curtailment(cube, year)
    smr_energy, smr_capacity = small_reactors(cube, year)
    emissions = ledgers["emissions"]
    return Operation(
        cost=float(cost.sum()),
        penalties=float(cost.reindex(reading.PENALTIES).sum()),
        unserved=unserved_energy(cube, year),
        demand=demand_energy(cube, year),
        emissions=float(emissions.sel(year=year).sum()) if year in emissions["year"].values else 0.0,
        backstop=backstop,
        curtailed=curtailed,
        available=available,
        smr_energy=smr_energy,
        smr_capacity=smr_capacity,
        worst_week=worst_week(cube, year),
    )


def unserved_energy(cube: xr.DataTree, year: int) -> dict[str, float]:
    """Unserved energy by carrier, MWh, without dust."""
    series = group(cube, "results")["annual_unserved"].sel(year=year).sum("node").to_series() * MEGA
    return {str(carrier): float(energy) if energy > DUST_MWH else 0.0 for carrier, energy in series.items()}


def demand_energy(cube: xr.DataTree, year: int) -> dict[str, float]:
    """Demand by carrier, MWh; nothing where the hours were not written."""
    inputs = group(cube, "inputs")
    if "demand" not in inputs:
        return {}
    demand = inputs["demand"].sel(year=year)
    series = (demand * demand["weight"]).sum(["node", "time"]).to_series()
    return {str(carrier): float(energy) for carrier, energy in series.items()}


def curtailment(cube: xr.DataTree, year: int) -> tuple[float, float]:
    """Energy of wind and sun that was there and not used, and all that was there, MWh."""
    inputs, results = group(cube, "inputs"), group(cube, "results")
    if "profile_value" not in inputs:
        return float("nan"), float("nan")
    groups = text_of(cube, "asset_technology").map(text_of(cube, "technology_group"))
    hours = (inputs["profile_value"] * inputs["profile_value"]["weight"]).sum("time").to_series()
    yearly = text_of(cube, "asset_availability_profile").map(hours)
    table = pd.DataFrame(
        {
            "capacity": results["capacity"].sel(year=year).to_series(),
            "share": inputs["availability"].sel(year=year).to_series(),
            "used": results["annual_activity"].sel(year=year).to_series() * MEGA,
        }
    )
    table = table[groups.reindex(table.index).isin(["wind", "solar"])].dropna()
    there = table["capacity"] * table["share"] * yearly.reindex(table.index)
    return max(0.0, float((there - table["used"]).sum())), float(there.sum())


def small_reactors(cube: xr.DataTree, year: int) -> tuple[float, float]:
    """Electricity (MWh) and capacity (MW_e) of small reactors."""
    results = group(cube, "results")
    if "annual_reactor_power" not in results or "design_kind" not in group(cube, "inputs"):
        return 0.0, 0.0
    power = results["annual_reactor_power"].sel(year=year).to_series().dropna() * MEGA
    kinds = text_of(cube, "asset_technology").reindex(power.index).map(text_of(cube, "design_kind"))
    capacity = reading.reactor_table(cube, "smr")
    return float(power[kinds == "smr"].sum()), float(capacity[year].sum()) if len(capacity) else 0.0


def worst_week(cube: xr.DataTree, year: int) -> str:
    """The seven days in which most energy stays unserved, or the dearest ones, in words."""
    results = group(cube, "results")
    if scenario_of(cube)["time"]["mode"] != "full" or "unserved" not in results:
        return ""
    unserved = results["unserved"].sel(year=year)
    hours = group(cube, "inputs")["step_length"].values
    week = ((np.cumsum(hours) - hours) // HOURS_OF_A_WEEK).astype(int)
    week = np.minimum(week, max(0, int(hours.sum() // HOURS_OF_A_WEEK) - 1))  # the days left over go to the last one
    energy = (unserved.sum("node") * unserved["weight"]).transpose("carrier", "time").values
    by_week = np.bincount(week, weights=energy.sum(axis=0))
    worst = int(by_week.argmax())
    if by_week[worst] > DUST_MWH:
        of_carrier = energy[:, week == worst].sum(axis=1)
        named = zip(unserved["carrier"].values, of_carrier, strict=True)
        parts = ", ".join(f"{carrier} {value:,.0f}" for carrier, value in named if value > DUST_MWH)
        return f"Worst week: from {start_of(unserved, week, worst)}, {by_week[worst]:,.0f} MWh unserved ({parts})."
    price = group(cube, "duals")["carrier_balance"].sel(year=year, carrier="electricity").mean("node").values
    dear = np.bincount(week, weights=price) / np.bincount(week)
    top = int(dear.argmax())
    since = start_of(unserved, week, top)
    return f"Nothing stays unserved. Dearest week: from {since}, electricity at {dear[top]:,.0f} EUR/MWh."


def start_of(series: xr.DataArray, week: np.ndarray, number: int) -> str:
    """First day of a week, in words."""
    return f"{pd.Timestamp(series['local_time'].values[week == number][0]):%d %B %Y}"


def held_words(cube: xr.DataTree) -> str:
    """Where the capacities of a run come from, where it did not choose them itself."""
    dispatch = scenario_of(cube).get("dispatch") or {}
    if dispatch.get("capacities_of"):
        return f"held: those of {Path(dispatch['capacities_of']).name}"
    return "held: chosen before on the hours of dispatch.design" if dispatch.get("design") else ""


def dispatch_words(cube: xr.DataTree, run_file: str | Path | None) -> list[str]:
    """What the dispatches that lie beside a run found; the command that makes one where there is none.

    Args:
        cube: an opened run.
        run_file: its file; without it nothing can lie beside.
    """
    if run_file is None or held_words(cube) or scenario_of(cube)["time"].get("mode") in ("full", "snapshots"):
        return []
    file, found = Path(run_file), []
    for year in reading.years_of(cube):
        beside = file.with_name(f"{file.stem}+dispatch{year}.nc")
        if not beside.is_file():
            continue
        from model.cube.read import open_run

        with open_run(beside) as other:
            if same_capacities(cube, other, year):
                (comparison,) = compare_dispatch(cube, {year: other})
                found.append(f"Operated in {comparison.words()} ({beside.name}).")
            else:
                found.append(f"{beside.name} holds other capacities than this run: dispatch it again.")
    return found or [f"What its capacities do over a full year: python -m model dispatch {file}"]


def same_capacities(first: xr.DataTree, second: xr.DataTree, year: int) -> bool:
    """Whether what stands in a year is the same in two runs."""
    left, right = (group(cube, "results")["capacity"].sel(year=year).to_series().dropna() for cube in (first, second))
    if set(left.index) != set(right.index):
        return False
    return bool(np.allclose(left, right.reindex(left.index), rtol=SAME_CAPACITY, atol=0.1))
