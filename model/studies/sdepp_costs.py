"""What a unit of subsidised production costs with the model's own technologies, EUR per MWh or t, part by part.

Cost = (annuity + fixed operation) / full-load hours + variable operation + energy taken, per unit of what is paid.  The
annuity is the case's: overnight cost with interest during construction over the plant's life at its own cost of
capital.  Where the project stands in place of something else (capture at a boiler), the cost of that is taken off.
Companions (the store of a boiler with a store) come on top.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from model.data.sdepp_output import paid_per_activity
from model.sdepp.reading import records
from model.studies.sdepp_projects import COMPANION, SERVED, ProjectTables

if TYPE_CHECKING:
    from model.data.case import Case

GAS = "natural_gas"
BOILER_EFFICIENCY = 0.93
"""Of the gas boiler that makes heat which a project takes (technology_flows.csv, gas_boiler_steam)."""
COLUMNS = [
    "category", "technology", "asset", "node", "region", "unit", "hours", "capital", "operation", "energy", "cost",
    "offered", "per_award", "electricity", "direction",
    "cost_sigma", "size_median", "size_sigma", "size_min", "size_max",
]  # fmt: skip


@dataclass(frozen=True)
class EnergyPrices:
    """Prices at which projects buy energy, EUR/MWh.

    Attributes:
        electricity: base price by region.
        of_category: electricity price by (category, region), where one is known; it goes before
            `electricity` times the table's `electricity_price_factor`.
        fuels: by carrier; by default those of the case.
    """

    electricity: dict[str, float]
    of_category: dict[tuple[str, str], float] = field(default_factory=dict)
    fuels: dict[str, float] = field(default_factory=dict)


def unit_costs(
    case: Case, categories: pd.DataFrame, tables: ProjectTables, prices: EnergyPrices, year: int | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Cost and offer of every category at every asset that serves it, in a milestone year.

    Args:
        case: the energy system.
        categories: of the round, as `load_categories` gives them.
        tables: what serves which category.
        prices: of what is bought.
        year: milestone year of costs and potentials; by default the first.

    Returns:
        Costs: one row per category and asset: hours (h/year), capital (with fixed operation, already times the median
        cost factor), operation, energy and cost (EUR/MWh or EUR/t), offered (MW or t/h in one round), per_award
        (capacity of the asset per unit of award), electricity (MW of grid use per unit of award), direction (feed_in,
        offtake), and the table's dispersion.  And what does not apply: category, technology, asset, reason.
    """
    served = tables.services[tables.services["role"] == SERVED]
    rows: list[dict[str, Any]] = []
    left_out: list[dict[str, str]] = []
    world = _World(case, categories, tables, prices, case.years[0] if year is None else year)
    for row in records(served):
        assumed = tables.of(row.category, row.technology)
        assets = _assets(case, row, world.year)
        if assumed is None or not assets:
            why = "no assumption on its projects" if assumed is None else "may not be built in this case"
            left_out.append({"category": row.category, "technology": row.technology, "asset": "", "reason": why})
            continue
        for asset in assets:
            reason, found = world.one(row, assumed, asset)
            if reason:
                place = {"category": row.category, "technology": row.technology, "asset": asset}
                left_out.append({**place, "reason": reason})
            else:
                rows.append(found)
    return (
        pd.DataFrame(rows, columns=COLUMNS),
        pd.DataFrame(left_out, columns=["category", "technology", "asset", "reason"]),
    )


def _assets(case: Case, row: Any, year: int) -> list[str]:
    here = case.assets[case.assets["technology"] == row.technology]
    if row.places:
        here = here[here["region"].isin(row.places) | here["node"].isin(row.places)]
    return [str(asset) for asset in here.index if (asset, year) in case.build_options.index]


class _World:
    """What does not change from one asset to the next."""

    def __init__(
        self, case: Case, categories: pd.DataFrame, tables: ProjectTables, prices: EnergyPrices, year: int
    ) -> None:
        self.case, self.prices = case, prices
        self.categories: dict[Any, Any] = categories.to_dict("index")
        self.places: dict[Any, Any] = case.assets.to_dict("index")
        self.beside: dict[str, list[tuple[str, float]]] = {}
        for row in records(tables.services[tables.services["role"] == COMPANION]):
            self.beside.setdefault(row.category, []).append((row.technology, row.capacity_per_award))
        self.year = year
        self.power = power_carrier(case)
        self.flows = mean_flows(case, year)
        self.options: dict[Any, Any] = case.build_options.to_dict("index")
        self.running: dict[Any, Any] = case.asset_years.to_dict("index")
        fuels = case.fuel_price.xs(self.year, level="year")
        self.existing: dict[Any, float] = {key: float(value) for key, value in case.existing.items()}
        self.fuels = {str(name): float(value) for name, value in fuels.items()} | prices.fuels

    def one(self, row: Any, assumed: pd.Series, asset: str) -> tuple[str, dict[str, Any]]:
        """One category at one asset: why not, or its figures."""
        case, year = self.case, self.year
        place = self.places[asset]
        category = self.categories[row.category]
        flows = self.flows.get(asset, {})
        output = paid_per_activity(case, asset, row.paid_output, year)
        if output <= 0:
            return f"gives no {row.paid_output}", {}
        taken = -flows.get(self.power, 0.0)
        performance = output / taken if taken > 0 else np.inf
        if performance < np.nan_to_num(row.cop_min, nan=0.0) - 1e-9:
            return f"COP {performance:.2f} is below {row.cop_min:g}", {}
        if performance > np.nan_to_num(row.cop_max, nan=np.inf) + 1e-9:
            return f"COP {performance:.2f} is above {row.cop_max:g}", {}
        hours = float(category["full_load_hours"])
        if np.isnan(hours):
            hours = full_load_hours(case, asset)
        per_award = row.capacity_per_award / output
        power = self.power_price(row.category, str(place["region"]), assumed)
        capital, operation, energy = self.parts(asset, power)
        if assumed["reference_technology"]:
            reference = f"{assumed['reference_technology']}@{place['node']}"
            if (reference, year) not in self.options:
                return f"no {assumed['reference_technology']} there to compare with", {}
            ratio = max(flows.values()) / max(self.flows[reference].values())
            without = self.parts(reference, power)
            capital, operation, energy = (
                with_it - ratio * alone for with_it, alone in zip((capital, operation, energy), without, strict=True)
            )
        capital = capital * per_award + self.companions(row.category, str(place["node"]))
        capital = float(assumed["cost_factor"]) * capital / hours
        left = float(place["potential"]) - self.existing.get((asset, year), 0.0)
        offered = min(
            max(0.0, left) / per_award * float(np.nan_to_num(row.offered_share, nan=1.0)),
            float(np.nan_to_num(row.offered_max, nan=np.inf)),
        )
        feeds_in = row.paid_output == self.power
        share = float(np.nan_to_num(category["feed_in_share"], nan=1.0))
        return "" if offered > 0 else "nothing is left of its potential", {
            "category": row.category,
            "technology": row.technology,
            "asset": asset,
            "node": str(place["node"]),
            "region": str(place["region"]),
            "unit": row.unit,
            "hours": hours,
            "capital": capital,
            "operation": operation / output,
            "energy": energy / output,
            "cost": capital + (operation + energy) / output,
            "offered": offered * float(assumed["offered_factor"]),
            "per_award": per_award,
            "electricity": share if feeds_in else max(0.0, taken) * per_award,
            "direction": "feed_in" if feeds_in else "offtake",
            **{name: float(assumed[name]) for name in COLUMNS[-5:]},
        }

    def power_price(self, category: str, region: str, assumed: pd.Series) -> float:
        """What a project pays for electricity, EUR/MWh, with tariffs."""
        known = self.prices.of_category.get((category, region))
        if known is None:
            factor = float(np.nan_to_num(assumed["electricity_price_factor"], nan=1.0))
            known = self.prices.electricity[region] * factor
        return known + float(np.nan_to_num(assumed["grid_cost"], nan=0.0))

    def parts(self, asset: str, power: float) -> tuple[float, float, float]:
        """Yearly capital and fixed cost per unit of capacity (EUR), operation and energy per MWh of activity (EUR)."""
        option = self.options[asset, self.year]
        taken = {carrier: -value for carrier, value in self.flows.get(asset, {}).items() if value < 0}
        energy = sum(value * (power if name == self.power else self.fuel(name)) for name, value in taken.items())
        return option["annuity"] + option["fixed_om"], self.running[asset, self.year]["variable_om"], energy

    def fuel(self, carrier: str) -> float:
        """Price of a carrier other than electricity, EUR/MWh: of methane that of gas, of heat its gas in a boiler."""
        if carrier in self.fuels:
            return self.fuels[carrier]
        gas = self.fuels.get(GAS, 0.0)
        if carrier == "methane":
            return gas
        return gas / BOILER_EFFICIENCY if str(self.case.carriers.at[carrier, "kind"]) == "heat" else 0.0

    def companions(self, category: str, node: str) -> float:
        """Yearly cost of what must stand beside a unit of award, EUR; of technologies that the case knows."""
        total = 0.0
        for technology, per_award in self.beside.get(category, []):
            option = self.options.get((f"{technology}@{node}", self.year))
            if option is not None:
                total += per_award * (option["annuity"] + option["fixed_om"])
        return total


def output_of(case: Case, asset: str, output: str) -> float:
    """What an asset gives of the paid output per MWh of activity: MWh, or t of captured CO2."""
    return paid_per_activity(case, asset, output, case.years[0])


def power_carrier(case: Case) -> str:
    """Name of the carrier electricity."""
    return str(case.carriers.index[case.carriers["kind"] == "electricity"][0])


def mean_flows(case: Case, year: int) -> dict[str, dict[str, float]]:
    """Coefficients by asset and carrier, MWh per MWh of activity, mean over the year where they vary."""
    weight = np.asarray(case.time.weight, dtype=float)
    table = case.hourly["profile"]
    means = table.to_numpy() @ weight / weight.sum()
    of_profile = dict(zip(map(str, table["profile"].to_numpy()), means.tolist(), strict=True))
    found: dict[str, dict[str, float]] = {}
    rows = case.flows.reset_index()
    rows = rows[rows["year"] == year]
    columns = (rows[name] for name in ("asset", "carrier", "coefficient", "profile"))
    for asset, carrier, coefficient, profile in zip(*columns, strict=True):
        found.setdefault(str(asset), {})[str(carrier)] = float(coefficient) * of_profile.get(str(profile), 1.0)
    return found


def full_load_hours(case: Case, asset: str) -> float:
    """Hours a year that the weather of the case gives an asset at full load."""
    profile = str(case.assets.at[asset, "availability_profile"])
    weight = np.asarray(case.time.weight, dtype=float)
    return float(case.hourly["profile"].sel(profile=profile).to_numpy() @ weight)
