"""How large assets are and may become, in the terms of a PyPSA component: fixed, or extendable within limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.features import load_features
from model.core.sets import SetValues

if TYPE_CHECKING:
    import pypsa

    from model.data.case import Case


@dataclass(frozen=True)
class Size:
    """Capacity of one asset in its own unit.

    Args:
        standing: what stands and stays.
        maximum: most that can stand; equal to `standing` where nothing can be built.
        yearly_cost: annuity and fixed operation and maintenance of a built unit, EUR/unit/year.
        extendable: whether capacity is a decision.
    """

    standing: float
    maximum: float
    yearly_cost: float
    extendable: bool

    def nominal(self, per_unit: float = 1.0, prefix: str = "p_nom") -> dict[str, Any]:
        """Attributes of a component of which one unit of the asset makes `per_unit` of nominal power or energy."""
        return {
            prefix: self.standing * per_unit,
            f"{prefix}_extendable": self.extendable,
            f"{prefix}_min": self.standing * per_unit if self.extendable else 0.0,
            f"{prefix}_max": self.maximum * per_unit if self.extendable else np.inf,
            "capital_cost": self.yearly_cost / per_unit if self.extendable else 0.0,
        }


def number(table: Any, *place: Any) -> float:
    """One cell of a table as a number."""
    return float(table.at[place])


@dataclass(frozen=True)
class NominalRow:
    """A row over nominal capacities: the sum of factor × capacity of assets or components is `sense` the constant."""

    name: str
    terms: tuple[tuple[str, str, float], ...]
    sense: str
    constant: float


@dataclass
class Export:
    """A network in the making, and what is known of the case."""

    case: Case
    network: pypsa.Network
    year: int
    sets: SetValues
    sizes: dict[str, Size] = field(default_factory=dict)
    units: dict[str, tuple[str, str, float]] = field(default_factory=dict)
    """For each asset its component, the component's name and the nominal power that one unit of the asset makes."""
    rows: list[NominalRow] = field(default_factory=list)
    cyclic_ramps: dict[str, dict[str, float]] = field(default_factory=dict)
    """For Links and Generators the ramp, as a share of nominal power a step, that also holds across the year's end."""
    constant: float = 0.0
    """Yearly cost of what stands, which no decision changes, EUR/year."""
    _waiting: dict[tuple[Any, ...], list[tuple[str, dict[str, Any]]]] = field(default_factory=dict)

    @classmethod
    def of(cls, case: Case, network: pypsa.Network) -> Export:
        """Start the export of a case with a single milestone year."""
        export = cls(case, network, case.years[0], SetValues(load_features(), case))
        export.sizes = {asset: _size(case, asset, export.year) for asset, _ in case.asset_years.index}
        fixed = case.asset_years["fixed_om"].fillna(0.0)
        export.constant = sum(float(fixed[key]) * float(case.existing.get(key, 0.0)) for key in case.asset_years.index)
        _limit_vintages(export)
        return export

    def add(self, component: str, name: str, **attributes: Any) -> None:
        """Note a component for `flush`; an array is a series over the snapshots."""
        kind = tuple(sorted((key, isinstance(value, np.ndarray)) for key, value in attributes.items()))
        self._waiting.setdefault((component, *kind), []).append((name, attributes))

    def amend(self, component: str, name: str, attributes: dict[str, Any]) -> None:
        """Give a noted component further attributes."""
        for (kind, *_), noted in self._waiting.items():
            found = next((own for known, own in noted if kind == component and known == name), None)
            if found is not None:
                noted.remove((name, found))
                self.add(component, name, **found, **attributes)
                return

    def flush(self) -> None:
        """Add what is noted to the network, alike ones in one call: PyPSA copies its tables at every call."""
        import pandas as pd

        first = ("Carrier", "Bus")
        kinds = [(kind, noted) for kind, noted in self._waiting.items() if noted]
        for (component, *kind), noted in sorted(kinds, key=lambda item: item[0][0] not in first):
            names = [name for name, _ in noted]
            columns: dict[str, Any] = {}
            for key, is_series in kind:
                values = [attributes[key] for _, attributes in noted]
                if is_series:
                    columns[key] = pd.DataFrame(np.array(values).T, index=self.network.snapshots, columns=names)
                else:
                    columns[key] = values
            self.network.add(component, names, **columns)
        self._waiting.clear()

    def bus(self, node: str, carrier: str) -> str:
        """Name of the bus of a carrier at a node."""
        return f"{node} {carrier}"

    def profile(self, label: str) -> np.ndarray | float:
        """Hourly multiplier by its label, or one."""
        return self.case.hourly["profile"].sel(profile=label).to_numpy() if label else 1.0


def _size(case: Case, asset: str, year: int) -> Size:
    key = (asset, year)
    standing = float(case.existing.get(key, 0.0))
    if not case.asset_years.at[key, "buildable"]:
        return Size(standing, standing, 0.0, False)
    yearly = number(case.build_options, key, "annuity") + number(case.build_options, key, "fixed_om")
    maximum = max(number(case.assets, asset, "potential"), standing)
    rate = _build_max(case, asset, "build_rate_site_max")
    return Size(standing, min(maximum, standing + rate), yearly, True)


def _build_max(case: Case, asset: str, column: str) -> float:
    """Most that can be built up to a case's only milestone year, inf where nothing limits it."""
    year = case.years[0]
    rate = number(case.build_options, (asset, year), column)
    if not case.scenario.investment.build_rates or not np.isfinite(rate):
        return np.inf
    technology = str(case.assets.at[asset, "technology"])
    earliest = float(np.nan_to_num(number(case.technologies, technology, "earliest_year")))
    return rate * max(1.0, year - max(float(min(case.scenario.investment.stock_year, year)), earliest))


def _limit_vintages(export: Export) -> None:
    """In a single year the vintages of a place are what stands and one that may be built: they share its potential."""
    assets, sizes = export.case.assets, export.sizes
    places = assets.loc[list(sizes)].groupby(["node", "technology"]).groups
    for members in places.values():
        if len(members) == 1:
            continue
        stock = sum(sizes[member].standing for member in members)
        for member in members:
            if sizes[member].extendable:
                own = sizes[member]
                room = max(number(assets, member, "potential"), stock) - (stock - own.standing)
                sizes[member] = Size(own.standing, min(own.maximum, room), own.yearly_cost, True)


def shared_limits(export: Export) -> list[NominalRow]:
    """Limits that several assets share: potentials of groups, and what the country can build of a technology."""
    case, sizes = export.case, export.sizes
    rows = []
    members: dict[str, dict[str, float]] = {}
    places = case.assets.loc[list(sizes), ["node", "technology"]]
    shared: Any = case.tables["shared_potentials"]
    for row in shared.itertuples():
        here = places.index[(places["node"] == row.node) & (places["technology"] == row.technology)]
        members.setdefault(str(row.group), {}).update(dict.fromkeys(here, float(row.factor)))
    limits = case.tables["shared_potential_limits"].dropna(subset="capacity_max").sort_values("year")
    for group, factors in sorted(members.items()):
        known = limits[limits["group"] == group]
        if len(known) and factors:
            stock = sum(factor * sizes[asset].standing for asset, factor in factors.items())
            limit = max(_at_year(known["year"], known["capacity_max"], export.year), stock)
            rows.append(_asset_row(f"shared potential {group}", factors, limit, export))
    for technology, found in places.groupby("technology").groups.items():
        built = {asset: 1.0 for asset in found if sizes[asset].extendable}
        most = min((_build_max(case, asset, "build_rate_max") for asset in built), default=np.inf)
        if np.isfinite(most):
            stock = sum(sizes[asset].standing for asset in built)
            rows.append(_asset_row(f"build rate {technology}", built, most + stock, export))
    return rows


def _at_year(years: Any, values: Any, year: int) -> float:
    """A figure between the years of its rows, constant outside them; one without a year holds always."""
    return float(values.iloc[0] if years.isna().all() else np.interp(year, years, values))


def _asset_row(name: str, factors: dict[str, float], limit: float, export: Export) -> NominalRow:
    """A row over capacities of assets: what cannot change goes to the right-hand side."""
    terms = []
    for asset, factor in sorted(factors.items()):
        if export.sizes[asset].extendable:
            component, label, per_unit = export.units[asset]
            terms.append((component, label, factor / per_unit))
        else:
            limit -= factor * export.sizes[asset].standing
    return NominalRow(name, tuple(terms), "<=", limit)
