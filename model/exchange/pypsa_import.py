"""A PyPSA network as a data folder: the same linear program in the tables of this model.

A generator is a device with one port, a link or process one with a port at every bus, a storage unit a reservoir
between a discharging device and a charging one that shares its capacity, a store a reservoir with one device; lines and
transformers are AC corridors in per unit on 1 MVA, in the cycles of Kirchhoff's law from the start.  What cannot be
carried over is refused by name, all of it at once.

The objective of the model is PyPSA's total system cost: operation, and the capital cost of everything that can be
expanded, what stands of it included.  PyPSA's `n.objective` leaves the capital cost of what stands out
(`n.objective_constant`); it is `objective of this model - n.objective_constant`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from model.errors import InputError, Problem
from model.exchange.data_folder import DataFolder, plain_settings
from model.exchange.pypsa_parts import Parts, quiet
from model.exchange.pypsa_unsupported import unsupported

if TYPE_CHECKING:
    import pypsa

YEAR = 2025
SENSES = {"<=": "at_most", ">=": "at_least", "==": "exactly", "=": "exactly"}
ELECTRICITY = "electricity"


def read_network(path: Path) -> pypsa.Network:
    """Read a network from a NetCDF file or a folder of CSV files.

    Raises:
        InputError: there is no such file, it cannot be read, or PyPSA is not installed.
    """
    try:
        import pypsa
    except ImportError:
        expected = "PyPSA to read it (pip install pypsa)"
        raise InputError([Problem(str(path), "", "", "", expected)]) from None
    if not path.exists() or (path.is_dir() and not (path / "buses.csv").is_file()):
        expected = "a PyPSA network: a NetCDF file, or a folder with buses.csv"
        raise InputError([Problem(str(path), "", "", "", expected)])
    try:
        with quiet():
            return pypsa.Network(str(path))
    except Exception as error:  # PyPSA and its readers raise many kinds
        expected = "a network that PyPSA can read"
        raise InputError([Problem(str(path), "", "", str(error).splitlines()[0], expected)]) from error


def import_pypsa(network: pypsa.Network, folder: Path, source: str = "PyPSA network") -> tuple[Path, list[str]]:
    """Write a network as a data folder.

    Args:
        network: the network; it is not changed.
        folder: where the data set goes.
        source: what the rows name as their source.

    Returns:
        The scenario file, and what the user should know.

    Raises:
        InputError: everything that cannot be carried over, by name; nothing was written.
    """
    problems = unsupported(network, source)
    if problems:
        raise InputError(problems)
    with quiet():
        network = network.copy()
        network.calculate_dependent_values()
        network.determine_network_topology()
    work = _Import(Parts(network), DataFolder(folder.name, source), source)
    _snapshots(work)
    _buses(work)
    _loads(work)
    for add in (_generators, _links, _processes, _storage_units, _stores, _branches, _global_constraints):
        add(work)
    if work.problems:
        raise InputError(work.problems)
    constant = work.constant
    cells = len(work.data.snapshots) * (
        len(work.data.rows.get("devices", [])) + len(work.data.rows.get("corridors", []))
    )
    notes = [
        f"PyPSA's n.objective_constant, capital cost of what stands and can be expanded: {constant:,.6f}. "
        "n.objective of PyPSA is the objective of this model less that."
    ]
    about = (
        f"# {folder.name}\n\nRead from the PyPSA network `{source}`.\n\n{notes[0]}\n\n"
        f"Run it: `python -m model run FOLDER/scenarios/{folder.name}.yaml`\n"
    )
    return work.data.write(folder, plain_settings("matpower", cells, YEAR), about), notes


@dataclass
class _Import:
    parts: Parts
    data: DataFolder
    source: str
    problems: list[Problem] = field(default_factory=list)
    constant: float = 0.0
    carrier_of: dict[str, str] = field(default_factory=dict)
    labels: dict[str, dict[tuple[str, str], str]] = field(default_factory=dict)

    def refuse(self, component: str, name: str, value: object, expected: str) -> None:
        self.problems.append(Problem(self.source, name, component, str(value), expected))

    def label(self, kind: str, component: str, name: str) -> str:
        """A label of its own among devices, reservoirs or corridors: the name, with the component where it is taken."""
        known = self.labels.setdefault(kind, {})
        if (component, name) not in known:
            taken = name in known.values()
            known[component, name] = f"{component} {name}" if taken else name
        return known[component, name]

    def bus(self, component: str, name: str, bus: str) -> bool:
        """Whether a bus exists; else it is refused."""
        if bus in self.carrier_of:
            return True
        self.refuse(component, name, bus, "a bus of the network (it leads nowhere)")
        return False

    def varying(
        self, component: str, name: str, attribute: str, column: str, blank: float | None = None
    ) -> dict[str, Any]:
        """Cells of a figure that may have a series."""
        value = self.parts.value(component, name, attribute)
        if isinstance(value, np.ndarray):
            component_list = self.parts.listed(component)
            return {f"{column}_series": self.data.hourly(f"{component_list}-{attribute}", name, value)}
        return {} if blank is not None and value == blank else {column: value}

    def sized(self, component: str, name: str, nominal: str) -> dict[str, Any]:
        """Cells of capacity: known, or between two limits at a yearly cost."""
        part = self.parts
        if not part.flag(component, name, f"{nominal}_extendable"):
            return {"capacity": part.value(component, name, nominal)}
        low, high = (part.value(component, name, f"{nominal}_{end}") for end in ("min", "max"))
        fixed = part.value(component, name, f"{nominal}_set")
        low, high = (low, high) if np.isnan(fixed) else (fixed, fixed)
        cost, stands = part.capital_cost(component, name), part.value(component, name, nominal)
        self.constant += cost * stands
        return {
            "capacity": stands, "expandable": "yes", "capacity_min": low, "capacity_max": high, "capacity_cost": cost,
        }  # fmt: skip

    def device(self, label: str, group: str, node: str, ports: list[dict[str, Any]], **cells: Any) -> None:
        """Add a device with its ports."""
        self.data.add("devices", device=label, group=group or "not named", node=node, **cells)
        for number, port in enumerate(ports):
            self.data.add("device_ports", device=label, **{"port": f"{number}", **port})

    def port(self, bus: str, coefficient: dict[str, Any]) -> dict[str, Any]:
        return {"node": bus, "carrier": self.carrier_of[bus], "coefficient": 0.0, **coefficient}


def _snapshots(work: _Import) -> None:
    weights = work.parts.network.snapshot_weightings
    work.data.snapshots = [str(label) for label in work.parts.network.snapshots]
    for label, row in zip(work.data.snapshots, weights.itertuples(), strict=True):
        cells = {"length": float(row.stores), "weight": float(row.objective)}
        work.data.add("snapshots", snapshot=label, **cells, energy_weight=float(row.generators))


def _buses(work: _Import) -> None:
    """Buses that lines and transformers touch are electric; the others have the carrier that they name."""
    part = work.parts
    touched = {str(row[end]) for name in ("Line", "Transformer") for row in part.rows(name) for end in ("bus0", "bus1")}
    rows = part.rows("Bus")
    work.data.electricity()
    for position, row in enumerate(rows):
        name, carrier = str(row["name"]), str(row["carrier"])
        electric = name in touched or carrier in ("AC", "DC", "", ELECTRICITY)
        work.carrier_of[name] = ELECTRICITY if electric else carrier
        x, y = float(row["x"]), float(row["y"])
        placed = (x, y) != (0.0, 0.0) and abs(x) <= 180 and abs(y) <= 90
        work.data.bus(name, name, (y, x) if placed else None, (position, len(rows)))
    for carrier in sorted(set(work.carrier_of.values()) - {ELECTRICITY}):
        work.data.carrier(carrier, "hydrogen" if carrier.lower() in ("h2", "hydrogen") else "fuel")


def _loads(work: _Import) -> None:
    for row in work.parts.rows("Load"):
        name, bus = str(row["name"]), str(row["bus"])
        if not work.bus("Load", name, bus):
            continue
        power = work.parts.value("Load", name, "p_set") * -float(row["sign"])
        cells: dict[str, Any] = {"power": power}
        if isinstance(power, np.ndarray):
            cells = {"power": 0.0, "power_series": work.data.hourly("loads-p_set", name, power)}
        work.data.add("loads", load=name, node=bus, carrier=work.carrier_of[bus], **cells)


def _limits_of(work: _Import, component: str, name: str) -> dict[str, Any]:
    """Shares, held power, cost and ramps of a generator or link."""
    part = work.parts
    cells = work.varying(component, name, "p_min_pu", "share_min", 0.0)
    cells |= work.varying(component, name, "p_max_pu", "share_max", 1.0)
    cells |= work.varying(component, name, "marginal_cost", "variable_cost", 0.0)
    cells |= _held(work, component, name, "p_set", "activity_series")
    for attribute, column in (("ramp_limit_up", "ramp_up"), ("ramp_limit_down", "ramp_down")):
        cells[column] = part.value(component, name, attribute)
    return cells | {"activity_before": part.value(component, name, "p_init")}


def _held(work: _Import, component: str, name: str, attribute: str, column: str) -> dict[str, Any]:
    """Series that a quantity is held at; blank where it is free."""
    value = np.broadcast_to(work.parts.value(component, name, attribute), len(work.data.snapshots))
    if np.isnan(value).all():
        return {}
    return {column: work.data.hourly(f"{work.parts.listed(component)}-{attribute}", name, value)}


def _generators(work: _Import) -> None:
    for row in work.parts.rows("Generator"):
        name, bus = str(row["name"]), str(row["bus"])
        if not work.bus("Generator", name, bus):
            continue
        label = work.label("device", "Generator", name)
        cells = {**work.sized("Generator", name, "p_nom"), **_limits_of(work, "Generator", name)}
        work.device(label, str(row["carrier"]), bus, [work.port(bus, {"coefficient": float(row["sign"])})], **cells)
        for attribute, sense in (("e_sum_min", "at_least"), ("e_sum_max", "at_most")):
            if np.isfinite(row[attribute]):
                limit = f"{attribute} of {label}"
                work.data.add("device_limits", limit=limit, sense=sense, value=float(row[attribute]))
                work.data.add("device_limit_terms", limit=limit, kind="energy", name=label, factor=1.0)


def _links(work: _Import) -> None:
    part = work.parts
    ends = part.link_ends()
    for row in part.rows("Link"):
        name, start = str(row["name"]), str(row["bus0"])
        if not work.bus("Link", name, start):
            continue
        ports = [work.port(start, {"coefficient": -1.0})]
        for column, efficiency in ends:
            bus = str(row[column])
            if bus and bus != "nan" and work.bus("Link", name, bus):
                ports.append(work.port(bus, work.varying("Link", name, efficiency, "coefficient")))
        label = work.label("device", "Link", name)
        cells = {**work.sized("Link", name, "p_nom"), **_limits_of(work, "Link", name)}
        work.device(label, str(row["carrier"]), start, ports, **cells)


def _processes(work: _Import) -> None:
    """A process takes or gives its rate times its power at every bus."""
    part = work.parts
    ends = part.process_ends()
    for row in part.rows("Process"):
        name, start = str(row["name"]), str(row["bus0"])
        named = [(str(row[column]), rate) for column, rate in ends if str(row[column]) not in ("", "nan")]
        if not all([work.bus("Process", name, bus) for bus, _ in named]):
            continue
        ports = [work.port(bus, work.varying("Process", name, rate, "coefficient")) for bus, rate in named]
        label = work.label("device", "Process", name)
        cells = {**work.sized("Process", name, "p_nom"), **_limits_of(work, "Process", name)}
        work.device(label, str(row["carrier"]), start, ports, **cells)


def _storage_units(work: _Import) -> None:
    part = work.parts
    for row in part.rows("StorageUnit"):
        name, bus, sign = str(row["name"]), str(row["bus"]), float(row["sign"])
        if not work.bus("StorageUnit", name, bus):
            continue
        label, group = work.label("device", "StorageUnit", name), str(row["carrier"])
        charging = work.label("device", "StorageUnit", f"{name} charging")
        vessel = work.label("reservoir", "StorageUnit", name)
        out = part.value("StorageUnit", name, "efficiency_dispatch")
        emptied = -1.0 / out
        into = {"coefficient": emptied}
        if isinstance(emptied, np.ndarray):
            series = work.data.hourly("storage_units-taken_per_dispatch", name, emptied)
            into = {"coefficient": 0.0, "coefficient_series": series}
        cells = work.varying("StorageUnit", name, "p_max_pu", "share_max", 1.0)
        cells |= work.varying("StorageUnit", name, "marginal_cost", "variable_cost", 0.0)
        cells |= _held(work, "StorageUnit", name, "p_dispatch_set", "activity_series")
        ports = [work.port(bus, {"coefficient": sign}), {"reservoir": vessel, **into}]
        work.device(label, group, bus, ports, **work.sized("StorageUnit", name, "p_nom"), **cells)
        most = -part.value("StorageUnit", name, "p_min_pu")
        cells = {"share_max": most}
        if isinstance(most, np.ndarray):
            cells = {"share_max_series": work.data.hourly("storage_units-store_max_pu", name, most)}
        cells |= _held(work, "StorageUnit", name, "p_store_set", "activity_series")
        filled = work.varying("StorageUnit", name, "efficiency_store", "coefficient")
        ports = [work.port(bus, {"coefficient": -sign}), {"reservoir": vessel, "coefficient": 0.0, **filled}]
        work.device(charging, group, bus, ports, capacity_of=label, **cells)
        inflow = work.varying("StorageUnit", name, "inflow", "inflow", 0.0)
        spill = {"spill": "yes"} if np.max(part.value("StorageUnit", name, "inflow")) > 0 else {}
        work.data.add(
            "reservoirs", reservoir=vessel, group=group or "not named", node=bus, hours_of=label,
            hours=float(row["max_hours"]), standing_loss=part.value("StorageUnit", name, "standing_loss"), **inflow,
            **spill, **work.varying("StorageUnit", name, "spill_cost", "spill_cost", 0.0),
            **work.varying("StorageUnit", name, "marginal_cost_storage", "level_cost", 0.0),
            **_held(work, "StorageUnit", name, "state_of_charge_set", "level_series"),
            cyclic=bool(row["cyclic_state_of_charge"]), level_before=float(row["state_of_charge_initial"]),
        )  # fmt: skip


def _stores(work: _Import) -> None:
    part = work.parts
    for row in part.rows("Store"):
        name, bus, sign = str(row["name"]), str(row["bus"]), float(row["sign"])
        if not work.bus("Store", name, bus):
            continue
        label, vessel = work.label("device", "Store", name), work.label("reservoir", "Store", name)
        group = str(row["carrier"])
        ports = [work.port(bus, {"coefficient": sign}), {"reservoir": vessel, "coefficient": -1.0}]
        cells = work.varying("Store", name, "marginal_cost", "variable_cost", 0.0)
        cells |= _held(work, "Store", name, "p_set", "activity_series")
        work.device(label, group, bus, ports, share_min=-1.0, **cells)
        work.data.add(
            "reservoirs", reservoir=vessel, group=group or "not named", node=bus, **work.sized("Store", name, "e_nom"),
            **work.varying("Store", name, "e_min_pu", "level_min", 0.0),
            **work.varying("Store", name, "e_max_pu", "level_max", 1.0),
            standing_loss=part.value("Store", name, "standing_loss"),
            **work.varying("Store", name, "marginal_cost_storage", "level_cost", 0.0),
            **_held(work, "Store", name, "e_set", "level_series"),
            cyclic=bool(row["e_cyclic"]), level_before=float(row["e_initial"]),
        )  # fmt: skip


def _branches(work: _Import) -> None:
    """Lines and transformers, in per unit on 1 MVA; in DC subnetworks the resistance stands for the reactance."""
    part = work.parts
    kinds = part.network.sub_networks["carrier"].to_dict()
    for component in ("Line", "Transformer"):
        for row in part.rows(component):
            name, ends = str(row["name"]), (str(row["bus0"]), str(row["bus1"]))
            if not all([work.bus(component, name, bus) for bus in ends]):
                continue
            direct = kinds.get(str(row["sub_network"]), "AC") == "DC"
            reactance = float(row["r_pu_eff" if direct else "x_pu_eff"])
            if reactance == 0.0 or not np.isfinite(reactance):
                wanted = "a resistance (its buses are DC)" if direct else "a reactance"
                work.refuse(component, name, f"{reactance:g}", f"{wanted} other than zero")
                continue
            label = work.label("corridor", component, name)
            cells = _branch_cells(work, component, name, row, direct)
            work.data.add(
                "corridors", corridor=label, carrier=ELECTRICITY, kind="ac", from_node=ends[0], to_node=ends[1],
                reactance=reactance, reactance_base=1.0, efficiency=1.0, always_meshed="yes", **cells,
            )  # fmt: skip


def _branch_cells(work: _Import, component: str, name: str, row: dict[str, Any], direct: bool) -> dict[str, Any]:
    """Capacity, what more of it costs, rating, shift and angle limits of a line or transformer."""
    part = work.parts
    share = part.value(component, name, "s_max_pu")
    cells: dict[str, Any] = {"security_factor": share}
    if isinstance(share, np.ndarray) or share > 1.0:
        values = np.broadcast_to(share, len(work.data.snapshots))
        label = work.data.hourly(f"{part.listed(component)}-s_max_pu", name, values)
        cells = {"security_factor": 1.0, "limit_series": label}
    size = work.sized(component, name, "s_nom")
    cells["capacity"] = size["capacity"]
    if "expandable" in size:
        low, cost = size["capacity_min"], size["capacity_cost"]
        if cost < 0:
            work.refuse(component, name, f"{cost:g}", "a capital cost of at least zero")
        cells |= {"capacity": low, "standing_cost": cost if low > 0 else ""}
        cells |= {"expansion_cost": 0.0, "expansion_fixed_om": cost, "expansion_max": size["capacity_max"] - low}
    if not np.isfinite(cells["capacity"]):
        work.refuse(component, name, "inf", "a finite s_nom, or s_nom_extendable with s_nom_max blank")
    if component == "Transformer":
        shift = float(row["phase_shift"])
        low, high = float(row["phase_shift_min"]), float(row["phase_shift_max"])
        cells |= {"phase_shift": shift} if shift else {}
        cells |= {"phase_shift_min": low, "phase_shift_max": high} if low < high else {}
    widest = float(row["v_ang_max"])
    applies = np.isfinite(widest) and (component == "Transformer" or str(row["carrier"]) == "AC")
    return cells | ({"angle_min": -widest, "angle_max": widest} if applies else {})


def _global_constraints(work: _Import) -> None:
    from model.exchange.pypsa_limits import terms_of

    for row in work.parts.rows("GlobalConstraint"):
        name = str(row["name"])
        terms, shift = terms_of(work.parts, row, work.labels, work.data)
        if not terms:
            continue
        value = float(row["constant"]) - shift
        work.data.add("device_limits", limit=name, sense=SENSES[str(row["sense"])], value=value)
        for kind, label, cells in terms:
            work.data.add("device_limit_terms", limit=name, kind=kind, name=label, **{"factor": 0.0, **cells})
