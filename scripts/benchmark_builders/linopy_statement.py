"""The benchmark's linear program stated by hand in linopy: whole arrays, no loop over time.

Sums over the members of a node, a cycle or a country use `groupby(...).sum()`; balances are one family a carrier, so
that nodes with few terms are not padded to the length of those with many.  Only the families that the benchmark
scenario switches on are stated; any other family with rows is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import linopy
import numpy as np
import pandas as pd
import xarray as xr

from benchmark_builders.numbers import Numbers
from model.engine.program import Program

STATED = frozenset(
    {
        "activity_limit", "build_rate_limit", "build_rate_site_limit", "capacity_definition", "carbon_cap",
        "carrier_balance", "corridor_limit_backward", "corridor_limit_forward", "emission_definition",
        "fuel_supply_limit", "hosting_feed_in_limit", "hosting_offtake_limit", "kirchhoff_voltage_law",
        "minimum_load_limit", "net_import_limit", "potential_limit", "ramp_down_limit", "ramp_up_limit",
        "shared_potential_limit", "store_charge_limit", "store_discharge_limit", "store_duration_max_limit",
        "store_duration_min_limit", "store_level_balance", "store_level_limit",
    }
)  # fmt: skip
"""Row families that this statement holds."""

Label = Callable[[Any, Any], Hashable]


def build_linopy(program: Program, sparse: bool = False) -> linopy.Model:
    """Build the linopy model of a program.

    Args:
        program: the program as data: its sets and numbers are used, its rules are not.
        sparse: linopy's sparse path (`Model(sparse=True)`, which needs its new semantics).

    Raises:
        NotImplementedError: the program has rows of a family that is not stated here.
    """
    if sparse:
        linopy.options["semantics"] = "v1"
    return _Statement(Numbers(program), sparse).model


class _Statement:
    """One model in the making."""

    def __init__(self, numbers: Numbers, sparse: bool) -> None:
        other = set(numbers.row_sets) - numbers.empty_rows() - STATED
        if other:
            raise NotImplementedError(f"not stated in linopy: {', '.join(sorted(other))}")
        self.n = numbers
        self.model = linopy.Model(sparse=sparse)
        self.time = pd.RangeIndex(numbers.size("time"), name="time")
        self.variables = {name: self._variable(name) for name in numbers.variables if self._exists(name)}
        for rows in (
            self._balances, self._capacities, self._conversion, self._stores, self._grid, self._hosting, self._policy,
            self._trade,
        ):  # fmt: skip
            rows()
        self.model.add_objective(linopy.merge(self._costs(), cls=linopy.LinearExpression))

    # --- variables -----------------------------------------------------------------------------------------------

    def _exists(self, name: str) -> bool:
        return all(self.n.size(item) for item in self.n.variables[name].over)

    def _index(self, name: str) -> pd.RangeIndex:
        return self.time if name == "time" else pd.RangeIndex(self.n.size(name), name=name)

    def _array(self, values: np.ndarray, *names: str) -> xr.DataArray:
        return xr.DataArray(values, coords=[self._index(name) for name in names], dims=names)

    def _variable(self, name: str) -> Any:
        declared = self.n.variables[name]
        coords = [self._index(item) for item in declared.over]

        def bound(limit: float | str) -> Any:
            return self._array(self.n[limit], *declared.over) if isinstance(limit, str) else limit

        return self.model.add_variables(bound(declared.lower), bound(declared.upper), coords=coords, name=name)

    def _taken(self, name: str, positions: np.ndarray, dim: str) -> Any:
        """A variable at positions of its first set, along a new dimension."""
        first = self.n.variables[name].over[0]
        taken = self.variables[name].isel({first: positions})
        return taken.assign_coords({first: np.arange(len(positions))}).rename({first: dim})

    def _grouped(
        self, name: str, rows: np.ndarray, positions: np.ndarray, over: str, factor: np.ndarray | float = 1.0
    ) -> Any:
        """Sum of factor × variable by the row to which each position belongs; factor by position (× time)."""
        part = self._taken(name, positions, "part")
        index = pd.RangeIndex(len(positions), name="part")
        if isinstance(factor, np.ndarray):
            dims = ("part", "time")[: factor.ndim]
            coefficient: Any = xr.DataArray(factor, coords=[index, self.time][: factor.ndim], dims=dims)
        else:
            coefficient = factor
        groups = xr.DataArray(rows, coords=[index], dims=["part"], name=over)
        return (coefficient * part).groupby(groups).sum()

    def _whole(self, parts: list[Any], over: str, rows: np.ndarray) -> Any:
        """Add grouped expressions whose groups may differ, over all the rows named."""
        return linopy.merge(parts, join="outer", cls=linopy.LinearExpression).reindex({over: rows})

    # --- balances ------------------------------------------------------------------------------------------------

    def _balances(self) -> None:
        keys = self.n.sets["node_carrier_year"]
        carriers = np.array([key[1] for key in keys])
        contributions = self._contributions()
        demand = self._array(self.n["demand"], "node_carrier_year", "time")
        for carrier in np.unique(carriers):
            rows = np.flatnonzero(carriers == carrier)
            parts = []
            for name, at, positions, factor in contributions:
                here = carriers[at] == carrier
                if here.any():
                    share = factor[here] if isinstance(factor, np.ndarray) else factor
                    parts.append(self._grouped(name, at[here], positions[here], "node_carrier_year", share))
            left = self._whole(parts, "node_carrier_year", rows)
            right = demand.isel(node_carrier_year=rows)
            self.model.add_constraints(left, "=", right, name=f"carrier_balance_{carrier}")

    def _contributions(self) -> list[tuple[str, np.ndarray, np.ndarray, Any]]:
        """Variable, balance, position of the variable and factor of everything that enters a balance."""
        n = self.n
        at_asset, flow = n.members("assets_at", lambda key, asset: (asset, key[1], key[2]), "asset_flow")
        _, activity = n.members("assets_at", lambda key, asset: (asset, key[2]), "running_asset_year")
        profiles = n["profile_value"][n.maps["flow_profile"][flow]]
        found: list[tuple[str, np.ndarray, np.ndarray, Any]] = [
            ("activity", at_asset, activity, n["flow_coefficient"][flow][:, None] * profiles)
        ]

        def add(name: str, family: str, label: Label, factor: Any = 1.0) -> None:
            at, positions = n.members(family, label, n.variables[name].over[0])
            if len(at):
                found.append((name, at, positions, factor[positions] if isinstance(factor, np.ndarray) else factor))

        def in_year(key: Any, member: Any) -> Hashable:
            return member, key[2]

        def same(key: Any, member: Any) -> Hashable:
            return key

        add("unserved", "unserved_nodes", same)
        add("spill", "spill_nodes", same, -1.0)
        add("store_discharge", "stores_at", in_year)
        add("store_charge", "stores_at", in_year, -1.0)
        add("heat_downgrade", "cooler_grade", lambda key, cool: (key[0], key[1], cool, key[2]), -1.0)
        add("heat_downgrade", "hotter_grade", lambda key, hot: (key[0], hot, key[1], key[2]))
        add("flow", "corridors_to", in_year)
        add("flow", "corridors_from", in_year, -1.0)
        add("hosting_exchange", "regions_above", in_year)
        add("hosting_exchange", "regions_below", in_year, -1.0)
        add("neighbour_import", "interconnectors_at", in_year, n["delivered_share"])
        add("neighbour_export", "interconnectors_at", in_year, -1.0)
        for family, sign in (("sites_below", 1.0), ("site_itself", -1.0)):
            add("site_exchange", family, in_year, -sign)
        return found

    # --- rows ----------------------------------------------------------------------------------------------------

    def _capacities(self) -> None:
        n, v = self.n, self.variables
        built_at, built = n.members("builds_alive", lambda key, build: (key[0], build), "asset_build")
        capacity = v["capacity"] - v["existing_kept"]
        if len(built):
            total = self._grouped("built", built_at, built, "asset_year")
            capacity = capacity - total.reindex({"asset_year": self._index("asset_year")}).fillna(0)
        self.model.add_constraints(capacity, "=", 0.0, name="capacity_definition")

        def limit(row: str, variable: str, family: str, label: Label, right: str, factor: Any = None) -> None:
            over = n.row_sets[row][0]
            if not n.size(over):
                return
            position = n.positions(over)
            keys = list(n.positions(n.families[family].over[0]))
            at, positions = n.members(family, label, n.variables[variable].over[0])
            rows = np.array([position.get(keys[key], -1) for key in at])
            chosen = rows >= 0
            factors = 1.0 if factor is None else factor[chosen]
            total = self._grouped(variable, rows[chosen], positions[chosen], over, factors)
            self.model.add_constraints(
                total.reindex({over: self._index(over)}), "<=", self._array(n[right], over), name=row
            )

        def of_year(key: Any, asset: Any) -> Hashable:
            return asset, key[-1]

        _, in_group = n.members("assets_of_shared_potential", lambda key, asset: (asset, key[0]), "asset_in_group")
        limit("potential_limit", "capacity", "assets_of_potential", of_year, "vintage_potential")
        limit(
            "shared_potential_limit", "capacity", "assets_of_shared_potential", of_year, "shared_potential",
            n["group_factor"][in_group],
        )  # fmt: skip
        limit("build_rate_limit", "built", "assets_of_technology_built", of_year, "build_max")
        if n.size("site_build_rate_year"):
            built_here = self._taken("built", n.within("site_build_rate_year", "asset_build"), "site_build_rate_year")
            right = self._array(n["site_build_max"], "site_build_rate_year")
            self.model.add_constraints(1.0 * built_here, "<=", right, name="build_rate_site_limit")

    def _conversion(self) -> None:
        n = self.n
        for row, over, sign in (
            ("activity_limit", "sized_asset_year", "<="),
            ("minimum_load_limit", "sized_minimum_load_year", ">="),
        ):
            if not n.size(over):
                continue
            running, size = n.within(over, "running_asset_year"), n.within(over, "asset_year")
            share = n["availability"][running][:, None] * n["profile_value"][n.maps["availability_profile"][running]]
            if sign == ">=":
                share = n["minimum_load"][running][:, None] * share
            activity, capacity = self._taken("activity", running, over), self._taken("capacity", size, over)
            self.model.add_constraints(activity - self._array(share, over, "time") * capacity, sign, 0.0, name=row)
        over = "ramping_asset_year"
        if n.size(over):
            activity = self._taken("activity", n.within(over, "running_asset_year"), over)
            capacity = self._taken("capacity", n.within(over, "asset_year"), over)
            step = activity - self._before(activity)
            most = self._array(n["ramp"][:, None] * n["step_length"], over, "time") * capacity
            self.model.add_constraints(step - most, "<=", 0.0, name="ramp_up_limit")
            self.model.add_constraints(-step - most, "<=", 0.0, name="ramp_down_limit")

    def _before(self, hourly: Any) -> Any:
        """An hourly variable one step earlier, cyclic in the period."""
        return hourly.isel(time=self.n.maps["previous_time"]).assign_coords(time=self.time)

    def _stores(self) -> None:
        n, v, over = self.n, self.variables, "store_year"
        if not n.size(over):
            return
        parts = [str(asset) for asset in n.sets["store_part"]]
        size = n.positions("asset_year")

        def capacity(part: str) -> Any:
            owners = zip(n.maps[part], n.sets[over], strict=True)
            return self._taken("capacity", np.array([size[parts[owner], key[1]] for owner, key in owners]), over)

        charge, discharge = v["store_charge"], v["store_discharge"]
        level = v["store_level"].rename(cyclic_store_year=over)
        energy, power = capacity("energy_part"), capacity("discharge_part")
        self.model.add_constraints(charge - capacity("charge_part"), "<=", 0.0, name="store_charge_limit")
        self.model.add_constraints(discharge - power, "<=", 0.0, name="store_discharge_limit")
        self.model.add_constraints(level - energy, "<=", 0.0, name="store_level_limit")
        kept = self._array(n["kept_share"], over, "time")
        charged = self._array(n["charge_efficiency"][:, None] * n["step_length"], over, "time")
        discharged = self._array(n["step_length"] / n["discharge_efficiency"][:, None], over, "time")
        self.model.add_constraints(
            level - kept * self._before(level) - charged * charge + discharged * discharge,
            "=", 0.0, name="store_level_balance",
        )  # fmt: skip
        for row, inner, hours, sign in (
            ("store_duration_min_limit", "bounded_from_below_store_year", "duration_min", ">="),
            ("store_duration_max_limit", "bounded_from_above_store_year", "duration_max", "<="),
        ):
            if n.size(inner):
                here = n.within(inner, over)
                factor = xr.DataArray(n[hours][here], coords={over: here}, dims=[over])
                left = energy.isel({over: here}) - factor * power.isel({over: here})
                self.model.add_constraints(left, sign, 0.0, name=row)

    def _grid(self) -> None:
        n = self.n
        over = "expandable_corridor_year"
        if n.size(over):
            here = n.within(over, "corridor_year")
            flow, share = self._taken("flow", here, over), self._array(n["corridor_secure_share"][here], over)
            added = share * self.variables["corridor_expansion"]
            standing = share * self._array(n["corridor_capacity"][here], over)
            self.model.add_constraints(flow - added, "<=", standing, name="corridor_limit_forward")
            self.model.add_constraints(-flow - added, "<=", standing, name="corridor_limit_backward")
        if n.size("cycle_year"):
            at, flows = n.members("corridors_of_cycle", lambda key, line: (line, key[1]), "corridor_year")
            _, pairs = n.members("corridors_of_cycle", lambda key, line: (key[0], line, key[1]), "corridor_in_cycle")
            around = self._grouped("flow", at, flows, "cycle_year", n["cycle_reactance"][pairs])
            self.model.add_constraints(around, "=", 0.0, name="kirchhoff_voltage_law")

    def _hosting(self) -> None:
        n, over = self.n, "limited_region_year"
        if not n.size(over):
            return
        here = n.within(over, "region_year")
        for direction, sign in (("feed_in", 1.0), ("offtake", -1.0)):
            _, built = n.members(
                f"{direction}_reinforcement", lambda key, way: (key[0], way, key[1]), "reinforcement_year"
            )
            exchange = sign * self._taken("hosting_exchange", here, over)
            reinforced = self._taken("hosting_built", built, over)
            limit = self._array(n[f"{direction}_hosting"], over)
            self.model.add_constraints(exchange - reinforced, "<=", limit, name=f"hosting_{direction}_limit")

    def _policy(self) -> None:
        n, weight = self.n, self.n["weight"]
        if n.size("emitting_node_year"):
            at, rate = n.members("emitters_at", lambda key, asset: (asset, key[1]), "emitting_asset_year")
            running = n.within("emitting_asset_year", "running_asset_year")[rate]
            released = self._grouped(
                "activity", at, running, "emitting_node_year", n["emission_rate"][rate][:, None] * weight
            ).sum("time")
            self.model.add_constraints(self.variables["emission"] - released, "=", 0.0, name="emission_definition")
        if n.size("capped_year"):
            at, node = n.members("emitting_nodes", lambda key, place: (place, key), "emitting_node_year")
            capped = n.within("capped_year", "year")
            total = self._grouped("emission", at, node, "year").sel(year=capped).rename(year="capped_year")
            total = total.assign_coords(capped_year=self._index("capped_year"))
            right = self._array(n["carbon_cap_value"], "capped_year")
            self.model.add_constraints(total - self.variables["carbon_backstop"], "<=", right, name="carbon_cap")
        if n.size("limited_fuel_year"):
            at, use = n.members("users_of_fuel", lambda key, asset: (asset, *key), "fuel_use")
            _, running = n.members("users_of_fuel", lambda key, asset: (asset, key[1]), "running_asset_year")
            limited = n.positions("limited_fuel_year")
            rows = np.array([limited.get(n.sets["fuel_year"][key], -1) for key in at])
            here = rows >= 0
            intake = n["fuel_intake"][use[here]][:, None] / n["fuel_unit"] * weight
            burnt = self._grouped("activity", rows[here], running[here], "limited_fuel_year", intake).sum("time")
            self.model.add_constraints(
                burnt, "<=", self._array(n["fuel_limit"], "limited_fuel_year"), name="fuel_supply_limit"
            )

    def _trade(self) -> None:
        n, over = self.n, "balanced_trade_year"
        if not n.size(over):
            return
        at, lines = n.members("interconnectors_in", lambda key, line: (line, key), "interconnector_year")
        years = n.positions(over)
        rows = np.array([years[n.sets["year"][key]] for key in at])
        share = n["weight"] / n["trade_unit"]
        taken = self._grouped("neighbour_import", rows, lines, over, n["delivered_share"][lines][:, None] * share)
        given = self._grouped("neighbour_export", rows, lines, over, np.ones(len(lines))[:, None] * share)
        limit = self._array(n["net_import_max"], over)
        self.model.add_constraints(taken.sum("time") - given.sum("time"), "<=", limit, name="net_import_limit")

    # --- objective -----------------------------------------------------------------------------------------------

    def _costs(self) -> list[Any]:
        """Discounted cost of every variable that has one."""
        n, v = self.n, self.variables
        discount, weight = n["discount_weight"], n["weight"]

        def years(name: str) -> np.ndarray:
            position = n.positions("year")
            return discount[[position[key[-1] if isinstance(key, tuple) else key] for key in n.sets[name]]]

        running = "running_asset_year"
        yearly = n["variable_om"].copy()
        np.add.at(
            yearly,
            [n.positions(running)[asset, year] for asset, _, year in n.sets["fuel_use"]],
            n["fuel_price"] * n["fuel_intake"],
        )
        factors: dict[str, np.ndarray] = {"activity": (years(running) * yearly)[:, None] * weight}
        for name, price in (("unserved", "value_of_lost_load"), ("spill", "spill_price")):
            over = n.variables[name].over[0]
            factors[name] = (years(over) * n[price])[:, None] * weight
        built = np.zeros(n.size("asset_build"))
        vintages = [n.positions("asset_build")[asset, build] for asset, build, _ in n.sets["asset_build_year"]]
        np.add.at(built, vintages, years("asset_build_year") * (n["annuity"] + n["build_fixed_om"]))
        factors["built"] = built
        factors["existing_kept"] = years("asset_year") * n["existing_fixed_om"]
        factors["corridor_expansion"] = years("expandable_corridor_year") * n["corridor_expansion_annual_cost"]
        factors["hosting_built"] = years("reinforcement_year") * n["reinforcement_annual_cost"]
        factors["carbon_backstop"] = years("capped_year") * n["backstop_cost"]
        if n.size("interconnector_year"):
            zones = [
                n.positions("zone_year")[n.sets["zone"][zone], key[1]]
                for zone, key in zip(n.maps["zone_of"], n.sets["interconnector_year"], strict=True)
            ]
            price = n["neighbour_price"][zones] * years("interconnector_year")[:, None] * weight
            factors["neighbour_import"] = price
            factors["neighbour_export"] = -price * n["delivered_share"][:, None]
        if n.size("priced_emission_year"):
            emission = np.zeros(n.size("emitting_node_year"))
            charge = n["carbon_price"][[n.positions("year")[year] for _, year in n.sets["priced_emission_year"]]]
            emission[n.within("priced_emission_year", "emitting_node_year")] = years("priced_emission_year") * charge
            factors["emission"] = emission
        return [
            (self._array(factor, *n.variables[name].over) * v[name]).sum()
            for name, factor in factors.items()
            if name in v and factor.any()
        ]
