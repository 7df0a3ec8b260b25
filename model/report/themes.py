"""A run under the five themes of the SMR programme letter (Kamerstuk 32 645 nr. 136): what the model can say on each.

The letter's themes are "1) ruimtelijke inpassing, 2) energetische inpassing, 3) vergunningverlening, 4) taak- en
rolverdeling, 5) bouw, exploitatie en waardeketen".  Figures are the cube's ledgers; nothing is computed here but sums
over places and designs and shares of one ledger in another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
import xarray as xr

from model.report import reading
from model.report.reading import group
from model.report.settings import run_label, time_warnings, time_words, variant_words
from model.report.tables import Report, Section

SMALLEST_UNIT = 0.001
"""Reactors below this part of a unit, at a place and in a year, are the dust of an interior solution."""
SMALLEST_POWER = 1.0
"""Firm capacity below this, MW, is not listed."""


@dataclass(frozen=True)
class Theme:
    """One theme: its name, the letter's word for it, and its tables."""

    name: str
    dutch: str
    sections: list[Section]


def themes_report(cube: xr.DataTree) -> Report:
    """The five themes as one report.

    Args:
        cube: an opened run (`model.cube.open_run`).

    Returns:
        A report that prints itself; titles of its sections start with the number of their theme.
    """
    run = cube["run"].attrs
    sections = [
        Section(f"{number} {theme.name} ({theme.dutch}): {section.title}", section.table, section.note)
        for number, theme in enumerate(themes(cube), start=1)
        for section in theme.sections
    ]
    return Report(
        title=f"{run_label(cube)}: reactors under the five themes of the SMR programme letter",
        facts={"scenario": str(run["scenario_name"]), "variant": variant_words(cube), "time": time_words(cube)},
        sections=sections,
        warnings=time_warnings(cube),
    )


def themes(cube: xr.DataTree) -> list[Theme]:
    """The five themes of a run; where no reactor stands their tables are empty."""
    return [
        Theme("Spatial fit", "ruimtelijke inpassing", [places(cube)]),
        Theme("Energy system", "energetische inpassing", [energy(cube), worst_week(cube), firm_capacity(cube)]),
        Theme("Licensing and time", "vergunningverlening", [timing(cube)]),
        Theme("Roles and finance", "taak- en rolverdeling", [money(cube), yearly_cost(cube)]),
        Theme(
            "Construction, operation and value chain",
            "bouw, exploitatie en waardeketen",
            [units(cube), supply_chain(cube), spending(cube), spent_fuel(cube)],
        ),
    ]


def places(cube: xr.DataTree) -> Section:
    """Cooling water and land of every place with reactors, against its limits."""
    ledgers, duals, years = group(cube, "ledgers"), group(cube, "duals"), reading.years_of(cube)
    standing = per_place(cube, "reactor_units")
    standing = standing[standing.max(axis=1) > SMALLEST_UNIT]
    wanted = [
        ("cooling water at full load", ledgers.get("place_cooling_water")),
        ("cooling water, highest hour", ledgers.get("place_cooling_water_peak")),
        ("cooling water, limit", ledgers.get("place_cooling_water_limit")),
        ("worth of one more m3/s", duals.get("reactor_cooling_water_limit")),
        ("land", ledgers.get("place_land")),
        ("land, limit", ledgers.get("place_land_limit")),
        ("worth of one more ha", duals.get("reactor_land_limit")),
    ]
    rows = []
    for node in standing.index:
        for what, array in wanted:
            if array is not None and node in array["node"].values:
                values = array.sel(node=node).reindex(year=years)
                if values.notnull().any():
                    rows.append((node, what, array.attrs["units"], *values.values))
    rows_of = [duals[name] for name in ("reactor_cooling_water_limit", "reactor_land_limit") if name in duals]
    held = "held" if any(bool(array.notnull().any()) for array in rows_of) else "not held"
    note = (
        f"Full load: all heat made into power; a tower counts what it evaporates. Limits are {held} in this run "
        "(reactors.site_limits); a place without a limit has no row of it."
    )
    return Section("cooling water and land by place", table(rows, ["place", "figure"], years), note)


def energy(cube: xr.DataTree) -> Section:
    """What reactors are, make and give, all designs."""
    names = {
        "reactor_electric_capacity": "electric capacity",
        "reactor_power_given": "power given",
        "reactor_heat_given": "heat given",
        "reactor_hydrogen": "hydrogen from reactors",
        "avoided_co2": "avoided CO2 against gas",
    }
    rows = [(text, unit_of(cube, name), *country(cube, name)) for name, text in names.items() if has(cube, name)]
    if rows:
        heat, capacity = country(cube, "reactor_heat"), thermal_capacity(cube)
        hours = [
            1e6 * made / size if size > SMALLEST_POWER else float("nan")
            for made, size in zip(heat, capacity, strict=True)
        ]
        rows.insert(1, ("full-load hours", "h/year", *hours))
    note = " ".join(f"{sentence(cube, name)}." for name in ("reactor_hydrogen", "avoided_co2") if has(cube, name))
    return Section("what reactors give", table(rows, ["figure"], reading.years_of(cube)), note)


def worst_week(cube: xr.DataTree) -> Section:
    """The week of least margin: load, wind and sun, firm capacity, margin."""
    ledgers, years = group(cube, "ledgers"), reading.years_of(cube)
    names = ["load", "weather_power", "residual_load", "firm_capacity", "margin", "margin_least", "import"]
    rows = []
    for name in names:
        array = ledgers.get(f"worst_week_{name}")
        if array is not None:
            rows.append((LINES[name], array.attrs["units"], *array.reindex(year=years).values))
    note = "Stores shift power within the week and make none; import is what was dispatched and no part of the margin."
    if "worst_week_start" in ledgers:
        days = ledgers["worst_week_start"].reindex(year=years, fill_value="").values
        week = ", ".join(f"{year}: from {day}" for year, day in zip(years, days, strict=True))
        note = f"Week of the weather years: {week}. {note}"
    return Section("firm capacity in the worst week", table(rows, ["figure"], years), note)


LINES = {
    "load": "load, mean of the week",
    "weather_power": "wind and sun offer",
    "residual_load": "residual load",
    "firm_capacity": "firm capacity",
    "margin": "margin, mean of the week",
    "margin_least": "margin in its tightest hour",
    "import": "net import, as dispatched",
}


def firm_capacity(cube: xr.DataTree) -> Section:
    """Firm capacity in the worst week, and power given there, by technology."""
    ledgers, years = group(cube, "ledgers"), reading.years_of(cube)
    rows = []
    for name, text in (("worst_week_firm", "firm"), ("worst_week_given", "given, mean")):
        if name in ledgers:
            found = ledgers[name].to_series().unstack("year").reindex(columns=years).fillna(0.0)
            found = found.where(found > SMALLEST_POWER, 0.0)
            found = found[found.max(axis=1) > 0.0]
            found = found.loc[found[years[-1]].sort_values(ascending=False, kind="stable").index]
            rows += [
                (technology, text, ledgers[name].attrs["units"], *row)
                for technology, row in zip(found.index, found.to_numpy(), strict=True)
            ]
    return Section("by technology in that week", table(rows, ["technology", "figure"], years))


def timing(cube: xr.DataTree) -> Section:
    """Which design stands when, how far it is, and when its first unit must be decided on and begun."""
    inputs, years = group(cube, "inputs"), reading.years_of(cube)
    stands = by_design(cube, "reactor_units")
    stands = stands[stands.max(axis=1) > SMALLEST_UNIT]
    dated = "technology_earliest_year" in inputs and "design_construction_time" in inputs
    kinds, status = (
        inputs[name].to_series() if name in inputs else pd.Series(dtype=object)
        for name in ("design_kind", "design_status")
    )

    def words(design: Any) -> str:
        return str(status.get(design, "")) or "-"

    rows = []
    for design, row in stands.iterrows():
        first = next(year for year, value in zip(years, row, strict=True) if value > SMALLEST_UNIT)
        if not dated or kinds.get(design) == "existing":
            rows.append((design, words(design), "-", "-", str(first), "-", "-", "-", "-"))
            continue
        earliest = float(inputs["technology_earliest_year"].sel(technology=design))
        time, lead, reference = (
            float(inputs[name].sel(design=design)) if name in inputs else float("nan")
            for name in ("design_construction_time", "design_lead_time", "design_reference_year")
        )
        decided = first - max(lead, time) if lead == lead else lead  # a building time beyond the lead time governs
        figures = (f"{earliest:.0f}", str(first), f"{lead:g}", f"{decided:.0f}", f"{time:g}", f"{first - time:.0f}")
        rows.append((design, words(design), f"{reference:.0f}", *figures))
    columns = [
        *("design", "status", "reference plant from", "first year possible", "stands from"),
        *("decision to operation, years", "decision by", "construction, years", "construction starts by"),
    ]
    note = (
        "Stands from: the first milestone year with units. Decision by: the latest year in which the first of them is "
        "decided on, siting and licence included; - where no lead time was found. Status of designs: table "
        "reactor_status; it is no licence in the country, of which no data were found."
    )
    return Section("years", pd.DataFrame(rows, columns=columns).replace("nan", "-"), note)


def money(cube: xr.DataTree) -> Section:
    """What reactors cost to build, to take down and for their waste."""
    names = {
        "reactor_spending": "overnight cost of what is built",
        "decommissioning_fund": "paid into the decommissioning fund",
        "decommissioning_cost": "decommissioning at the end of life",
        "waste_fee": "waste fee",
    }
    rows = [
        (text, f"million {unit_of(cube, name)}", *(value / 1e6 for value in country(cube, name)))
        for name, text in names.items()
        if has(cube, name)
    ]
    note = ". ".join(sentence(cube, name) for name in names if has(cube, name))
    return Section("investment, waste and decommissioning", table(rows, ["figure"], reading.years_of(cube)), note)


def yearly_cost(cube: xr.DataTree) -> Section:
    """Cost of reactors in a represented year by item, as the model pays it."""
    costs, years = group(cube, "costs")["annual_cost"], reading.years_of(cube)
    inputs = group(cube, "inputs")
    designs: list[str] = list(inputs["design"].values) if "design" in inputs.dims else []
    mine = costs.sel(technology=[name for name in designs if name in costs["technology"].values])
    found = mine.sum(["node", "technology"]).to_series().unstack("year").reindex(columns=years) / 1e6
    rows = [(str(item).replace("_", " "), "million EUR/year", *row) for item, row in
            zip(found.index, found.to_numpy(), strict=True) if abs(row).max() > 1e-3]  # fmt: skip
    return Section("cost of a represented year", table(rows, ["item"], years), "Part of the cost that is minimised.")


def units(cube: xr.DataTree) -> Section:
    """Units by design and place."""
    ledgers, years = group(cube, "ledgers"), reading.years_of(cube)
    rows = []
    if "reactor_units" in ledgers:
        found = ledgers["reactor_units"].to_series().unstack("year").reindex(columns=years).fillna(0.0)
        found = found[found.max(axis=1) > SMALLEST_UNIT]
        rows = [(*key, "units", *row) for key, row in zip(found.index, found.to_numpy(), strict=True)]
    note = "Capacity over unit size: the model is linear, so parts of a unit occur unless modules are whole."
    return Section("units that stand", table(rows, ["design", "place"], years), note)


def supply_chain(cube: xr.DataTree) -> Section:
    """Units started per year against what the supply chain can."""
    years = reading.years_of(cube)
    rows = []
    if has(cube, "units_started"):
        started, most = (by_design(cube, name) for name in ("units_started", "units_started_max"))
        for design in started.index[started.max(axis=1) > SMALLEST_UNIT]:
            rows.append((design, "started", "units/year", *started.loc[design]))
            rows.append((design, "limit", "units/year", *most.loc[design]))
    note = sentence(cube, "units_started") + "." if rows else ""
    return Section("units started per year", table(rows, ["design", "figure"], years), note)


def spending(cube: xr.DataTree) -> Section:
    """Domestic part of what is spent on building."""
    years = reading.years_of(cube)
    rows: list[tuple[Any, ...]] = []
    if has(cube, "domestic_spending"):
        home, all_of_it = country(cube, "domestic_spending"), country(cube, "reactor_spending")
        share = [100 * own / whole if whole > 0 else float("nan") for own, whole in zip(home, all_of_it, strict=True)]
        rows = [
            ("spent in the country", "million EUR", *(value / 1e6 for value in home)),
            ("spent abroad", "million EUR", *((whole - own) / 1e6 for own, whole in zip(home, all_of_it, strict=True))),
            ("domestic share", "%", *share),
        ]
    note = "Of the overnight cost of what is built in the milestone; the share is an assumption of the table reactors."
    return Section("domestic share of spending", table(rows, ["figure"], years), note)


def spent_fuel(cube: xr.DataTree) -> Section:
    """Spent fuel by design, and all that comes in the years that the milestones stand for."""
    years = reading.years_of(cube)
    found = by_design(cube, "spent_fuel")
    found = found[found.max(axis=1) > SMALLEST_UNIT]
    rows = [(design, "t/year", *row) for design, row in zip(found.index, found.to_numpy(), strict=True)]
    if rows:
        spans = group(cube, "inputs")["case_year_span"].reindex(year=years).values
        rows.append(("all, in the years that the milestone stands for", "t", *(found.sum() * spans)))
    return Section("spent fuel (heavy metal)", table(rows, ["design"], years), sentence(cube, "spent_fuel"))


# ---- ledgers as tables ---------------------------------------------------------------------------------------------


def table(rows: list[tuple[Any, ...]], labels: list[str], years: list[int]) -> pd.DataFrame:
    """Rows of labels, unit and one figure per year."""
    return pd.DataFrame(rows, columns=[*labels, "unit", *(str(year) for year in years)])


def has(cube: xr.DataTree, name: str) -> bool:
    """Whether a run has a ledger."""
    return name in group(cube, "ledgers")


def unit_of(cube: xr.DataTree, name: str) -> str:
    """Unit of a ledger."""
    return str(group(cube, "ledgers")[name].attrs["units"])


def sentence(cube: xr.DataTree, name: str) -> str:
    """Sentence of a ledger; empty where a run has none of that name."""
    return str(group(cube, "ledgers")[name].attrs["long_name"]) if has(cube, name) else ""


def by_design(cube: xr.DataTree, name: str) -> pd.DataFrame:
    """A ledger by design and year, summed over places; empty where a run has none of that name."""
    years = reading.years_of(cube)
    if not has(cube, name):
        return pd.DataFrame(columns=years, dtype=float)
    array = group(cube, "ledgers")[name]
    summed = array.sum("node", min_count=1) if "node" in array.dims else array
    return summed.to_series().unstack("year").reindex(columns=years)


def per_place(cube: xr.DataTree, name: str) -> pd.DataFrame:
    """A ledger by node and year, summed over designs; empty where a run has none of that name."""
    years = reading.years_of(cube)
    if not has(cube, name):
        return pd.DataFrame(columns=years, dtype=float)
    return group(cube, "ledgers")[name].sum("design").to_series().unstack("year").reindex(columns=years)


def country(cube: xr.DataTree, name: str) -> list[float]:
    """A ledger by year, summed over designs and places."""
    return [float(value) for value in by_design(cube, name).sum(min_count=1)]


def thermal_capacity(cube: xr.DataTree) -> list[float]:
    """Thermal capacity of all reactors by year, MW_th: units times their size."""
    sizes = group(cube, "inputs")["design_unit_size_th"].to_series()
    count = by_design(cube, "reactor_units")
    return [float(value) for value in count.mul(sizes.reindex(count.index), axis=0).sum()]
