"""The names and years of a scenario against the tables of its data set."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from model.data.cells import nearest
from model.data.snapshots import MODE
from model.data.validation.places import Tables, at, rows_of
from model.data.validation.rights import right_scenario_problems
from model.data.weather import weather_file
from model.errors import Problem

if TYPE_CHECKING:
    from model.scenario import Scenario


def scenario_problems(scenario: Scenario, tables: Tables, folder: Path) -> list[Problem]:
    """List every name of the scenario that the tables do not know."""
    designs = list(tables["reactors"]["design"])
    technologies = [*tables["technologies"]["technology"], *designs]
    carriers = list(tables["carriers"]["carrier"])
    settings = scenario.technologies
    wanted: list[tuple[str, Iterable[str], Iterable[str]]] = [
        ("technologies.exclude", settings.exclude, technologies),
        ("technologies.cost_factor", settings.cost_factor, technologies),
        ("technologies.potential_factor", settings.potential_factor, technologies),
        ("reactors.designs", scenario.reactors.designs, designs),
        ("demand.factor", scenario.demand.factor, carriers),
        ("grid.contingencies", scenario.grid.contingencies, tables["contingencies"]["contingency"]),
    ]
    if len(tables["demand"]) or not len(tables["loads"]):
        wanted.append(("demand.scenario", [scenario.demand.scenario], tables["demand"]["demand_scenario"]))
    if len(tables["fuel_prices"]) or not len(tables["devices"]):
        wanted.append(("prices.fuel", [scenario.prices.fuel], tables["fuel_prices"]["price_scenario"]))
    wanted += _of_sites(scenario, tables, technologies)
    if scenario.carbon.price:
        wanted.append(("prices.carbon", [scenario.prices.carbon], tables["carbon_prices"]["price_scenario"]))
    if scenario.carbon.cap is not None:
        wanted.append(("carbon.cap", [scenario.carbon.cap], tables["carbon_caps"]["cap"]))
    problems = [problem for key, names, known in wanted for problem in _unknown(scenario, key, names, known)]
    problems += _snapshots(scenario, tables)
    problems += [_problem(scenario, *found) for found in right_scenario_problems(scenario, tables)]
    if scenario.grid.n_minus_1 != "none" and not len(tables["contingencies"]):
        expected = "none: the data set has no rows in contingencies.csv"
        problems.append(_problem(scenario, "grid.n_minus_1", scenario.grid.n_minus_1, expected))
    if scenario.grid.reserve != "none" and not len(tables["units"]):
        expected = "none: the data set has no rows in units.csv, so nothing has a size and nobody can step in"
        problems.append(_problem(scenario, "grid.reserve", scenario.grid.reserve, expected))
    problems += _losses(scenario, tables)
    for year in scenario.weather_years if scenario.time.mode != MODE else []:
        if not weather_file(folder / "weather", year).is_file():
            known = sorted(file.stem.removeprefix("weather_") for file in (folder / "weather").glob("weather_*.nc"))
            expected = f"a weather year of the data set ({', '.join(known) or 'none'})"
            problems.append(_problem(scenario, "weather_years", str(year), expected))
    return problems + _years(scenario, tables)


def _losses(scenario: Scenario, tables: Tables) -> list[Problem]:
    """Quadratic losses need resistances, and an end to what a line with one may be expanded to."""
    if scenario.grid.losses != "quadratic":
        return []
    lines = [row for row in rows_of(tables["corridors"]) if row["kind"] == "ac" and row["resistance"] > 0]
    if not lines:
        expected = "share: no ac row of corridors.csv has a resistance"
        return [_problem(scenario, "grid.losses", scenario.grid.losses, expected)]
    endless = [row for row in lines if row["expansion_cost"] >= 0 and not row["expansion_max"] >= 0]
    expected = "a number of MW: the tangents of grid.losses: quadratic reach up to it"
    return [at(row, "expansion_max", row["expansion_max"], expected) for row in endless if scenario.grid.expansion]


def _snapshots(scenario: Scenario, tables: Tables) -> list[Problem]:
    """Mode snapshots needs snapshots and has no weather; the series by snapshot need that mode."""
    if scenario.time.mode != MODE:
        used = [
            f"{name}.{column}"
            for name, table in tables.items()
            for column in table.columns
            if str(column).endswith("_series") and (table[column] != "").any()
        ]
        expected = f"{MODE}: {', '.join(used)} hold series by snapshot"
        return [_problem(scenario, "time.mode", scenario.time.mode, expected)] if used else []
    problems = []
    if not len(tables["snapshots"]):
        problems.append(_problem(scenario, "time.mode", MODE, "a data set with rows in snapshots.csv"))
    if len(scenario.weather_years) != 1:
        expected = f"one year, that of the dates, in mode {MODE}"
        problems.append(_problem(scenario, "weather_years", str(scenario.weather_years), expected))
    technologies, demand = tables["technologies"], tables["demand"]
    weather = sorted({*technologies["availability_profile"], *tables["technology_flows"]["profile"]} - {""})
    weather += sorted(set(demand["profile"]) - {"flat"})
    weather += ["neighbour prices"] if scenario.grid.interconnectors and len(tables["interconnectors"]) else []
    expected = f"another mode: {', '.join(weather)} come from weather, which mode {MODE} has not"
    return [*problems, _problem(scenario, "time.mode", MODE, expected)] if weather else problems


def _of_sites(
    scenario: Scenario, tables: Tables, technologies: list[str]
) -> list[tuple[str, Iterable[str], Iterable[str]]]:
    """Names that the settings of sites use, and the names that there are."""
    sites, settings = list(tables["sites"]["node"]), scenario.sites
    classes = ["firm", *tables["contract_classes"]["contract_class"]]
    modules = [name for names in settings.modules.values() for name in names]
    return [
        ("sites.contract_classes", settings.contract_classes, classes),
        ("sites.whole_connection", settings.whole_connection, sites),
        ("sites.whole_connection", settings.whole_connection.values(), classes),
        ("sites.modules", settings.modules, sites),
        ("sites.modules", modules, tables["reactors"]["design"]),
        ("sites.backup", settings.backup, tables["technologies"]["technology"]),
        ("sites.direct_lines", settings.direct_lines, tables["direct_lines"]["line"]),
        ("sites.agreements", settings.agreements, tables["power_purchase_agreements"]["agreement"]),
        ("sites.subsidy", settings.subsidy, technologies),
    ]


def _years(scenario: Scenario, tables: Tables) -> list[Problem]:
    """Milestone years lie where the tables know the demand, and not before the stock that they start from."""
    demand = tables["demand"]
    given = demand.loc[demand["demand_scenario"] == scenario.demand.scenario, "year"]
    if given.empty:
        return []
    first, last = int(given.min()), int(given.max())
    stock = scenario.investment.stock_year
    if max(first, stock) > last:
        expected = f"a year of at most {last}, the last of the demand {scenario.demand.scenario}"
        return [_problem(scenario, "investment.stock_year", str(stock), expected)]
    problems = []
    for year in scenario.years:
        if year < stock:
            expected = f"a year from investment.stock_year, {stock}, on; possible are {max(first, stock)} to {last}"
            problems.append(_problem(scenario, "years", str(year), expected))
        elif not first <= year <= last:
            expected = f"a year from {max(first, stock)} to {last}: the years of the demand {scenario.demand.scenario}"
            problems.append(_problem(scenario, "years", str(year), expected))
    return problems


def _unknown(scenario: Scenario, key: str, names: Iterable[str], known: Iterable[str]) -> list[Problem]:
    choices = sorted(set(known))
    few = f" ({', '.join(choices)})" if len(choices) <= 6 else ""
    return [
        _problem(scenario, key, name, f"a name that the data set knows{few}{nearest(name, choices)}")
        for name in names
        if name not in choices
    ]


def _problem(scenario: Scenario, key: str, value: str, expected: str) -> Problem:
    """Blame the setting that was laid over the scenario, where it sets this key."""
    for text in reversed(scenario.variant):
        dotted, equals, _ = text.partition("=")
        if equals and f"{key}.{value}.".startswith(f"{dotted.strip()}."):
            return Problem(f"--set {text}", "", key, value, expected)
    return Problem(f"scenario {scenario.name}", "", key, value, expected)
