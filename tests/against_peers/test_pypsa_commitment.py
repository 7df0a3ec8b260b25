"""PyPSA's linearised unit commitment costs what ours does, where both say the same.

Both have online capacity, starts and stops, minimum load, minimum down time and a start cost.  They differ in ramps
(PyPSA allows a stopping unit its ramp too), in the ends of the horizon (PyPSA begins online, ours is cyclic) and in
outages, which only ours tells apart.  So the plants here have no ramp, and the last hours want them all: then the
cyclic state before the first hour is PyPSA's.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pypsa
import pytest

from tests.closed_form.world import World

pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]

HOURS, REPEATED = 72, 8760.0 / 72
EFFICIENCY, GAS_COST, GAS_SIZE, SUN_SIZE = 0.4, 70.0, 3000.0, 1500.0
PLANTS: dict[str, dict[str, float]] = {
    "first": {"existing": 1000.0, "minimum_load": 0.5, "min_down_time": 5.0, "start_cost": 8.0, "fuel_cost": 9.0},
    "second": {"existing": 1500.0, "minimum_load": 0.3, "min_down_time": 9.0, "start_cost": 3.0, "fuel_cost": 11.0},
}
"""MW_th, shares, h, EUR per MW_th started, EUR/MWh_e."""
RANDOM = np.random.default_rng(4)
DEMAND = 700.0 + 250.0 * np.sin(2 * np.pi * (np.arange(HOURS) - 9) / 24) + 100.0 * RANDOM.random(HOURS)
DEMAND[-10:] = 1600.0
SUN = np.clip(np.sin(np.pi * ((np.arange(HOURS) % 24) - 6) / 12), 0.0, None) * RANDOM.uniform(0.4, 1.0, HOURS)
SUN[-10:] = 0.0


def own(plants: dict[str, dict[str, float]], commitment: str = "linear") -> Any:
    """Our answer: no spill of power, sun that may be curtailed, gas at a price."""
    world = World(HOURS, reactors__commitment=commitment).demand(DEMAND)
    world.technology("gas", existing=GAS_SIZE, variable_om=GAS_COST)
    world.technology("sun", existing=SUN_SIZE, profile=SUN)
    for name, figures in plants.items():
        world.reactor(name, efficiency=EFFICIENCY, **figures)
    return world.solve()


def peer(plants: dict[str, dict[str, float]]) -> Any:
    """The same as a network of PyPSA; its generators are electric, so a start costs 1/efficiency as much per MW_e."""
    network = pypsa.Network()
    network.set_snapshots(range(HOURS))
    network.add("Bus", "N")
    network.add("Load", "load", bus="N", p_set=DEMAND)
    network.add("Generator", "gas", bus="N", p_nom=GAS_SIZE, marginal_cost=GAS_COST)
    network.add("Generator", "sun", bus="N", p_nom=SUN_SIZE, p_max_pu=SUN)
    for name, figures in plants.items():
        network.add(
            "Generator",
            name,
            bus="N",
            p_nom=EFFICIENCY * figures["existing"],
            committable=True,
            p_min_pu=figures["minimum_load"],
            min_down_time=int(figures["min_down_time"]),
            start_up_cost=figures["start_cost"] * figures["existing"],
            marginal_cost=figures["fuel_cost"],
            up_time_before=100,
        )
    status, condition = network.optimize(solver_name="highs", linearized_unit_commitment=True, log_to_console=False)
    assert (status, condition) == ("ok", "optimal")
    return network


def test_same_cost_as_linearised_unit_commitment():
    answer, network = own(PLANTS), peer(PLANTS)
    assert answer.objective / REPEATED == pytest.approx(network.objective, rel=1e-6)
    # it really starts and stops, in part and for longer than the bad hours, and both begin with everything online
    started = {name: answer["reactor_started", f"{name}@N", 2030] for name in PLANTS}
    assert all(series.sum() > 0.1 * PLANTS[name]["existing"] for name, series in started.items())
    status = network.generators_t.status
    assert all(status[name].iloc[-1] == pytest.approx(1.0) for name in PLANTS)
    assert any(0.01 < share < 0.99 for share in status.to_numpy().ravel())


@pytest.mark.parametrize(
    ("figure", "other"), [("minimum_load", 0.0), ("min_down_time", 0.0), ("start_cost", 0.0), ("start_cost", 100.0)]
)
def test_each_part_bites_and_the_cost_stays_the_same(figure, other):
    changed = {name: {**figures, figure: other} for name, figures in PLANTS.items()}
    answer = own(changed)
    assert abs(answer.objective / own(PLANTS).objective - 1.0) > 1e-4
    assert answer.objective / REPEATED == pytest.approx(peer(changed).objective, rel=1e-6)
