"""Worlds of a few numbers, small enough to be solved by hand.

A `World` collects rows of the input tables and hands them to the real `build_case`; only the hours are given by hand
instead of being read from weather.  Money is not discounted and carries no interest unless a test says so, so the
objective is the plain yearly cost of the one model year.  Without more words everything stands at the bus `N`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd
import xarray as xr

from model.core.build import build_program
from model.data import Case, build_case
from model.data.hourly import Stepped
from model.data.schemas import SCHEMAS
from model.data.time_axis import Calendar, TimeAxis
from model.engine import SolverSettings, compile_program, solve
from tests.closed_form.answer import Answer
from tests.closed_form.blanks import WEATHER_YEAR, faults, frame, settings_of

HOURS = 8760.0
CALENDAR = Calendar.of_years([WEATHER_YEAR])
EXACT = SolverSettings(preset="simplex", threads=1, tolerance=1e-9)
BALANCED = {"balanced": "yes", "value_of_lost_load": 3000.0, "spill": "none"}
HEAT = {**BALANCED, "kind": "heat", "spill": "free", "cascade_group": "industrial"}
CARRIERS: dict[str, dict[str, Any]] = {
    "electricity": {**BALANCED, "kind": "electricity"},
    "hydrogen": {**BALANCED, "kind": "hydrogen"},
    "heat_100": {**HEAT, "delivery_temperature": 100.0},
    "heat_250": {**HEAT, "delivery_temperature": 250.0},
    "heat_500": {**HEAT, "delivery_temperature": 500.0},
}
PLAIN_REACTOR = {
    **dict.fromkeys(("investment", "fixed_om", "variable_om", "fuel_cost", "minimum_load"), 0.0),
    **{"lifetime": 60.0, "availability": 1.0, "usable_temperature": 300.0, "live_steam_efficiency": 0.0},
}


class World:
    """Rows of input tables, filled by one short line per thing."""

    def __init__(
        self,
        steps: int = 1,
        *,
        step_hours: float = 1.0,
        periods: Sequence[tuple[int, float]] | None = None,
        runs: Sequence[tuple[int, float]] | None = None,
        months: Sequence[Sequence[int]] | None = None,
        step_months: Sequence[int] | None = None,
        **scenario: Any,
    ) -> None:
        """Lay out time; by default one period, whose steps stand for equal parts of the year.

        Args:
            steps: number of steps of the one period.
            step_hours: length of a step, h.
            periods: instead of `steps`, (steps, how often the period occurs in the year) of each period.
            runs: calendar order as (period, repeats); by default each period as often as it occurs.
            months: months for which each period stands; by default January.
            step_months: month of every step, as in a full year; instead of `months`.
            scenario: settings, with `__` for a dot.
        """
        self.periods = list(periods) if periods else [(steps, HOURS / (steps * step_hours))]
        self.runs = list(runs) if runs else [(number, count) for number, (_, count) in enumerate(self.periods)]
        self.step_hours = step_hours
        self.months = [list(of_period) for of_period in months] if months else [[1] for _ in self.periods]
        self.step_months = step_months
        self.weather_years = [WEATHER_YEAR] * len(self.runs)
        self.scenario = scenario
        self.rows: dict[str, list[dict[str, Any]]] = {name: [] for name in SCHEMAS}
        self.series: dict[tuple[str, str, int | None], np.ndarray] = {}
        self.profiles: dict[str, np.ndarray] = {}
        self.prices: dict[str, np.ndarray] = {}
        self._passed = ""
        for name, fields in CARRIERS.items():
            self.add("carriers", carrier=name, **fields)
        self.bus("N")

    @property
    def count(self) -> int:
        """Steps of all periods."""
        return sum(steps for steps, _ in self.periods)

    def add(self, table: str, **cells: Any) -> World:
        """Add a row to a table; cells that are not given are blank."""
        self.rows[table].append(cells)
        return self

    def change(self, table: str, key: str, **cells: Any) -> World:
        """Overwrite cells of the rows whose first column is `key`."""
        first = SCHEMAS[table].columns[0].name
        for row in self.rows[table]:
            if row[first] == key:
                row.update(cells)
        return self

    def bus(self, name: str, kind: str = "transmission", parent: str = "", region: str = "") -> World:
        """Add a bus; a transmission bus opens a region of its own name."""
        if kind == "transmission":
            self.add("regions", region=name)
        region = region or (name if kind == "transmission" else self._region(parent))
        return self.add("nodes", node=name, kind=kind, parent=parent, region=region)

    def regional(self, name: str = "R", parent: str = "N") -> World:
        """Add the regional bus of a region."""
        return self.bus(name, "regional", parent)

    def site(self, name: str = "S", parent: str = "R", **cells: Any) -> World:
        """Add a site; contracts are wide and tariffs zero unless given."""
        wide = {"contract_import": 1e4, "contract_export": 1e4, "contract_growth_max": 0.0}
        tariffs = {"tariff_contract": 0.0, "tariff_peak": 0.0}
        return self.bus(name, "site", parent).add("sites", node=name, **{**wide, **tariffs, **cells})

    def _region(self, node: str) -> str:
        return next(str(row["region"]) for row in self.rows["nodes"] if row["node"] == node)

    def demand(
        self, series: float | Sequence[float], at: str = "N", carrier: str = "electricity", year: int | None = None
    ) -> World:
        """Ask for so many MW in each step (of one year, or of all)."""
        self.series[at, carrier, year] = self._steps(series)
        return self

    def _steps(self, series: float | Sequence[float]) -> np.ndarray:
        return np.broadcast_to(np.asarray(series, dtype=float), (self.count,))

    def fuel(self, name: str, price: float, emission: float = 0.0) -> World:
        """Add a carrier that is bought at a price (EUR/MWh) and emits so many t/MWh."""
        self.add("carriers", carrier=name, kind="fuel", balanced="no", spill="none", emission_factor=emission)
        return self.add("fuel_prices", carrier=name, price_scenario="given", value=price)

    def technology(
        self,
        name: str,
        at: str | Sequence[str] = "N",
        *,
        gives: Mapping[str, float] | str = "electricity",
        takes: Mapping[str, float] | None = None,
        existing: float = 0.0,
        potential: float | None = None,
        profile: Sequence[float] | None = None,
        takes_profile: Sequence[float] | None = None,
        distinct: bool = False,
        kind: str = "conversion",
        retirement_year: float = math.nan,
        **figures: float | Mapping[int, float],
    ) -> World:
        """Add a technology.

        Args:
            name: label.
            at: node or nodes at which it stands or may be built.
            gives: what it gives per unit of activity; a word means 1.
            takes: what it takes per unit of activity.
            existing: MW that stand at each node.
            potential: MW that may stand at each node (inf: no limit); without it nothing can be built.
            profile: availability of each step.
            takes_profile: multiplier of each step on what it takes.
            distinct: whether every build year is an asset of its own.
            kind: conversion, or a part of a store.
            retirement_year: first year in which what stands is gone.
            figures: rows of technology_parameters, a number or one by year.
        """
        nodes = [at] if isinstance(at, str) else list(at)
        self.add(
            "technologies",
            technology=name,
            kind=kind,
            capacity_unit="MWh" if kind == "store_energy" else "MW",
            availability_profile=f"of_{name}" if profile is not None else "",
            vintage_distinct="yes" if distinct else "no",
        )
        for parameter, value in figures.items():
            self._figure("technology_parameters", value, technology=name, parameter=parameter)
        outputs = {gives: 1.0} if isinstance(gives, str) else gives
        if kind == "conversion":
            for direction, flows in (("out", outputs), ("in", takes or {})):
                label = f"use_{name}" if direction == "in" and takes_profile is not None else ""
                for carrier, value in flows.items():
                    cells = {"technology": name, "carrier": carrier, "direction": direction, "profile": label}
                    self._figure("technology_flows", value, **cells)
        for node in nodes:
            for label, given in ((f"of_{name}", profile), (f"use_{name}", takes_profile)):
                if given is not None:
                    self.profiles[f"{label}:{self._region(node)}"] = self._steps(given)
            self._stand(name, node, existing, potential, retirement_year)
        return self

    def _figure(self, table: str, value: float | Mapping[int, float], **cells: Any) -> None:
        by_year = value if isinstance(value, Mapping) else {math.nan: value}
        for year, number in by_year.items():
            self.add(table, year=year, value=number, **cells)

    def _stand(self, name: str, node: str, existing: float, potential: float | None, retirement: float) -> None:
        if existing:
            cells = {"capacity": existing, "retirement_year": retirement}
            self.add("existing_capacity", node=node, technology=name, plant=name, **cells)
        if potential is not None:
            limit = math.nan if math.isinf(potential) else potential
            self.add("potentials", node=node, technology=name, capacity_max=limit)

    def store(
        self,
        name: str,
        at: str = "N",
        *,
        carrier: str = "electricity",
        energy: Mapping[str, Any],
        power: Mapping[str, Any],
        discharge: Mapping[str, Any] | None = None,
        **cells: Any,
    ) -> World:
        """Add a store; `energy`, `power` and `discharge` are what `technology` takes (one power part serves both)."""
        self.technology(f"{name}_energy", at, kind="store_energy", **energy)
        self.technology(f"{name}_power", at, kind="store_charge", **power)
        if discharge is not None:
            self.technology(f"{name}_discharge", at, kind="store_discharge", **discharge)
        row = {
            "store": name,
            "carrier": carrier,
            "energy_technology": f"{name}_energy",
            "charge_technology": f"{name}_power",
            "discharge_technology": f"{name}_discharge" if discharge is not None else f"{name}_power",
            "linking": "short",
            "charge_efficiency": 1.0,
            "discharge_efficiency": 1.0,
            "standing_loss": 0.0,
        }
        return self.add("stores", **{**row, **cells})

    def reactor(
        self,
        design: str,
        at: str = "N",
        *,
        existing: float = 0.0,
        potential: float | None = None,
        design_class: str = "cls_lwr",
        kind: str = "smr",
        loss: Mapping[float, float] | None = None,
        **figures: float,
    ) -> World:
        """Add a reactor design (figures per electric unit, capacity MW_th) and its power loss by temperature."""
        sizes = {"unit_size_e": 1000.0 * figures["efficiency"], "unit_size_th": 1000.0}
        for parameter, value in {**PLAIN_REACTOR, **sizes, **figures}.items():
            cells = {"design": design, "design_class": design_class, "kind": kind, "parameter": parameter}
            self.add("reactors", **cells, value=value)
        for temperature, value in (loss or {}).items():
            self.add("reactor_extraction", design_class=design_class, temperature=temperature, power_loss=value)
        self._stand(design, at, existing, potential, math.nan)
        return self

    def corridor(self, name: str, start: str, end: str, capacity: float, kind: str = "ac", **cells: Any) -> World:
        """Add a corridor of 100 kV without security margin or losses."""
        row = {"carrier": "electricity", "voltage": 100.0, "security_factor": 1.0, "efficiency": 1.0, **cells}
        return self.add("corridors", corridor=name, from_node=start, to_node=end, capacity=capacity, kind=kind, **row)

    def neighbour(
        self,
        zone: str,
        price: float | Sequence[float],
        imports: float,
        exports: float,
        loss: float = 0.0,
        at: str = "N",
    ) -> World:
        """Add a price zone behind an interconnector of the same name."""
        self.prices[zone] = self._steps(price)
        capacities = {"import_capacity": imports, "export_capacity": exports, "loss": loss}
        self.add("neighbours", zone=zone)
        return self.add("interconnectors", interconnector=zone, node=at, zone=zone, **capacities)

    def hosting(self, feed_in: float, offtake: float, region: str = "N") -> World:
        """Limit the exchange between the transmission and the regional bus of a region."""
        self.add("hosting", region=region, direction="feed_in", capacity=feed_in)
        return self.add("hosting", region=region, direction="offtake", capacity=offtake)

    def case(self, **overrides: Any) -> Case:
        """Build the case; overrides are settings of the scenario, with `__` for a dot."""
        tables = {name: frame(name, rows) for name, rows in self.rows.items()}
        self._validate(tables)
        scenario = settings_of({**self.scenario, **overrides})
        by_hand = {
            "read_valid_tables": lambda folder: (tables, {}),
            "check_scenario": lambda *_: None,
            "HourlySeries": lambda *_: _NoFiles(),
            "choose_time_axis": lambda *_: self._time(),
            "take_to_steps": lambda *_: self._stepped(scenario.years),
        }
        with patch.multiple("model.data.build", **by_hand):
            return build_case(scenario, "by hand")

    def _validate(self, tables: dict[str, pd.DataFrame]) -> None:
        """Hold the tables against the checks of the data room, unless these rows have passed them before."""
        if self._passed == repr(self.rows):
            return
        problems = faults(tables)
        assert not problems, "\n".join(map(str, problems))
        self._passed = repr(self.rows)

    def solve(self, **overrides: Any) -> Answer:
        """Solve the world to the optimum."""
        answer = self.attempt(**overrides)
        assert answer.solution.status == "optimal", answer.solution.status
        return answer

    def attempt(self, **overrides: Any) -> Answer:
        """Solve the world, whatever comes of it."""
        case = self.case(**overrides)
        program = build_program(case)
        compiled = compile_program(program)
        return Answer(case, program, compiled, solve(compiled, EXACT))

    def _stepped(self, years: list[int]) -> Stepped:
        length = self._time().weight
        keys = sorted({(at, carrier, year) for at, carrier, _ in self.series for year in years})
        rows = [self.series.get(key, self.series.get((*key[:2], None))) for key in keys]
        found = [(key, row) for key, row in zip(keys, rows, strict=True) if row is not None]
        index = pd.MultiIndex.from_tuples([key for key, _ in found], names=["node", "carrier", "year"])
        demand = pd.DataFrame({"annual": [float(length @ row) for _, row in found]}, index=index)
        names, zones = sorted(self.profiles), sorted(self.prices)
        time = np.arange(self.count)
        profiles = xr.DataArray(
            np.array([self.profiles[name] for name in names]).reshape(len(names), self.count),
            coords={"profile": np.asarray(names, dtype=object), "time": time},
            dims=("profile", "time"),
        )
        prices = xr.DataArray(
            np.array([[self.prices[zone] for _ in years] for zone in zones]).reshape(
                len(zones), len(years), self.count
            ),
            coords={"zone": np.asarray(zones, dtype=object), "year": years, "time": time},
            dims=("zone", "year", "time"),
        )
        series = np.array([row for _, row in found]).reshape(len(found), self.count)
        return Stepped(demand, series, {"profile": profiles, "neighbour_price": prices}, pd.DataFrame())

    def _time(self) -> TimeAxis:
        counts = np.array([steps for steps, _ in self.periods])
        starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
        period = np.repeat(np.arange(len(counts)), counts)
        first = np.isin(np.arange(self.count), starts)
        previous = np.arange(self.count) - 1
        previous[first] = starts + counts - 1
        occurs = np.array([float(count) for _, count in self.periods])
        hour = (np.arange(self.count) * max(int(self.step_hours), 1)) % len(CALENDAR.utc)
        table = pd.DataFrame(
            {
                "start": CALENDAR.utc[hour[starts]].astype("datetime64[s]"),
                "steps": counts,
                "hours": counts * self.step_hours,
                "count": occurs,
                "label": [f"period {number}" for number in range(len(counts))],
                "kind": "typical",
                "weather_year": WEATHER_YEAR,
                "first_step": starts,
            },
            index=pd.RangeIndex(len(counts), name="period"),
        )
        runs = pd.DataFrame(self.runs, columns=["period", "repeats"]).astype({"period": int, "repeats": float})
        runs["weather_year"] = (self.weather_years * len(runs))[: len(runs)]
        return TimeAxis(
            count=self.count,
            weight=occurs[period] * self.step_hours,
            length=np.full(self.count, self.step_hours),
            period=period,
            previous=previous,
            first_of_period=first,
            utc=CALENDAR.utc[hour].astype("datetime64[s]"),
            weather_year=np.full(self.count, WEATHER_YEAR),
            hour=hour,
            periods=table,
            runs=runs.rename_axis("run"),
            period_months=[(number, month) for number, own in enumerate(self.months) for month in own],
            step_months=[
                (step, month)
                for step in range(self.count)
                for month in ([self.step_months[step]] if self.step_months else self.months[period[step]])
            ],
            calendar=CALENDAR,
            report=pd.DataFrame(),
        )


class _NoFiles:
    """Stands for the weather files, of which a closed form has none."""

    checksums: Mapping[str, str] = {}
