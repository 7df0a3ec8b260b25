"""A MATPOWER case as a data folder: one snapshot of an hour, the form of its power flow named.

Buses, loads, shunts (their conductance at 1 p.u. is a load), generators with costs, branches and DC lines are carried
over; what cannot be is refused by name, all of it at once.  Reactances, resistances, taps and shifts stay as they are
in the file; `grid.convention` of the scenario says what is made of them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from model.errors import InputError, Problem
from model.exchange.data_folder import DataFolder, plain_settings
from model.exchange.matpower_costs import CostReader, Costs, Piece
from model.exchange.matpower_curves import fineness
from model.exchange.matpower_file import MatpowerFile, Row, read_matpower

Convention = Literal["powermodels", "matpower"]
YEAR = 2025
UNLIMITED = 1e5
"""MW: what stands for no rating, and for a power without end."""
ENDLESS = 1e6
"""MW from which a rating is none (MATPOWER says 1e10)."""
WIDEST = math.degrees(1.0472)
"""Angle limit, degrees, that PowerModels sets where the file has none or one of 90 degrees and more."""
ISOLATED = 4
REFUSED = {
    "A": "no user-defined constraints (mpc.A)",
    "N": "no user-defined costs (mpc.N)",
    "if": "no interface limits (mpc.if)",
    "reserves": "no reserves (mpc.reserves)",
    "softlims": "no soft limits (mpc.softlims)",
    "storage": "no storage (mpc.storage); bring it as a PyPSA network",
    "switch": "no switches (mpc.switch)",
}
"""Fields that a DC optimal power flow of one hour would need and this import does not carry over."""


@dataclass
class _Import:
    case: MatpowerFile
    file: str
    convention: Convention
    linearise: int | None
    folder: DataFolder
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    live: set[int] = field(default_factory=set)
    costs: CostReader = field(init=False)

    def __post_init__(self) -> None:
        cut = fineness(self.case) if self.linearise is None else self.linearise
        self.costs = CostReader(self.file, cut, self.problems)

    def refuse(self, row: Row | None, column: str, value: object, expected: str) -> None:
        self.problems.append(Problem(self.file, str(row.line) if row else "", column, _shown(value), expected))

    def at_bus(self, row: Row, column: int, name: str) -> str | None:
        """Label of the bus in a cell; None where it is isolated, or there is none (which is refused)."""
        number = row[column]
        if number in self.live:
            return f"bus {number:g}"
        if number not in {bus[0] for bus in self.case.matrices["bus"]}:
            self.refuse(row, name, number, "a bus of mpc.bus (it leads nowhere)")
        return None


def import_matpower(
    path: Path, folder: Path, convention: Convention, linearise: int | None = None
) -> tuple[Path, list[str]]:
    """Write a MATPOWER case as a data folder.

    Args:
        path: the case file, version 2.
        folder: where the data set goes.
        convention: form of the power flow: `powermodels` (b = x/(r2+x2), no tap, no shift; angle limits at most 60
            degrees and ratings where there are none, as PowerModels sets them) or `matpower` (b = 1/(x tap), shift).
        linearise: pieces by which each cost that bends upwards is replaced; None: as many as keep the optimum within
            `matpower_curves.SHARE` of itself; 0: such costs are refused.

    Returns:
        The scenario file, and what the user should know.

    Raises:
        InputError: everything that cannot be carried over, by name; nothing was written.
    """
    case = read_matpower(path)
    data = DataFolder(case.name, path.name, snapshots=["1"])
    work = _Import(case, path.name, convention, linearise, data)
    work.live = {int(row[0]) for row in case.matrices["bus"] if row[1] != ISOLATED}
    for key, rows in case.matrices.items():
        expected = REFUSED.get(key.split(".")[0], "")
        if expected and rows:
            work.refuse(rows[0], f"mpc.{key}", "", expected)
    data.add("snapshots", snapshot="1", length=1.0, weight=1.0)
    data.electricity()
    _buses(work)
    _generators(work)
    _branches(work)
    _dc_lines(work)
    if work.problems:
        raise InputError(work.problems)
    work.notes += work.costs.note()
    settings = plain_settings(convention, len(case.matrices["gen"]) + len(case.matrices["branch"]), YEAR)
    return data.write(folder, settings, _about(work, path)), work.notes


def _shown(value: object) -> str:
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def _about(work: _Import, path: Path) -> str:
    form = "b = x/(r2 + x2), no tap ratio, no phase shift"
    form = form if work.convention == "powermodels" else "b = 1/(x tap), with phase shift"
    notes = "".join(f"- {note}\n" for note in work.notes)
    return (
        f"# {work.case.name}\n\nRead from the MATPOWER case `{path.name}` in the form `{work.convention}` ({form}).\n"
        "One snapshot of one hour: cost is in money of the case per hour, shown as EUR. Constant terms of generators "
        f"count.\n\nRun it: `python -m model run FOLDER/scenarios/{work.case.name}.yaml`\n\n{notes}"
    )


def _buses(work: _Import) -> None:
    rows = work.case.matrices["bus"]
    names = work.case.texts.get("bus_name", [])
    seen: set[int] = set()
    for position, row in enumerate(rows):
        number = int(row[0])
        if number in seen:
            work.refuse(row, "bus_i", row[0], "every bus once")
        seen.add(number)
        if row[1] == ISOLATED:
            continue
        label = f"bus {number}"
        name = names[position].strip() if position < len(names) else label
        work.folder.bus(label, name or label, None, (position, len(rows)))
        for column, what in ((2, "Pd"), (4, "Gs")):
            if row[column] != 0:
                cells = {"load": f"{what} at {label}", "node": label, "carrier": "electricity", "power": row[column]}
                work.folder.add("loads", **cells, note="at 1 p.u." if what == "Gs" else "")


def _generators(work: _Import) -> None:
    rows, costs = work.case.matrices["gen"], work.case.matrices.get("gencost", [])
    if len(costs) not in (len(rows), 2 * len(rows)):  # rows for reactive power come after those for active power
        expected = f"a row for each of the {len(rows)} generators (and as many for reactive power, or none)"
        work.refuse(costs[0] if costs else None, "mpc.gencost", f"{len(costs)} rows", expected)
        return
    fuels = work.case.texts.get("genfuel", [])
    for position, row in enumerate(rows):
        if row[7] <= 0:
            continue
        node = work.at_bus(row, 0, "bus")
        lowest, highest = _powers(work, row, 9, 8)
        if node is None or lowest > highest:
            continue
        label = f"gen {row.number} at {node}"
        cost = work.costs.read(costs[position], "gencost", label, lowest, highest)
        sheds = highest <= 0 and lowest < 0
        group = fuels[position] if position < len(fuels) else ("dispatchable load" if sheds else "generator")
        _machine(work, label, group, node, lowest, highest, cost)
        ports = {"node": node, "carrier": "electricity", "coefficient": 1.0}
        work.folder.add("device_ports", device=label, port="power", **ports)


def _powers(work: _Import, row: Row, least: int, most: int) -> tuple[float, float]:
    """Least and largest power of a machine, MW; limits the wrong way round are refused."""
    lowest, highest = row[least], row[most]
    if lowest > highest:
        work.refuse(row, "Pmin", lowest, f"at most Pmax, {highest:g}")
    return max(lowest, -UNLIMITED), min(highest, UNLIMITED)


def _machine(work: _Import, label: str, group: str, node: str, lowest: float, highest: float, cost: Costs) -> None:
    """A device between two powers, with its cost as a line or as pieces."""
    size = max(abs(lowest), abs(highest))
    shares = {"share_min": lowest / size, "share_max": highest / size} if size else {}
    money = {"variable_cost": cost.slope, "running_cost": cost.constant}
    cells: dict[str, Any] = {"device": label, "group": group, "node": node, "capacity": size, **shares, **money}
    work.folder.add("devices", **cells)
    for number, piece in enumerate(cost.pieces, start=1):
        _piece(work, label, number, piece)


def _piece(work: _Import, label: str, number: int, piece: Piece) -> None:
    work.folder.add("device_costs", device=label, piece=f"{number}", slope=piece.slope, intercept=piece.intercept)


def _branches(work: _Import) -> None:
    base = work.case.numbers["baseMVA"]
    peak = {int(row[0]): row[11] for row in work.case.matrices["bus"]}
    unrated = 0
    for row in work.case.matrices["branch"]:
        if row.cells[10:11] and row[10] <= 0:
            continue
        ends = [work.at_bus(row, column, name) for column, name in ((0, "fbus"), (1, "tbus"))]
        if row[3] == 0:
            work.refuse(row, "x", row[3], f"a reactance other than zero for the branch from {row[0]:g} to {row[1]:g}")
            continue
        if None in ends or ends[0] == ends[1]:
            if ends[0] is not None and ends[0] == ends[1]:
                work.refuse(row, "tbus", row[1], "another bus than fbus")
            continue
        low, high = _angles(row, work.convention)
        rating = 0.0 if row[5] >= ENDLESS else row[5]
        if rating <= 0 and work.convention == "powermodels":
            rating = _rating(row, base, max(abs(low), abs(high)), (peak[int(row[0])], peak[int(row[1])]))
        unrated += rating <= 0
        tap = row[8] or 1.0
        work.folder.add(
            "corridors", corridor=f"branch {row.number}: {row[0]:g} to {row[1]:g}", carrier="electricity", kind="ac",
            from_node=ends[0], to_node=ends[1], capacity=rating if rating > 0 else UNLIMITED, security_factor=1.0,
            reactance=row[3], resistance=row[2], reactance_base=base, efficiency=1.0,
            tap_ratio=tap if tap != 1.0 else "", phase_shift=row[9] if row[9] else "", angle_min=low, angle_max=high,
            note="" if rating > 0 else "no rating in the file: this stands for none",
        )  # fmt: skip
    if unrated:
        work.notes.append(f"{unrated} branches have no rating (rateA = 0); {UNLIMITED:,.0f} MW stands for none.")


def _angles(row: Row, convention: Convention) -> tuple[float, float]:
    """Limits on the angle difference, degrees; endless where there is none."""
    low, high = row[11], row[12]
    if convention == "matpower":
        return (
            low if low != 0 and low > -360 else -math.inf,
            high if high != 0 and high < 360 else math.inf,
        )
    if low == 0 and high == 0:
        return -WIDEST, WIDEST
    return (low if low > -90 else -WIDEST), (high if high < 90 else WIDEST)


def _rating(row: Row, base: float, widest: float, peak: tuple[float, float]) -> float:
    """Rating that PowerModels works out where there is none, MW: the current at the angle limit and highest voltage."""
    one, other = peak
    squared = one**2 + other**2 - 2.0 * one * other * math.cos(math.radians(widest))
    return base * max(one, other) * math.sqrt(squared) / math.hypot(row[2], row[3])


def _dc_lines(work: _Import) -> None:
    """A DC line takes power at one end and gives it, less its losses, at the other: Pt = (1 - loss1) Pf - loss0.

    A limit below zero holds at the to end, where power then enters; so it is a limit of (limit + loss0) / (1 - loss1)
    at the from end.
    """
    costs = work.case.matrices.get("dclinecost", [])
    rows = work.case.matrices.get("dcline", [])
    if costs and len(costs) < len(rows):
        work.refuse(costs[0], "mpc.dclinecost", f"{len(costs)} rows", f"a row for each of the {len(rows)} DC lines")
        return
    for row in rows:
        if row[2] <= 0:
            continue
        start, end = (work.at_bus(row, column, name) for column, name in ((0, "fbus"), (1, "tbus")))
        constant, share = row[15], row[16]
        if not share < 1.0:
            work.refuse(row, "loss1", share, "a share below one")
            continue
        lowest, highest = (
            limit if limit >= 0 else (limit + constant) / (1.0 - share) for limit in _powers(work, row, 9, 10)
        )
        if start is None or end is None or row[9] > row[10]:
            continue
        if lowest > highest:
            work.refuse(row, "Pmin", row[9], "limits that leave room for the losses")
            continue
        label = f"dcline {row.number}: {row[0]:g} to {row[1]:g}"
        known = bool(costs)
        cost = work.costs.read(costs[row.number - 1], "dclinecost", label, lowest, highest) if known else Costs()
        _machine(work, label, "dc line", start, lowest, highest, cost)
        for port, node, given in (("from", start, -1.0), ("to", end, 1.0 - share)):
            cells = {"node": node, "carrier": "electricity", "coefficient": given}
            work.folder.add("device_ports", device=label, port=port, **cells)
        if constant:
            cells = {"node": end, "carrier": "electricity", "power": constant}
            work.folder.add("loads", load=f"constant loss of {label}", **cells)
