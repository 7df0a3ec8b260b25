"""Devices, reservoirs and limits over them: worked by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from model.core.build import build_program
from model.engine import compile_program, solve
from tests.closed_form.answer import Answer, near
from tests.closed_form.world import EXACT, World


class Devices(World):
    """A world with single devices; one step stands for one hour."""

    def __init__(self, steps: int = 1, **scenario: Any) -> None:
        super().__init__(periods=[(steps, 1.0)], grid__loop_flow_factor=1.0, **scenario)
        self.by_step: dict[str, np.ndarray] = {}

    def device(self, name: str, at: str = "N", ports: dict[str, float] | None = None, **cells: Any) -> Devices:
        """Add a device with a port for each node, carrier (`node/carrier`) or reservoir (`reservoir:name`)."""
        self.add("devices", device=name, group="devices", node=at, **cells)
        for number, (place, amount) in enumerate((ports or {at: 1.0}).items()):
            where: dict[str, Any] = {"node": place, "carrier": "electricity"}
            if place.startswith("reservoir:"):
                where = {"reservoir": place.removeprefix("reservoir:")}
            self.add("device_ports", device=name, port=f"{number}", coefficient=amount, **where)
        return self

    def load(self, power: float, at: str = "N", series: list[float] | None = None) -> Devices:
        """Add a load that is always served."""
        label = f"load {at}" if series else ""
        if series:
            self.by_step[label] = np.array(series, dtype=float)
        cells = {"load": f"load {at}", "node": at, "carrier": "electricity", "power": power, "power_series": label}
        self.add("loads", **cells)
        return self

    def reservoir(self, name: str, cyclic: bool = True, **cells: Any) -> Devices:
        """Add a reservoir."""
        row = {"reservoir": name, "group": "water", "node": "N", "cyclic": "yes" if cyclic else "no", **cells}
        self.add("reservoirs", **row)
        return self

    def attempt(self, **overrides: Any) -> Answer:
        """Solve, with the series by step."""
        case = self.case(**overrides)
        case = replace(case, given=replace(case.given, series=self.by_step))
        program = build_program(case)
        compiled = compile_program(program)
        return Answer(case, program, compiled, solve(compiled, EXACT))


def activity(answer: Answer, device: str) -> Any:
    """What a device does in each step."""
    return answer["device_activity", device, 2030]


def wrong(answer: Answer) -> list[Any]:
    """What the checks find, but for the hours of a year, of which these worlds have one or two."""
    return [finding for finding in answer.findings() if "year" not in finding.check]


def test_the_cheaper_device_serves_the_load_first_and_hours_cost_something():
    """60 MW at 10 and 40 MW at 30, and 7 EUR an hour whatever it does."""
    world = Devices().device("cheap", capacity=60.0, variable_cost=10.0, running_cost=7.0)
    answer = world.device("dear", capacity=100.0, variable_cost=30.0).load(100.0).solve()
    assert [activity(answer, name)[0] for name in ("cheap", "dear")] == near([60, 40])
    assert answer.objective == near(60 * 10 + 40 * 30 + 7)
    assert answer.price() == near([30])
    assert wrong(answer) == []


def test_a_load_that_can_be_shed_is_a_device_that_runs_backwards():
    """It takes up to 50 MW and pays 20 for each; power costs 10 up to 30 MW and 25 beyond."""
    world = (
        Devices().device("cheap", capacity=30.0, variable_cost=10.0).device("dear", capacity=99.0, variable_cost=25.0)
    )
    world.device("works", capacity=50.0, share_min=-1.0, share_max=0.0, variable_cost=20.0).load(10.0)
    answer = world.solve()
    assert activity(answer, "works") == near([-20])
    assert answer.objective == near(30 * 10 - 20 * 20)


def test_a_must_run_device_pushes_the_cheaper_one_out():
    world = Devices().device("must", capacity=50.0, share_min=0.4, variable_cost=90.0)
    answer = world.device("cheap", capacity=99.0, variable_cost=10.0).load(60.0).solve()
    assert activity(answer, "must") == near([20])
    assert answer.objective == near(20 * 90 + 40 * 10)


def test_a_link_with_losses_and_two_outputs():
    """100 MW leave N; 90 arrive at B and 5 at C."""
    world = Devices().bus("B").bus("C").device("plant", capacity=200.0, variable_cost=10.0)
    world.device("link", capacity=100.0, ports={"N": -1.0, "B": 0.9, "C": 0.05}).load(45.0, "B")
    world.device("sink", "C", capacity=99.0, share_min=-1.0, share_max=0.0)
    answer = world.solve()
    assert activity(answer, "link") == near([50])
    assert activity(answer, "sink") == near([-2.5])
    assert answer.objective == near(500)


def test_a_bent_cost_curve_is_the_highest_of_its_pieces():
    """10 EUR/MWh to 50 MW, 20 beyond: 80 MW cost 500 + 600; the flat piece holds at 100 EUR an hour."""
    world = Devices().device("plant", capacity=100.0).load(80.0)
    for piece, slope, intercept in (("a", 10.0, 0.0), ("b", 20.0, -500.0), ("c", 0.0, 100.0)):
        world.add("device_costs", device="plant", piece=piece, slope=slope, intercept=intercept)
    assert world.solve().objective == near(1100)
    world.change("loads", "load N", power=5.0)
    assert world.solve().objective == near(100)


def test_ramps_hold_from_step_to_step_and_from_before():
    """From 10 MW up by 20 a step (0.2 of 100): 30, 50; the rest is dear."""
    world = Devices(2).device("slow", capacity=100.0, variable_cost=1.0, ramp_up=0.2, activity_before=10.0)
    answer = world.device("dear", capacity=100.0, variable_cost=50.0).load(0.0, series=[80.0, 80.0]).solve()
    assert activity(answer, "slow") == near([30, 50])
    down = Devices(2).device("slow", capacity=100.0, variable_cost=9.0, ramp_down=0.3)
    down.device("cheap", capacity=60.0, variable_cost=1.0).load(0.0, series=[90.0, 20.0])
    down.device("sink", capacity=99.0, share_min=-1.0, share_max=0.0, variable_cost=0.0)
    found = down.solve()
    assert activity(found, "slow") == near([30, 0])
    assert wrong(answer) == wrong(found) == []


def test_capacity_is_built_where_it_pays_and_a_charger_shares_it():
    """Power for 1 EUR in step 0, none in step 1: 40 MW of storage at 5 EUR/MW, 4 h of it, through losses of a half.

    40 MW out take 80 MWh out of the vessel: 2 h of 40 MW are enough of its 4; 160 MW would have to go in at 0.5, but
    the charger is of 40 MW too, so 160 MW of capacity are built for charging.
    """
    world = Devices(2).device("plant", capacity=999.0, share_max=1.0, variable_cost=1.0)
    world.by_step["day"] = np.array([1.0, 0.0])
    world.change("devices", "plant", share_max_series="day")
    world.reservoir("vessel", hours_of="out", hours=4.0)
    world.device("out", ports={"N": 1.0, "reservoir:vessel": -2.0}, expandable="yes", capacity_cost=5.0)
    world.device("in", ports={"N": -1.0, "reservoir:vessel": 0.5}, capacity_of="out")
    answer = world.load(0.0, series=[0.0, 40.0]).solve()
    assert answer["device_capacity", "out", 2030] == near(160)
    assert activity(answer, "in") == near([160, 0])
    assert answer.objective == near(160 * 5 + 160 * 1)
    assert wrong(answer) == []


def test_a_reservoir_that_is_not_cyclic_begins_with_its_level_and_may_spill():
    """100 MWh and 30 MW of inflow, 10 % lost a step but not of what it brings: 130, then 117 + 30 - 147 taken."""
    world = Devices(2).reservoir("lake", False, capacity=1000.0, level_before=100.0, inflow=30.0, standing_loss=0.1)
    world.device("turbine", capacity=500.0, ports={"N": 1.0, "reservoir:lake": -1.0})
    answer = world.device("dear", capacity=500.0, variable_cost=50.0).load(0.0, series=[0.0, 200.0]).solve()
    assert answer["reservoir_level", "lake", 2030] == near([130, 0])
    assert answer.objective == near((200 - 147) * 50)
    full = Devices(2).reservoir("lake", False, capacity=20.0, inflow=30.0, spill="yes", spill_cost=2.0)
    full.device("turbine", capacity=500.0, ports={"N": 1.0, "reservoir:lake": -1.0}).load(0.0, series=[0.0, 0.0])
    spilled = full.solve()
    assert spilled["reservoir_spill", "lake", 2030].sum() == near(40)
    assert spilled.objective == near(80)
    assert wrong(answer) == wrong(spilled) == []


def test_a_limit_on_energy_puts_a_price_on_it():
    """50 t allowed at 0.5 t/MWh: 100 MWh of coal at 10, the other 60 of gas at 30: a tonne is worth 40 EUR."""
    world = (
        Devices(2).device("coal", capacity=200.0, variable_cost=10.0).device("gas", capacity=200.0, variable_cost=30.0)
    )
    world.add("device_limits", limit="co2", sense="at_most", value=50.0, unit="t")
    world.add("device_limit_terms", limit="co2", kind="energy", name="coal", factor=0.5)
    answer = world.load(80.0).solve()
    assert activity(answer, "coal").sum() == near(100)
    assert answer.objective == near(100 * 10 + 60 * 30)
    assert answer.dual("device_limit_row", "co2", 2030) == near(-40)
    assert wrong(answer) == []


def test_limits_over_capacities_levels_and_corridors():
    """No more than 30 MW of both kinds together; 20 MWh are left in the vessel at the end."""
    world = (
        Devices()
        .device("one", expandable="yes", capacity_cost=1.0)
        .device("other", expandable="yes", capacity_cost=2.0)
    )
    world.device("dear", capacity=99.0, variable_cost=100.0).load(50.0)
    world.add("device_limits", limit="sites", sense="at_most", value=30.0)
    for name in ("one", "other"):
        world.add("device_limit_terms", limit="sites", kind="capacity", name=name, factor=1.0)
    world.reservoir("vessel", False, capacity=50.0)
    world.device("pump", capacity=99.0, ports={"N": -1.0, "reservoir:vessel": 1.0})
    world.add("device_limits", limit="left", sense="exactly", value=20.0)
    world.add("device_limit_terms", limit="left", kind="level", name="vessel", factor=1.0)
    answer = world.solve()
    assert answer["device_capacity", "one", 2030] == near(30)
    assert answer.objective == near(30 + (50 + 20 - 30) * 100)
    assert wrong(answer) == []


def test_a_load_without_supply_has_no_solution():
    assert Devices().device("small", capacity=10.0).load(50.0).attempt().solution.status == "infeasible"
