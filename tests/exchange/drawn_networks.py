"""PyPSA networks drawn at random: whatever their components may hold and this model can carry over."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pypsa

AWKWARD = ('gas: 1, "old"', "nan", "NA", "1", "Café é", "a/b\\c", "x=y", " 'quoted'", "#", "None", "true")
"""Names that files of figures like to misread."""


def drawn_network(seed: int) -> pypsa.Network:
    """A network whose every choice is drawn: it always has a solution, since load can be shed everywhere."""
    random = np.random.default_rng(seed)
    steps = int(random.integers(1, 9))
    n = pypsa.Network()
    dated = random.random() < 0.5
    n.set_snapshots(pd.date_range("2013-02-28", periods=steps, freq="2h") if dated else pd.Index(range(steps)))
    for column in ("objective", "stores", "generators"):
        n.snapshot_weightings[column] = random.uniform(0.5, 4.0, steps)
    for carrier, rate in (("AC", 0.0), ("gas", 0.2), ("oil", 0.27), ("wind", 0.0), ("heat", 0.0), ("store", 0.1)):
        n.add("Carrier", carrier, co2_emissions=rate)
    buses = [f"bus {number}" for number in range(int(random.integers(2, 6)))]
    for bus in buses:
        n.add("Bus", bus, v_nom=float(random.choice([110.0, 220.0, 380.0])), carrier="AC")
    n.add("Bus", "warm", carrier="heat")
    n.add("Bus", "air", carrier="co2")
    _grid(n, random, buses, steps)
    _supply(n, random, buses, steps)
    _stores(n, random, buses, steps)
    _links(n, random, buses, steps)
    for bus in [*buses, "warm"]:
        n.add("Load", f"load {bus}", bus=bus, p_set=_maybe(random, steps, 10, 90), carrier="AC")
        n.add("Generator", f"shed {bus}", bus=bus, sign=1e-3, p_nom=1e9, marginal_cost=0.9, carrier="AC")
    if random.random() < 0.5:
        n.add("Load", "gives", bus=buses[0], p_set=_maybe(random, steps, 0, 5), sign=1.0)
    _limits(n, random)
    return n


def _maybe(random: np.random.Generator, steps: int, low: float, high: float):
    """One figure, or a series."""
    return random.uniform(low, high, steps) if random.random() < 0.5 else float(random.uniform(low, high))


def _size(random: np.random.Generator, name: str, size: float, cost: float) -> dict[str, object]:
    """A capacity that is given, or one to choose."""
    if random.random() < 0.5:
        return {name: size}
    money = random.choice(["capital_cost", "overnight_cost"])
    found: dict[str, object] = {f"{name}_extendable": True, money: cost, name: size if random.random() < 0.5 else 0.0}
    if money == "overnight_cost":
        found |= {"discount_rate": 0.05, "lifetime": 20.0, "fom_cost": 0.1 * cost}
    if random.random() < 0.5:
        found[f"{name}_min"] = 0.1 * size
    if random.random() < 0.7:
        found[f"{name}_max"] = 2.0 * size
    return found


def _grid(n: pypsa.Network, random: np.random.Generator, buses: list[str], steps: int) -> None:
    for number in range(int(random.integers(1, 8))):
        start, end = random.choice(len(buses), 2, replace=False)
        pair = (buses[start], buses[end])
        if n.buses.v_nom[pair[0]] == n.buses.v_nom[pair[1]]:
            own = {"type": "Al/St 240/40 4-bundle 380.0"} if random.random() < 0.3 else {"x": random.uniform(5, 40)}
            n.add(
                "Line", f"line {number}", bus0=pair[0], bus1=pair[1], r=1.0, length=random.uniform(20, 90), **own,
                s_max_pu=_maybe(random, steps, 0.5, 1.2), num_parallel=float(random.integers(1, 3)), carrier="AC",
                v_ang_max=random.choice([np.inf, 20.0]), **_size(random, "s_nom", 60.0, 3.0),
            )  # fmt: skip
        else:
            shift = {"phase_shift": random.uniform(-1, 1)}
            if random.random() < 0.3:
                shift = {"phase_shift_min": -2.0, "phase_shift_max": 2.0}
            n.add(
                "Transformer", f"transformer {number}", bus0=pair[0], bus1=pair[1], x=0.1, s_nom=80.0, r=0.01,
                tap_ratio=random.uniform(0.95, 1.05), tap_side=int(random.integers(0, 2)), **shift,
                model=random.choice(["t", "pi"]),
            )  # fmt: skip


def _supply(n: pypsa.Network, random: np.random.Generator, buses: list[str], steps: int) -> None:
    for number, name in enumerate(random.choice(AWKWARD, 6, replace=False)):
        carrier = random.choice(["gas", "oil", "wind"])
        cells: dict[str, object] = {}
        if random.random() < 0.3:
            cells |= {"ramp_limit_up": 0.6, "ramp_limit_down": 0.7}
        if random.random() < 0.3:
            cells["e_sum_max"] = 60.0 * steps
        if random.random() < 0.2:
            cells["p_set"] = np.where(random.random(steps) < 0.5, 5.0, np.nan)
        n.add(
            "Generator", str(name), bus=random.choice(buses), carrier=carrier, p_max_pu=_maybe(random, steps, 0.5, 1),
            marginal_cost=_maybe(random, steps, 5, 90), efficiency=_maybe(random, steps, 0.3, 0.6),
            p_min_pu=0.0 if number % 2 or "p_set" in cells else float(random.uniform(0, 0.05)),
            **_size(random, "p_nom", 70.0, 20.0), **cells,
        )  # fmt: skip
    n.add("Generator", "sink", bus=buses[0], sign=-1.0, p_nom=20.0, marginal_cost=-_maybe(random, steps, 0, 60))


def _stores(n: pypsa.Network, random: np.random.Generator, buses: list[str], steps: int) -> None:
    cyclic = bool(random.random() < 0.5)
    n.add(
        "StorageUnit", "1", bus=buses[-1], max_hours=3.0, cyclic_state_of_charge=cyclic, carrier="store",
        efficiency_store=_maybe(random, steps, 0.8, 1), efficiency_dispatch=_maybe(random, steps, 0.8, 1),
        standing_loss=0.02, marginal_cost=_maybe(random, steps, 0, 3), inflow=_maybe(random, steps, 0, 9),
        state_of_charge_initial=0.0 if cyclic else 12.0, spill_cost=_maybe(random, steps, 0, 2),
        p_min_pu=float(random.choice([-1.0, -0.5, 0.0])), p_max_pu=_maybe(random, steps, 0.6, 1),
        marginal_cost_storage=0.01, **_size(random, "p_nom", 15.0, 4.0),
    )  # fmt: skip
    n.add(
        "Store", "1", bus="warm", e_cyclic=cyclic, carrier="store", e_initial=0.0 if cyclic else 8.0,
        standing_loss=0.01, marginal_cost=_maybe(random, steps, 0, 1), e_max_pu=_maybe(random, steps, 0.7, 1),
        **_size(random, "e_nom", 60.0, 0.5),
    )  # fmt: skip
    n.add("Store", "atmosphere", bus="air", e_nom=1e6, e_min_pu=-1.0, marginal_cost=-_maybe(random, steps, 20, 60))


def _links(n: pypsa.Network, random: np.random.Generator, buses: list[str], steps: int) -> None:
    n.add(
        "Link", "pump", bus0=buses[0], bus1="warm", efficiency=_maybe(random, steps, 2, 4), marginal_cost=0.2,
        carrier="heat", **_size(random, "p_nom", 30.0, 6.0),
    )  # fmt: skip
    n.add("Bus", "gas", carrier="gas")
    n.add("Generator", "well", bus="gas", p_nom=np.inf, marginal_cost=_maybe(random, steps, 10, 30), carrier="gas")
    n.add(
        "Link", "engine", bus0="gas", bus1=random.choice(buses), bus2="warm", bus3="air", efficiency=0.4,
        efficiency2=_maybe(random, steps, 0.3, 0.5), efficiency3=0.2, carrier="gas",
        **_size(random, "p_nom", 60.0, 9.0),
    )  # fmt: skip
    n.add(
        "Link", "cable", bus0=buses[0], bus1=buses[-1], p_min_pu=-1.0, carrier="DC", length=50.0,
        efficiency=0.98, **_size(random, "p_nom", 25.0, 2.0),
    )  # fmt: skip
    n.add(
        "Process", "burner", bus0="gas", bus1="warm", bus2="air", rate0=-1.0, rate1=_maybe(random, steps, 0.8, 0.95),
        rate2=0.2, p_nom=40.0, marginal_cost=0.4, carrier="heat",
    )  # fmt: skip


def _limits(n: pypsa.Network, random: np.random.Generator) -> None:
    drawn = random.random(5) < 0.5
    if drawn[0]:
        n.add("GlobalConstraint", "co2", carrier_attribute="co2_emissions", sense="<=", constant=900.0)
    if drawn[1]:
        n.add("GlobalConstraint", "oil", type="operational_limit", carrier_attribute="oil", sense="<=", constant=400.0)
    if drawn[2] and n.generators.query("carrier == 'wind'").p_nom_extendable.any():
        n.add(
            "GlobalConstraint", "sites", type="tech_capacity_expansion_limit", carrier_attribute="wind", sense="<=",
            constant=150.0,
        )  # fmt: skip
    if drawn[3] and (n.lines.s_nom_extendable.any() or n.links.p_nom_extendable["cable"]):
        kind = random.choice(["volume_expansion_limit", "expansion_cost_limit"])
        n.add(
            "GlobalConstraint", "lines", type=f"transmission_{kind}", carrier_attribute="AC, DC", sense="<=",
            constant=15000.0 if kind == "volume_expansion_limit" else 1500.0,
        )  # fmt: skip
