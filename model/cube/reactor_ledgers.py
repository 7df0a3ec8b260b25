"""What reactors give and take in a year, by design, node and year: formulation R9, smr/README.md F10 and F12.

Figures that a design does not state give no ledger (NaN), never a zero.  Formulas stand in the sentence of each ledger.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from model.core.checking import taken
from model.cube.metadata import SIGN_OF_SUPPLY, ledger_attributes

FILE = "model/cube/reactor_ledgers.py"
UNSERVED = "unserved_given"
"""Contribution that closes a balance without giving anything."""
HOURS_OF_DAY = 24.0
WATER_HEAT = 4.186
"""MJ per m3 and kelvin."""
SMALLEST_CAPACITY = 0.5
"""Below this, MW_th, capacity is an interior point's dust: it has no full-load hours."""
KEYS = ["design", "node", "year"]

BY_PLACE = {
    "reactor_units": ("1", "Units: capacity over unit size"),
    "reactor_electric_capacity": ("MW_e", "Electric capacity with no heat extracted"),
    "reactor_heat": ("TWh_th/year", "Heat made by reactors"),
    "reactor_power_given": ("TWh_e/year", "Power given, net of house load"),
    "reactor_heat_given": ("TWh_th/year", "Heat given to users, all grades"),
    "reactor_hydrogen": (
        "TWh/year",
        "Hydrogen from reactors: in every hour the hydrogen made of power at the node times the reactors' share of the "
        "power given there, imports included",
    ),
    "reactor_full_load_hours": ("h/year", "Heat made over thermal capacity"),
    "spent_fuel": ("t/year", "Spent fuel, heavy metal: heat in MWh_th / (24,000 x burn-up in GWd/t)"),
    "waste_fee": (
        "EUR/year",
        "Set aside for spent fuel and final disposal: fee x heat; not part of the cost minimised",
    ),
    "decommissioning_fund": ("EUR/year", "Paid into the decommissioning fund by new reactors; part of investment cost"),
    "decommissioning_cost": (
        "EUR",
        "Cost at the end of life of the new reactors that stand, as a share of their overnight cost",
    ),
    "reactor_spending": ("EUR", "Overnight cost of what is built in the milestone, not discounted"),
    "domestic_spending": ("EUR", "Part of that cost that is spent in the country"),
    "cooling_water_full_load": (
        "m3/s",
        "Cooling water at full load with all heat made into power: taken (once-through), or evaporated (tower)",
    ),
    "cooling_water_peak": ("m3/s", "Cooling water in the hour with most: for heat that becomes neither power nor use"),
    "reactor_land": ("ha", "Plot of the plants"),
    "avoided_co2": (
        "Mt/year",
        "CO2 that the best plant and the best boiler of the year on the fuel of reference would have released for "
        "the same power and heat: emission factor x (power / efficiency + heat / efficiency)",
    ),
}
BY_DESIGN = {
    "units_started": ("1/year", "Units started per year since the milestone before, or since the first year possible"),
    "units_started_max": ("1/year", "Units that the supply chain can start per year"),
}
OF_PLACE = {
    "place_cooling_water": ("m3/s", "Cooling water of all reactors at a place at full load"),
    "place_cooling_water_peak": ("m3/s", "Cooling water of all reactors at a place in the hour with most"),
    "place_cooling_water_limit": ("m3/s", "Cooling water that a place has for reactors"),
    "place_land": ("ha", "Plots of all reactors at a place"),
    "place_land_limit": ("ha", "Land that a place has for reactors"),
}

SIGNS = {
    "reactor_power_given": SIGN_OF_SUPPLY,
    "avoided_co2": "positive: the fuel of reference would have released it; negative: reactors took more power than "
    "they gave",
}

Ledgers = dict[str, xr.Variable | xr.DataArray]


@dataclass(frozen=True)
class Reactors:
    """All reactors of a year, one row each.

    Args:
        labels: design, node and year of each.
        design: figures of their designs.
        capacity: MW_th.
        heat: MW_th, (reactor, step).
        power: net power given, MW_e, (reactor, step).
        given: heat given to users, MW_th, (reactor, step).
        stored: heat that goes into the plant's own store less what comes out, MW_th, (reactor, step).
        hydrogen: MW, (reactor, step).
    """

    labels: pd.DataFrame
    design: pd.DataFrame
    capacity: np.ndarray
    heat: np.ndarray
    power: np.ndarray
    given: np.ndarray
    stored: np.ndarray
    hydrogen: np.ndarray

    def figure(self, name: str) -> np.ndarray:
        """A figure of the designs, one per reactor; NaN where a design has none."""
        if name not in self.design:
            return np.full(len(self.design), np.nan)
        return self.design[name].to_numpy(dtype=float)


def place_ledgers(case: Any, terms: Mapping[str, Any], results: xr.Dataset) -> Ledgers:
    """All ledgers of reactors; empty where the case has none.

    Args:
        case: the solved case.
        terms: `term_group`: who gives and takes at every balance.
        results: the results of the cube.
    """
    assets = case.assets[case.assets["kind"] == "reactor"]
    if assets.empty:
        return {}
    weight = np.asarray(case.time.weight, dtype=float)
    frames, places = [], []
    for year in case.years:
        found = reactors_of(case, assets, terms, results, year)
        water = water_per_heat(case, found)
        rejected = np.maximum(found.heat - found.stored - found.power - found.given, 0.0)
        flow = water[:, None] * rejected
        frame = found.labels.assign(**energy_columns(case, found, weight, year))
        frame = frame.assign(**built_columns(case, assets, results, found, year))
        frame["cooling_water_full_load"] = water * full_rejection(found)
        frame["cooling_water_peak"] = flow.max(axis=1, initial=0.0)
        frame["reactor_land"] = found.figure("land_use") * found.capacity
        frames.append(frame)
        nodes = found.labels["node"].to_numpy()
        peak = pd.DataFrame(np.nan_to_num(flow)).groupby(nodes).sum().max(axis=1)
        own = frame.groupby("node")[["cooling_water_full_load", "reactor_land"]].sum()
        places.append(own.assign(peak=peak).assign(year=year).set_index("year", append=True))
    ledgers = cells(pd.concat(frames).groupby(KEYS)[list(BY_PLACE)].sum(min_count=1), BY_PLACE)
    ledgers |= started(case, assets, results)
    return ledgers | against_limits(case, pd.concat(places))


def reactors_of(case: Any, assets: pd.DataFrame, terms: Mapping[str, Any], results: xr.Dataset, year: int) -> Reactors:
    """The reactors of a year and what they do in every step."""
    names = assets.index.tolist()
    cube = {"results": results}

    def hourly(name: str) -> np.ndarray:
        return taken(cube, name, asset=names, year=year) if name in results else np.zeros((len(names), case.time.count))

    kept = ("node", "carrier", "year", "member", "family")
    parties = pd.DataFrame({key: terms[f"term_{key}"].values for key in kept})
    supply = np.asarray(terms["supply"].values)
    kinds = parties["carrier"].map(case.carriers["kind"])
    now = (parties["year"] == year) & (parties["family"] != UNSERVED)
    row = parties["member"].map({name: position for position, name in enumerate(names)})
    power, given = (np.zeros((len(names), supply.shape[1])) for _ in range(2))
    for sums, kind in ((power, "electricity"), (given, "heat")):
        mine = now & row.notna() & (kinds == kind)
        np.add.at(sums, row[mine].astype(int).to_numpy(), supply[mine.to_numpy()])
    return Reactors(
        labels=pd.DataFrame(
            {"design": assets["technology"].to_numpy(), "node": assets["node"].to_numpy(), "year": year}
        ),
        design=case.reactors.reindex(assets["technology"]).reset_index(drop=True),
        capacity=taken(cube, "capacity", asset=names, year=year),
        heat=hourly("activity"),
        power=power,
        given=given,
        stored=hourly("reactor_store_charge") - hourly("reactor_store_discharge"),
        hydrogen=hydrogen_of(
            assets["node"], power, supply, parties.assign(kind=kinds)[now.to_numpy()], electrolysers(case)
        ),
    )


def electrolysers(case: Any) -> set[str]:
    """Assets that make hydrogen of power, with or without heat, and of nothing else."""
    flows = case.flows["coefficient"].reset_index()
    kinds = flows["carrier"].map(case.carriers["kind"])
    makers = set(flows.loc[(kinds == "hydrogen") & (flows["coefficient"] > 0.0), "asset"])
    takers = set(flows.loc[(kinds == "electricity") & (flows["coefficient"] < 0.0), "asset"])
    burners = set(flows.loc[~kinds.isin(["electricity", "heat"]) & (flows["coefficient"] < 0.0), "asset"])
    return (makers & takers) - burners


def hydrogen_of(
    nodes: pd.Series, power: np.ndarray, supply: np.ndarray, parties: pd.DataFrame, makers: set[str]
) -> np.ndarray:
    """Hydrogen made of power at each reactor's node times its share of the power given there, MW."""
    made = np.zeros_like(power)
    for node, rows in parties.groupby("node"):
        gas = rows.index[(rows["kind"] == "hydrogen") & rows["member"].isin(makers)]
        own = np.flatnonzero((nodes == node).to_numpy())
        if len(gas) and len(own):
            total = np.maximum(supply[rows.index[rows["kind"] == "electricity"]], 0.0).sum(axis=0)
            share = np.maximum(power[own], 0.0) / np.where(total > 0.0, total, np.inf)
            made[own] = share * np.maximum(supply[gas], 0.0).sum(axis=0)
    return made


def energy_columns(case: Any, found: Reactors, weight: np.ndarray, year: int) -> dict[str, np.ndarray]:
    """Ledgers of what is made, given and left over in a year."""
    heat, power, given = found.heat @ weight, found.power @ weight, found.given @ weight
    with np.errstate(divide="ignore", invalid="ignore"):
        full = np.where(found.capacity > SMALLEST_CAPACITY, heat / found.capacity, np.nan)
        spent = heat / (1000.0 * HOURS_OF_DAY * found.figure("burn_up"))
    plant, boiler = reference_emissions(case, year)
    return {
        "reactor_units": found.capacity / found.figure("unit_size_th"),
        "reactor_electric_capacity": found.capacity * found.figure("efficiency"),
        "reactor_heat": heat / 1e6,
        "reactor_power_given": power / 1e6,
        "reactor_heat_given": given / 1e6,
        "reactor_hydrogen": found.hydrogen @ weight / 1e6,
        "reactor_full_load_hours": full,
        "spent_fuel": spent,
        "waste_fee": heat * found.figure("waste_fee"),
        "avoided_co2": (released_for(power, plant) + released_for(given, boiler)) / 1e6,
    }


def released_for(energy: np.ndarray, emission: float) -> np.ndarray:
    """CO2 of so much energy; none for none, also where nothing could make it (NaN)."""
    return np.where(energy == 0.0, 0.0, energy * emission)


def reference_fuels(case: Any) -> pd.Series:
    """Emission factor, t/MWh, by carrier: of the fuels of reference, and of the gas in the grid that stands for one."""
    fuels = case.carriers[case.carriers["reference_fuel"] == "yes"]
    bought = fuels["emission_factor"].fillna(0.0)
    pooled = fuels[fuels["balanced_as"] != ""].set_index("balanced_as")["emission_factor"].fillna(0.0)
    return pd.concat([bought, pooled[~pooled.index.isin(bought.index)]]).groupby(level=0).max()


def reference_emissions(case: Any, year: int) -> tuple[float, float]:
    """CO2 per unit of power, and of heat, of the best that makes that alone from a fuel of reference, t/MWh.

    NaN where nothing does.  What captures CO2 counts as if it did not: it is the fuel that is compared.
    """
    flows = case.flows["coefficient"]
    flows = flows[flows.index.get_level_values("year") == year].droplevel("year").unstack("carrier").fillna(0.0)
    factors = reference_fuels(case).reindex(flows.columns)
    flows = flows[(flows.loc[:, factors.notna().to_numpy()] < 0.0).any(axis=1)]
    released = -flows.clip(upper=0.0) @ factors.fillna(0.0)
    kinds = case.carriers["kind"].reindex(flows.columns)
    power, heat = (
        flows.loc[:, (kinds == kind).to_numpy()].clip(lower=0.0).sum(axis=1) for kind in ("electricity", "heat")
    )
    plant, boiler = (
        float((released[alone] / made[alone]).min()) if alone.any() else np.nan
        for made, alone in ((power, (power > 0.0) & (heat == 0.0)), (heat, (heat > 0.0) & (power == 0.0)))
    )
    return plant, boiler


def built_columns(
    case: Any, assets: pd.DataFrame, results: xr.Dataset, found: Reactors, year: int
) -> dict[str, np.ndarray]:
    """Ledgers of money: what is built in the milestone, and what the standing new reactors owe."""
    sums = pd.DataFrame(0.0, index=assets.index, columns=["fund", "overnight", "spent"])
    options = case.build_options[case.build_options.index.get_level_values("asset").isin(assets.index)]
    if len(options):
        names, years = (options.index.get_level_values(level) for level in ("asset", "build_year"))
        built = taken({"results": results}, "built", asset=names, build_year=years)
        alive = np.array([year in lived for lived in options["alive_years"]])
        money = pd.DataFrame(
            {
                "fund": built * alive * options["decommissioning_annuity"].to_numpy(),
                "overnight": built * alive * options["overnight"].to_numpy(),
                "spent": built * (years == year) * options["overnight"].to_numpy(),
            }
        )
        sums = money.groupby(names.to_numpy()).sum().reindex(assets.index).fillna(0.0)
    return {
        "decommissioning_fund": sums["fund"].to_numpy(),
        "decommissioning_cost": sums["overnight"].to_numpy() * np.nan_to_num(found.figure("decommissioning")),
        "reactor_spending": sums["spent"].to_numpy(),
        "domestic_spending": sums["spent"].to_numpy() * found.figure("domestic_share"),
    }


def water_per_heat(case: Any, found: Reactors) -> np.ndarray:
    """Cooling water per unit of rejected heat at each reactor's place, m3/s per MW; NaN without a figure."""
    through = 1.0 / (WATER_HEAT * found.figure("cooling_water_rise"))
    tower = found.figure("tower_evaporation") / 3600.0
    cooling = site_column(case, "cooling").reindex(found.labels["node"]).to_numpy()
    return np.where(cooling == "tower", tower, through)


def full_rejection(found: Reactors) -> np.ndarray:
    """Heat rejected at full load with all of it made into power, MW; a plant without turbine may dump a share."""
    efficiency = found.figure("efficiency")
    share = np.where(efficiency > 0.0, 1.0 - efficiency, np.nan_to_num(found.figure("dump_share_max")))
    return share * found.capacity


def site_column(case: Any, column: str) -> pd.Series:
    """A column of the table of places for reactors, by node; empty where the data set has none."""
    sites = case.tables.get("reactor_sites")
    return pd.Series(dtype=object) if sites is None else sites.set_index("node")[column]


def started(case: Any, assets: pd.DataFrame, results: xr.Dataset) -> Ledgers:
    """Units started per year and the most that the supply chain can, by design and milestone, for the country."""
    options = case.build_options[case.build_options.index.get_level_values("asset").isin(assets.index)]
    if not len(options):
        return {}
    names, years = (options.index.get_level_values(level) for level in ("asset", "build_year"))
    designs = assets["technology"].reindex(names).to_numpy()
    size = case.reactors["unit_size_th"].reindex(designs).to_numpy(dtype=float)
    built = taken({"results": results}, "built", asset=names, build_year=years)
    spans = [building_years(case, str(design), int(year)) for design, year in zip(designs, years, strict=True)]
    table = pd.DataFrame(
        {
            "design": designs,
            "year": years.to_numpy(),
            "units_started": built / size / np.array(spans),
            "units_started_max": options["build_rate_max"].to_numpy(dtype=float) / size,
        }
    )
    table = table[table["year"].isin(case.years)]
    grouped = table.groupby(["design", "year"]).agg({"units_started": "sum", "units_started_max": "max"})
    return cells(grouped, BY_DESIGN)


def building_years(case: Any, design: str, year: int) -> float:
    """Years in which what stands in a milestone was started: since the one before, or since the first year possible."""
    years = case.scenario.years
    place = years.index(year)
    before = years[place - 1] if place else min(case.scenario.investment.stock_year, year)
    first = float(case.technologies["earliest_year"].get(design, np.nan))
    return max(1.0, year - (before if np.isnan(first) else max(before, first)))


def against_limits(case: Any, places: pd.DataFrame) -> Ledgers:
    """Water and land of all reactors at a place next to what it has, by node and year."""
    nodes = places.index.get_level_values("node")
    limits = {name: site_column(case, name).astype(float).reindex(nodes).to_numpy() for name in ("cooling_water_max",
              "land_max")}  # fmt: skip
    table = pd.DataFrame(
        {
            "place_cooling_water": places["cooling_water_full_load"],
            "place_cooling_water_peak": places["peak"],
            "place_cooling_water_limit": limits["cooling_water_max"],
            "place_land": places["reactor_land"],
            "place_land_limit": limits["land_max"],
        },
        index=places.index,
    )
    return cells(table, OF_PLACE)


def cells(table: pd.DataFrame, described: Mapping[str, tuple[str, str]]) -> Ledgers:
    """Columns of a table as labelled arrays with unit and sentence."""
    return {
        name: table[name].to_xarray().assign_attrs(ledger_attributes(FILE, units, text, SIGNS.get(name, "")))
        for name, (units, text) in described.items()
    }
