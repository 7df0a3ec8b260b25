"""Devices, reservoirs, loads and limits that are given one by one, as PyPSA components.

A device with one port at a node is a Generator, one with more a Link whose power is that of a port that takes.  A
reservoir between a discharging device and a charging one that shares its capacity is a StorageUnit, one with a single
unlimited device a Store; any other reservoir is a Store on a bus of its own, with inflow and spill as Generators.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from model.errors import Problem
from model.exchange.pypsa_sizes import Export

Ports = dict[str, dict[str, Any]]


def add_given(export: Export) -> list[Problem]:
    """Add everything that is given one by one; gives what cannot be stated."""
    given = _Given(export)
    for label in export.case.given.reservoirs.index:
        given.reservoir(str(label))
    for label in export.case.given.devices.index:
        given.device(str(label))
    given.loads()
    given.limits()
    return given.problems


class _Given:
    """The export of what is given one by one."""

    def __init__(self, export: Export) -> None:
        self.export, self.case = export, export.case
        self.tables = self.case.given
        # Frames whose cells are read one by one: of their types pandas knows nothing.
        self.device_table: Any = self.tables.devices
        self.reservoir_table: Any = self.tables.reservoirs
        self.port_table: Any = self.tables.device_ports
        self.problems: list[Problem] = []
        self.done: dict[str, tuple[str, str]] = {}
        self.vessels: dict[str, tuple[str, str]] = {}
        self.carriers: dict[str, str] = {}
        self.ports: dict[str, Ports] = {}
        values = self.tables.values(self.tables.device_ports, "coefficient", self.case.time.count)
        for row, (device, port) in enumerate(self.port_table.index):
            cells = self.port_table.iloc[row]
            where = str(cells["reservoir"]) or export.bus(cells["node"], cells["carrier"])
            amount = values[row] if cells["coefficient_series"] else float(values[row, 0])
            own = {"bus": where, "amount": amount, "reservoir": bool(cells["reservoir"])}
            self.ports.setdefault(str(device), {})[str(port)] = own
        self._rates()

    def refuse(self, table: str, label: str, expected: str) -> None:
        self.problems.append(Problem(f"{table}.csv", "", label, "", f"{expected} (export to PyPSA)"))

    def figure(self, table: Any, label: str, column: str) -> Any:
        """A number, or an array where there is a series."""
        named = table.at[label, f"{column}_series"]
        return self.tables.series[named] if named else float(table.at[label, column])

    def held(self, table: Any, label: str, column: str) -> Any:
        named = table.at[label, column]
        return self.tables.series[named] if named else np.nan

    def size(self, table: Any, label: str, nominal: str) -> dict[str, Any]:
        """Nominal capacity: known, or between two limits at its yearly cost."""
        row = table.loc[label]
        if not row["expandable"]:
            return {nominal: float(row["capacity"]), f"{nominal}_extendable": False}
        return {
            nominal: 0.0, f"{nominal}_extendable": True, f"{nominal}_min": float(row["capacity_min"]),
            f"{nominal}_max": float(row["capacity_max"]), "capital_cost": float(row["capacity_cost"]),
        }  # fmt: skip

    def limits_of(self, label: str, ramps: bool = True) -> dict[str, Any]:
        """Shares, held power, cost and ramps of a device."""
        table = self.device_table
        cells = {
            "p_min_pu": self.figure(table, label, "share_min"), "p_max_pu": self.figure(table, label, "share_max"),
            "marginal_cost": self.figure(table, label, "variable_cost"),
            "p_set": self.held(table, label, "activity_series"),
        }  # fmt: skip
        if ramps:
            for column, attribute in (("ramp_up", "ramp_limit_up"), ("ramp_down", "ramp_limit_down")):
                share = float(table.at[label, column])
                cells[attribute] = share if np.isfinite(share) else np.nan
            cells["p_init"] = float(table.at[label, "activity_before"])
        return cells

    def reservoir(self, label: str) -> None:
        """A reservoir with its devices, where PyPSA has a component for them; else a Store on its own bus."""
        into = [(device, port) for device, ports in self.ports.items() for port in ports.values()
                if port["reservoir"] and port["bus"] == label]  # fmt: skip
        if self._is_unit(label, into):
            self._unit(label, into)
        elif self._is_store(label, into):
            self._store(label, into[0][0])
        else:
            self._own_bus(label)

    def _others(self, device: str) -> list[dict[str, Any]]:
        return [port for port in self.ports[device].values() if not port["reservoir"]]

    def _is_unit(self, label: str, into: list[Any]) -> bool:
        table, row = self.device_table, self.reservoir_table.loc[label]
        lead = str(row["hours_of"])
        if len(into) != 2 or not lead or {device for device, _ in into} == {lead}:
            return False
        other = next((device for device, _ in into if device != lead), "")
        plain = all(len(self._others(device)) == 1 and len(self.ports[device]) == 2 for device, _ in into)
        return bool(plain and lead in dict(into) and table.at[other, "capacity_of"] == lead and self._full(label))

    def _full(self, label: str) -> bool:
        row = self.reservoir_table.loc[label]
        plain = not row["level_min_series"] and not row["level_max_series"]
        return bool(plain and row["level_min"] == 0.0 and row["level_max"] == 1.0)

    def _unit(self, label: str, into: list[Any]) -> None:
        table, row = self.device_table, self.reservoir_table.loc[label]
        lead = str(row["hours_of"])
        other = next(device for device, _ in into if device != lead)
        ports = dict(into)
        cells = self.limits_of(lead, ramps=False)
        given = self._others(lead)[0]
        if float(table.at[other, "variable_cost"]) or table.at[other, "variable_cost_series"]:
            self.refuse("devices", other, "no cost of charging")
        self.export.add(
            "StorageUnit", lead, bus=given["bus"], sign=given["amount"], carrier=self.carriers[lead],
            **self.size(table, lead, "p_nom"), max_hours=float(row["hours"]), p_max_pu=cells["p_max_pu"],
            p_min_pu=-np.asarray(self.figure(table, other, "share_max")) if table.at[other, "share_max_series"]
            else -self.figure(table, other, "share_max"),
            marginal_cost=cells["marginal_cost"], efficiency_dispatch=-1.0 / ports[lead]["amount"],
            efficiency_store=ports[other]["amount"], p_dispatch_set=cells["p_set"],
            p_store_set=self.held(table, other, "activity_series"), **self._of_vessel(label),
            cyclic_state_of_charge=bool(row["cyclic"]), state_of_charge_initial=float(row["level_before"]),
            state_of_charge_set=self.held(self.reservoir_table, label, "level_series"),
            inflow=self.figure(self.reservoir_table, label, "inflow"),
            spill_cost=self.figure(self.reservoir_table, label, "spill_cost"),
        )  # fmt: skip
        self.done |= {lead: ("StorageUnit", lead), other: ("StorageUnit", lead)}
        self.vessels[label] = ("StorageUnit", lead)

    def _of_vessel(self, label: str) -> dict[str, Any]:
        table = self.reservoir_table
        return {
            "standing_loss": float(table.at[label, "standing_loss"]),
            "marginal_cost_storage": self.figure(table, label, "level_cost"),
        }

    def _is_store(self, label: str, into: list[Any]) -> bool:
        if len(into) != 1 or self.reservoir_table.at[label, "hours_of"]:
            return False
        device, port = into[0]
        table = self.device_table
        free = not table.at[device, "expandable"] and not np.isfinite(float(table.at[device, "capacity"]))
        inflow = self.figure(self.reservoir_table, label, "inflow")
        return bool(
            free and len(self.ports[device]) == 2 and isinstance(port["amount"], float) and port["amount"] == -1.0
            and table.at[device, "share_min"] < 0 and not np.any(inflow)
        )  # fmt: skip

    def _store(self, label: str, device: str) -> None:
        table, given = self.reservoir_table, self._others(device)[0]
        cells = self.limits_of(device, ramps=False)
        self.export.add(
            "Store", device, bus=given["bus"], sign=given["amount"], carrier=self.carriers[device],
            marginal_cost=cells["marginal_cost"], p_set=cells["p_set"], **self._levels(label),
            **self.size(table, label, "e_nom"),
        )  # fmt: skip
        self.done[device] = ("Store", device)
        self.vessels[label] = ("Store", device)

    def _levels(self, label: str) -> dict[str, Any]:
        table = self.reservoir_table
        return {
            **self._of_vessel(label), "e_min_pu": self.figure(table, label, "level_min"),
            "e_max_pu": self.figure(table, label, "level_max"), "e_cyclic": bool(table.at[label, "cyclic"]),
            "e_initial": float(table.at[label, "level_before"]), "e_set": self.held(table, label, "level_series"),
        }  # fmt: skip

    def _own_bus(self, label: str) -> None:
        """A Store on a bus of its own; what flows in is given there, and let go where it may be."""
        table = self.reservoir_table
        if table.at[label, "hours_of"]:
            return self.refuse("reservoirs", label, "a capacity of its own, or a charger that shares the discharger's")
        self.export.add("Bus", label, carrier=str(table.at[label, "group"]))
        vessel = f"{label} vessel"
        carrier = str(table.at[label, "group"])
        self.export.add(
            "Store", vessel, bus=label, carrier=carrier, **self._levels(label), **self.size(table, label, "e_nom")
        )
        self.vessels[label] = ("Store", vessel)
        inflow = np.broadcast_to(self.figure(table, label, "inflow"), (self.case.time.count,))
        if not inflow.any():
            return None
        shares = {"p_max_pu": inflow.copy(), "p_min_pu": inflow.copy()}
        self.export.add("Generator", f"{label} inflow", bus=label, carrier="inflow", p_nom=1.0, **shares)
        if table.at[label, "spill"]:
            cost = self.figure(table, label, "spill_cost")
            self.export.add(
                "Generator", f"{label} spill", bus=label, carrier="spill", sign=-1.0, p_nom=1.0,
                p_max_pu=np.maximum(inflow, 0.0), marginal_cost=cost,
            )  # fmt: skip
        return None

    def device(self, label: str) -> None:
        """A device that is no part of a StorageUnit or Store."""
        table = self.device_table
        if label in self.done:
            return
        if table.at[label, "capacity_of"]:
            return self.refuse("devices", label, "a capacity of its own, but for the charger of a reservoir")
        if label in self.tables.device_costs.index.get_level_values("device"):
            return self.refuse("device_costs", label, "no cost curve")
        hours = float(np.asarray(self.case.time.weight).sum())
        self.export.constant += float(table.at[label, "running_cost"]) * hours
        cells = {**self.limits_of(label), **self.size(table, label, "p_nom"), "carrier": self.carriers[label]}
        ports = sorted(self.ports[label].items())
        if len(ports) == 1 and not ports[0][1]["reservoir"] and isinstance(ports[0][1]["amount"], float):
            self.export.add("Generator", label, bus=ports[0][1]["bus"], sign=ports[0][1]["amount"], **cells)
            self.done[label] = ("Generator", label)
            return None
        first = next((p for _, p in ports if isinstance(p["amount"], float) and p["amount"] == -1.0), None)
        if first is None:
            return self.refuse("device_ports", label, "one port with the coefficient -1, or a single port")
        attributes: dict[str, Any] = {}
        for number, port in enumerate((p for _, p in ports if p is not first), start=1):
            attributes |= {f"bus{number}": port["bus"]}
            attributes["efficiency" if number == 1 else f"efficiency{number}"] = port["amount"]
        self.export.add("Link", label, bus0=first["bus"], **attributes, **cells)
        self.done[label] = ("Link", label)
        return None

    def loads(self) -> None:
        """Loads as they are."""
        table: Any = self.tables.loads
        for label, row in table.iterrows():
            power = self.figure(table, str(label), "power")
            self.export.add("Load", str(label), bus=self.export.bus(row["node"], row["carrier"]), p_set=power)

    def _rates(self) -> None:
        """Carriers by what a device counts in limits on energy: PyPSA limits what carriers hold."""
        table, groups = self.device_table, dict[tuple[Any, ...], str]()
        terms: Any = self.tables.device_limit_terms
        own = self._single_limits()
        of: dict[str, list[tuple[str, float]]] = {}
        vessel_of = {str(port["bus"]): device for device, ports in self.ports.items() for port in ports.values()
                     if port["reservoir"] and not table.at[device, "capacity_of"]}  # fmt: skip
        for (limit, kind, name), row in terms.iterrows():
            if limit in own or kind not in ("energy", "level"):
                continue
            if row["factor_series"]:
                self.refuse("device_limit_terms", str(name), "one factor for all snapshots")
            holder = str(name) if kind == "energy" else vessel_of.get(str(name), "")
            of.setdefault(holder, []).append((str(limit), float(row["factor"]) * (1.0 if kind == "energy" else -1.0)))
        for label in table.index:
            group, rates = str(table.at[label, "group"]), tuple(sorted(of.get(str(label), [])))
            known = [key for key in groups if key[0] == group]
            if (group, rates) not in groups:
                groups[group, rates] = f"{group} {len(known) + 1}" if known else group
            self.carriers[str(label)] = groups[group, rates]
        for (_, rates), carrier in groups.items():
            self.export.add("Carrier", carrier, **{limit_attribute(limit): rate for limit, rate in rates})

    def _single_limits(self) -> set[str]:
        """Limits on the energy of one device alone."""
        terms: Any = self.tables.device_limit_terms
        single = set[str]()
        for limit, part in terms.groupby(level="limit"):
            kinds = part.index.get_level_values("kind")
            if (
                len(part) == 1
                and kinds[0] == "energy"
                and not part["factor_series"].iloc[0]
                and part["factor"].iloc[0] > 0
            ):
                single.add(str(limit))
        return single

    def limits(self) -> None:
        """Limits on energy by the carriers' attributes; capacities are refused."""
        limits: Any = self.tables.device_limits
        terms: Any = self.tables.device_limit_terms
        single = self._single_limits()
        sense = {"at_most": "<=", "at_least": ">=", "exactly": "=="}
        for label, row in limits.iterrows():
            own = terms[terms.index.get_level_values("limit") == label]
            kinds = set(own.index.get_level_values("kind"))
            if not kinds <= {"energy", "level"}:
                self.refuse("device_limits", str(label), "no limit on capacities")
                continue
            wrong = [
                name for _, kind, name in own.index if kind == "energy" and self.done.get(name, ("",))[0] != "Generator"
            ]
            if wrong:
                self.refuse("device_limits", str(label), f"energy of generators only, not of {', '.join(wrong)}")
                continue
            if label in single:
                self._single(
                    str(own.index[0][2]), float(row["value"]) / float(own["factor"].iloc[0]), str(row["sense"])
                )
                continue
            shift = sum(
                float(own.at[key, "factor"]) * float(self.reservoir_table.at[key[2], "level_before"])
                for key in own.index if key[1] == "level"
            )  # fmt: skip
            self.export.add(
                "GlobalConstraint", str(label), type="primary_energy", carrier_attribute=limit_attribute(str(label)),
                sense=sense[str(row["sense"])], constant=float(row["value"]) - shift,
            )  # fmt: skip

    def _single(self, device: str, value: float, sense: str) -> None:
        bounds = {"e_sum_max": value} if sense != "at_least" else {}
        bounds |= {"e_sum_min": value} if sense != "at_most" else {}
        self.export.amend("Generator", device, bounds)


def limit_attribute(limit: str) -> str:
    """Column of PyPSA's carriers that holds what counts in a limit."""
    return f"counts in {limit}"
