"""From a scenario and a folder of tables to a `Case`: read, check, make assets, lay out time, bring series to steps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from model.data import assets as asset_room
from model.data import grid as grid_room
from model.data import reactor_plants as plant_room
from model.data import reactors as reactor_room
from model.data.aggregation import choose_time_axis
from model.data.carbon import with_capture
from model.data.case import Case
from model.data.demand import annual_demand
from model.data.finance import annuity, discount_weights, year_spans
from model.data.given import given_of, read_series, series_checksums
from model.data.hourly import HourlySeries, national_signals, take_to_steps
from model.data.outages import refuse_islanding
from model.data.parameters import TechnologyFigures, points_by, series_at_years
from model.data.reactor_places import with_every_site
from model.data.rights import rights_of
from model.data.snapshots import MODE, snapshot_axis, steps_without_weather
from model.data.tables import bare
from model.data.time_axis import Calendar
from model.data.validation import check_scenario, read_valid_tables

if TYPE_CHECKING:
    import pandas as pd

    from model.scenario import Scenario

Tables = dict[str, "pd.DataFrame"]


def build_case(scenario: Scenario, folder: str | Path | None = None) -> Case:
    """Build the case of a scenario.

    Args:
        scenario: checked settings.
        folder: folder of the data set; by default the one that `scenario.data` names (`data_folder`).

    Raises:
        InputError: every fault of the tables, or every name of the scenario that the tables do not know.
    """
    import pandas as pd

    if folder is None:
        from model.scenario import data_folder

        folder = data_folder(scenario)
    folder = Path(folder)
    tables, checksums = read_valid_tables(folder)
    check_scenario(scenario, tables, folder)
    years = scenario.modelled_years
    year_index = pd.Index(years, name="year")
    rate = scenario.finance.discount_rate

    tables = with_every_site(scenario, tables)
    designs, points = _designs(scenario, tables)
    with_store = plant_room.stores_of(points)
    tables = plant_room.with_part_rows(tables, designs, with_store)
    technologies, figures = _technologies(scenario, tables, designs, points)
    nodes = _indexed(tables["nodes"], "node")
    carriers = _indexed(tables["carriers"], "carrier")
    ground = asset_room.Ground(scenario, tables, nodes, technologies, designs, figures)
    assets = asset_room.asset_table(ground)
    stores = asset_room.store_table(ground, assets)
    assets = plant_room.without_stray_parts(asset_room.with_stores(assets, stores).sort_index(), with_store)
    existing = of_years(asset_room.existing_series(ground, assets), years)
    options = asset_room.build_option_table(ground, assets)
    asset_years = of_years(asset_room.asset_year_table(ground, assets, existing, options), years)
    options = alive_options(options, years)
    flows = asset_room.flow_table(ground, assets, asset_years)
    asset_years = with_capture(asset_years, assets, flows, carriers, scenario)

    calendar = Calendar.of_years(scenario.weather_years, scenario.weather_weights)
    series = HourlySeries(folder, tables, calendar)
    annual = annual_demand(tables["demand"], scenario)
    corridors, corridor_years = grid_room.corridor_tables(tables["corridors"], scenario)
    interconnectors = of_years(grid_room.interconnector_table(tables["interconnectors"], scenario), years)
    if scenario.time.mode == MODE:
        time = snapshot_axis(tables["snapshots"], scenario.weather_years[0])
        stepped = steps_without_weather(time, annual[annual["year"].isin(years)], years)
        given, sources = given_of(tables, read_series(folder, tables)[0]), series_checksums(folder)
    else:
        signals = national_signals(series, annual, nodes, carriers) if scenario.time.mode == "representative" else None
        time = choose_time_axis(calendar, scenario.time, signals)
        annual = annual[annual["year"].isin(years)]  # after the choice of hours, which is that of the whole path
        stepped = take_to_steps(time, series, annual, nodes, assets, flows, interconnectors, years)
        given, sources = given_of(tables, {}), series.checksums

    case = Case(
        scenario=scenario,
        tables=tables,
        years=years,
        discount_weight=_by_year(discount_weights(scenario.years, scenario.last_year_span, rate), years),
        year_span=_by_year(year_spans(scenario.years, scenario.last_year_span), years),
        time=replace(time, report=stepped.report),
        nodes=nodes,
        carriers=carriers,
        technologies=technologies,
        assets=assets,
        existing=existing,
        build_options=options,
        asset_years=asset_years,
        flows=flows,
        demand=stepped.demand,
        demand_series=stepped.demand_series,
        hourly=stepped.hourly,
        fuel_price=_path(tables["fuel_prices"], "price_scenario", scenario.prices.fuel, years, "carrier"),
        carbon_price=_carbon_price(scenario, tables, year_index),
        carbon_cap=_carbon_cap(scenario, tables),
        fuel_limit=series_at_years(points_by(tables["fuel_limits"], ["carrier"]), years, ["carrier"]) * 1e6,
        corridors=corridors,
        corridor_years=of_years(corridor_years, years),
        hosting=of_years(grid_room.hosting_limits(tables["hosting"], scenario), years),
        hosting_reinforcement=_reinforcement(scenario, tables),
        interconnectors=interconnectors,
        reactors=designs,
        reactor_power_loss=_power_loss(scenario, tables, designs, carriers),
        stores=stores,
        sites=_indexed(tables["sites"], "node"),
        checksums={**checksums, **sources},
        given=given,
        rights=rights_of(scenario, tables, nodes, assets, stores),
    )
    if scenario.grid.n_minus_1 != "none":
        refuse_islanding(case)
    return case if scenario.sdepp.mode == "off" else with_awards(case, folder)


def with_awards(case: Case, folder: Path) -> Case:
    """The case with what the SDE++ scheme offers, from `sdepp` in the folder of the data set."""
    from model.data.sdepp_awards import awards_of
    from model.data.sdepp_tables import read_sdepp

    tables, checksums = read_sdepp(folder / "sdepp", case.scenario.sdepp)
    return replace(case, sdepp=awards_of(case, tables), checksums={**case.checksums, **checksums})


def of_years(table: Any, years: list[int]) -> Any:
    """The rows of a Series or DataFrame whose index level `year` is one of the years."""
    return table[table.index.get_level_values("year").isin(years)]


def alive_options(options: pd.DataFrame, years: list[int]) -> pd.DataFrame:
    """Build options that are alive in one of the years, with just those years."""
    import pandas as pd

    alive = [[year for year in found if year in years] for found in options["alive_years"]]
    kept = np.array([bool(found) for found in alive], dtype=bool)
    return options.assign(alive_years=pd.Series(alive, index=options.index, dtype=object)).loc[kept]


def _by_year(values: dict[int, Any], years: list[int]) -> pd.Series:
    import pandas as pd

    return pd.Series({year: values[year] for year in years}).rename_axis("year")


def _indexed(table: pd.DataFrame, key: str) -> pd.DataFrame:
    return bare(table).set_index(key)


def _designs(scenario: Scenario, tables: Tables) -> tuple[pd.DataFrame, dict[Any, Any]]:
    table = tables["reactors"]
    points = reactor_room.design_points(table)
    designs = reactor_room.design_table(table, points, scenario.years[0])
    status = tables["reactor_status"].set_index("design")["status"]
    return designs.assign(status=status.reindex(designs.index).fillna("")), points


def _technologies(
    scenario: Scenario, tables: Tables, designs: pd.DataFrame, points: dict[Any, Any]
) -> tuple[pd.DataFrame, TechnologyFigures]:
    """Technologies and designs in one table, with the figures that hold for a technology as a whole."""
    import pandas as pd

    given = points_by(tables["technology_parameters"], ["technology", "parameter"])
    of_parts = plant_room.part_figures(points, scenario.reactors.earliest_year_delay)
    figures = TechnologyFigures({**given, **reactor_room.figures_per_thermal(points, scenario), **of_parts})
    parts = [
        _indexed(tables["technologies"], "technology"),
        reactor_room.as_technologies(designs),
        plant_room.part_technologies(designs, plant_room.stores_of(points)),
    ]
    frame = pd.concat([part for part in parts if len(part)] or parts[:1]).sort_index()
    for name in ("earliest_year", "build_rate_max", "build_rate_site_max"):
        frame[name] = [figures.get(technology, name, scenario.years[0], np.nan) for technology in frame.index]
    frame["capture_rate"] = [figures.get(technology, "capture_rate", scenario.years[0]) for technology in frame.index]
    return frame, figures


def _path(table: pd.DataFrame, column: str, name: str, years: list[int], key: str) -> pd.Series:
    return series_at_years(points_by(table[table[column] == name], [key]), years, [key])


def _carbon_price(scenario: Scenario, tables: Tables, years: pd.Index) -> pd.Series:
    """Price path of the scenario, zero where it charges none."""
    import pandas as pd

    if not scenario.carbon.price:
        return pd.Series(0.0, index=years)
    table = tables["carbon_prices"]
    path = _path(table, "price_scenario", scenario.prices.carbon, list(years), "price_scenario")
    return path.droplevel("price_scenario")


def _carbon_cap(scenario: Scenario, tables: Tables) -> pd.Series | None:
    """Cap of the scenario in t per year, None where it has none."""
    if scenario.carbon.cap is None:
        return None
    path = _path(tables["carbon_caps"], "cap", scenario.carbon.cap, scenario.modelled_years, "cap")
    return path.droplevel("cap") * 1e6


def _reinforcement(scenario: Scenario, tables: Tables) -> pd.DataFrame:
    frame = _indexed(tables["hosting_reinforcement"], "region")
    frame["build_rate_max"] = frame["build_rate_max"].fillna(np.inf)
    frame["annuity"] = [
        annuity(cost, scenario.finance.wacc, life)
        for cost, life in zip(frame["investment"], frame["lifetime"], strict=True)
    ]
    return frame


def _power_loss(scenario: Scenario, tables: Tables, designs: pd.DataFrame, carriers: pd.DataFrame) -> pd.Series:
    """Power lost per unit of heat for the designs that may deliver heat."""
    loss = reactor_room.power_loss(designs, tables["reactor_extraction"], carriers)
    modes = scenario.reactors.modes
    kinds = designs["kind"].astype(str)
    able = [design for design, kind in kinds.items() if reactor_room.may_deliver_heat(kind, modes)]
    return loss[loss.index.get_level_values("design").isin(able)]
