"""A reactor's turbine gives the fuel, power and heat of oemof.solph's extraction and back-pressure turbines.

Both models meet the same needs hour by hour at least cost, with a market for power beside the plant whose price goes
below zero, and a boiler beside its heat, so that every corner and edge of the region is visited.
"""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from oemof import solph
from pyomo.contrib.solver.common.factory import SolverFactory

from tests.closed_form.world import World

pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]

STEPS = 24
CAPACITY = 1000.0
FUEL_COST = 20.0
BOILER = 45.0
"""Heat from elsewhere, EUR/MWh: between what a condensing and a full turbine ask."""


@dataclass(frozen=True)
class Turbine:
    """Efficiency without heat, power lost per unit of heat, and power per unit of heat on the back-pressure line."""

    efficiency: float
    loss: float
    ratio: float

    @property
    def full(self) -> tuple[float, float]:
        """Power and heat per unit of fuel at most heat: `P = ratio H` and `P = efficiency - loss H`."""
        heat = self.efficiency / (self.loss + self.ratio)
        return self.ratio * heat, heat


LIGHT_WATER = Turbine(0.333, 0.1297, 0.35)
HIGH_TEMPERATURE = Turbine(0.4, 0.2152, 0.5)
GAS_PLANT = Turbine(0.5, 0.4, 0.6)
"""oemof's own example."""


def needs(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Prices of power, also below zero, and heat wanted."""
    random = np.random.default_rng(seed)
    return random.uniform(-30.0, 120.0, STEPS), random.uniform(0.0, 900.0, STEPS)


def own(turbine: Turbine, prices: np.ndarray, heat: np.ndarray, fixed: bool) -> dict[str, np.ndarray]:
    """Fuel, power, heat and cost of this model."""
    world = World(STEPS, reactors__modes=["flexible", "coproduction"]).neighbour("X", prices, imports=1e4, exports=1e4)
    world.change("carriers", "heat_100", spill="none").demand(heat, carrier="heat_100").demand(500)
    world.technology("boiler", gives="heat_100", existing=1e4, variable_om=BOILER)
    ratio = {"back_pressure_ratio": turbine.ratio} if fixed else {"back_pressure_min": turbine.ratio}
    plant = {"efficiency": turbine.efficiency, "extraction_share_max": 1.0, "fuel_cost": FUEL_COST / turbine.efficiency}
    answer = world.reactor("cls_lwr", existing=CAPACITY, loss={100: turbine.loss}, **plant, **ratio).solve()
    assert [str(finding) for finding in answer.findings()] == []
    return {
        "fuel": answer["activity", "cls_lwr@N", 2030],
        "power": answer["reactor_power", "cls_lwr@N", 2030],
        "heat": answer["reactor_extraction", "cls_lwr@N", "heat_100", 2030],
        "cost": np.array([answer.objective / 8760 * STEPS]),
    }


def theirs(turbine: Turbine, prices: np.ndarray, heat: np.ndarray, fixed: bool) -> dict[str, np.ndarray]:
    """The same of oemof.solph, solved by HiGHS."""
    logging.getLogger("pyomo").setLevel(logging.ERROR)
    index = pd.date_range("2030-01-01", periods=STEPS + 1, freq="h")
    system = solph.EnergySystem(timeindex=index, infer_last_interval=False)
    fuel, power, warm = (solph.Bus(label=name) for name in ("fuel", "power", "warm"))
    flow = solph.flows.Flow
    system.add(fuel, power, warm)
    system.add(solph.components.Source(label="well", outputs={fuel: flow(variable_costs=FUEL_COST)}))
    system.add(
        solph.components.Source(
            label="market", outputs={power: flow(variable_costs=list(prices), nominal_capacity=1e4)}
        )
    )
    sold = flow(variable_costs=list(-prices), nominal_capacity=1e4)
    system.add(solph.components.Sink(label="sold", inputs={power: sold}))
    system.add(solph.components.Sink(label="town", inputs={power: flow(nominal_capacity=1, fix=[500.0] * STEPS)}))
    system.add(solph.components.Sink(label="heated", inputs={warm: flow(nominal_capacity=1, fix=list(heat))}))
    system.add(solph.components.Source(label="boiler", outputs={warm: flow(variable_costs=BOILER)}))
    inputs = {fuel: flow(nominal_capacity=CAPACITY)}
    full_power, full_heat = turbine.full
    factors = {power: full_power, warm: full_heat}
    if fixed:
        plant = solph.components.Converter(
            label="plant", inputs=inputs, outputs={power: flow(), warm: flow()}, conversion_factors=factors
        )
    else:
        plant = solph.components.ExtractionTurbineCHP(
            label="plant",
            inputs=inputs,
            outputs={power: flow(), warm: flow()},
            conversion_factors=factors,
            conversion_factor_full_condensation={power: turbine.efficiency},
        )
    system.add(plant)
    model = solph.Model(system)
    answer = SolverFactory("highs").solve(model, threads=1)
    assert answer.solution_status.name == "optimal"
    flows = solph.processing.results(model)
    found = {
        name: flows[ends]["sequences"]["flow"].to_numpy(dtype=float)[:STEPS]
        for name, ends in {"fuel": (fuel, plant), "power": (plant, power), "heat": (plant, warm)}.items()
    }
    return found | {"cost": np.array([float(model.objective())])}


@pytest.mark.parametrize("turbine", [LIGHT_WATER, HIGH_TEMPERATURE, GAS_PLANT], ids=["lwr", "htgr", "gas"])
@pytest.mark.parametrize("fixed", [False, True], ids=["extraction", "back-pressure"])
def test_same_fuel_power_and_heat(turbine, fixed):
    prices, heat = needs(seed=7)
    ours, peers = own(turbine, prices, heat, fixed), theirs(turbine, prices, heat, fixed)
    assert ours["cost"] == pytest.approx(peers["cost"], rel=1e-6)
    for name in ("fuel", "power", "heat"):
        assert ours[name] == pytest.approx(peers[name], rel=1e-6, abs=1e-4), name
    # every kind of hour is there: next to rest, with heat, and with less than all of it
    assert ours["fuel"].min() < 10.0 and ours["fuel"].max() > 500.0
    assert ours["heat"].max() > 100.0


def test_the_comparison_would_see_a_power_loss_that_is_a_tenth_off():
    prices, heat = needs(seed=7)
    off = Turbine(LIGHT_WATER.efficiency, LIGHT_WATER.loss * 1.1, LIGHT_WATER.ratio)
    ours, peers = own(off, prices, heat, False), theirs(LIGHT_WATER, prices, heat, False)
    assert not math.isclose(float(ours["cost"][0]), float(peers["cost"][0]), rel_tol=1e-6)
