"""N-1 at a site by hand: what a module size costs in contract or backup (F9)."""

from __future__ import annotations

import pytest

from model.errors import InputError
from tests.closed_form.answer import near
from tests.closed_form.world import World

ON = {"sites__n_minus_1": True, "sites__tariffs": "cost", "reactors__modes": ["behind_the_meter", "coproduction"]}
TARIFF = {"tariff_contract": 20.0, "contract_import": 1e3}
HALF = {"efficiency": 0.5}


def fleet(load: float, units: int, size_e: float, *, availability: float = 1.0, **cells: float) -> World:
    """A site with reactors that cost nothing to run; import costs 1000 EUR/MWh and contract 20 EUR/kW."""
    world = World().regional().site(**{**TARIFF, **cells}).technology("grid", existing=1e4, variable_om=1000)
    sizes = {"unit_size_e": size_e, "unit_size_th": 2 * size_e}
    existing = units * 2 * size_e
    world.reactor("cls_lwr", "S", existing=existing, availability=availability, **HALF, **sizes)
    return world.demand(load, at="S")


@pytest.mark.parametrize(
    ("load", "units", "size", "contract"), [(300, 1, 300, 300), (320, 4, 80, 80), (300, 4, 80, 60), (300, 5, 80, 0)]
)
def test_contract_that_a_module_size_needs(load, units, size, contract):
    """At a critical load equal to the installed power one unit of 300 MW needs 300 MW, four of 80 MW need 80, or 60 at
    300 MW of load; a fifth makes them free of it."""
    answer = fleet(load, units, size).solve(**ON)
    assert answer["site_contract", "S", 2030] == near(contract)
    assert answer.objective == near(20_000 * contract)
    assert answer.findings() == []
    # without N-1 nothing is contracted
    assert fleet(load, units, size).solve(**{**ON, "sites__n_minus_1": False}).objective == near(0)


def test_a_module_in_refuelling_is_not_lost_again():
    """A unit of 300 MW that is out needs 300 MW, not 600; four of 80 MW with a quarter out are one short anyway."""
    one = fleet(300, 1, 300, availability=0.0)
    assert one.solve(**ON)["site_contract", "S", 2030] == near(300)
    four = fleet(320, 4, 80, availability=0.75)
    # 240 MW are available, the unit that is out is the one that is lost
    assert four.solve(**ON)["site_contract", "S", 2030] == near(80)
    worse = fleet(320, 4, 80, availability=0.5)
    assert worse.solve(**ON)["site_contract", "S", 2030] == near(160)


def test_own_backup_stands_in_for_contract():
    """Backup at 5 EUR/kW a year is cheaper than contract at 20."""
    world = fleet(300, 1, 300).fuel("gas", 100.0)
    world.technology("turbine", takes={"gas": 2.5}, investment=50_000, lifetime=10)
    answer = world.solve(**ON, sites__backup=["turbine"])
    assert answer["capacity", "turbine@S", 2030] == near(300)
    assert answer["site_contract", "S", 2030] == near(0)
    assert answer.objective == near(5_000 * 300)
    assert answer.findings() == []
    # it is not built where it is not named, and pays for its unavailability
    assert world.solve(**ON).objective == near(20_000 * 300)


def test_only_the_critical_share_is_held():
    assert fleet(300, 1, 300, critical_power=0.4).solve(**ON)["site_contract", "S", 2030] == near(120)


def test_heat_is_held_at_once_with_power():
    """With the unit of 300 MW_e out, a boiler gives the heat and an e-boiler costs contract beside the power."""
    world = fleet(100, 1, 300).change("reactors", "cls_lwr")
    world.demand(50, at="S", carrier="heat_100")
    world.technology("e_boiler", "S", gives="heat_100", takes={"electricity": 1.0}, existing=50)
    world.technology("spare", "S", gives="heat_250", existing=20, variable_om=500)
    # 20 MW come down from a hotter grade, 30 MW take power
    answer = world.solve(**ON)
    assert answer["site_contract", "S", 2030] == near(130)
    assert answer.findings() == []
    assert fleet(100, 1, 300).solve(**ON)["site_contract", "S", 2030] == near(100)


def test_what_a_plant_takes_of_heat_is_not_there_in_an_emergency():
    """A boiler with capture gives 250 degrees and takes a quarter of it at 100: for 40 MW of each and the 10 MW that
    it takes, an e-boiler must give 50 MW beside it, from contract."""
    world = fleet(100, 1, 300).demand(40, at="S", carrier="heat_250").demand(40, at="S", carrier="heat_100")
    world.technology("capture", "S", gives="heat_250", takes={"heat_100": 0.25}, existing=40)
    world.technology("e_boiler", "S", gives="heat_100", takes={"electricity": 1.0}, existing=60)
    answer = world.solve(**ON)
    assert answer["site_contract", "S", 2030] == near(150)
    assert answer.findings() == []


def test_remaining_modules_give_heat_at_the_price_of_power():
    """Three of four modules: 240 MW_e or less by 0.2 per MW of heat; 100 MW of heat leave 220 MW_e."""
    world = World().regional().site(**TARIFF).technology("grid", existing=1e4, variable_om=1000)
    world.reactor(
        "cls_lwr",
        "S",
        existing=640,
        loss={100: 0.2},
        extraction_share_max=0.5,
        unit_size_e=80,
        unit_size_th=160,
        **HALF,
    )
    world.demand(300, at="S").demand(100, at="S", carrier="heat_100")
    answer = world.solve(**ON)
    assert answer["site_contract", "S", 2030] == near(300 - 220)
    assert answer.findings() == []


def test_rights_count_in_granted_hours_only():
    """A right that does not hold in one hour of two is no guarantee; the reserve class is."""
    world = fleet(100, 1, 100)
    for kind, cells in (
        ("duration", {"contract_factor": 0.0, "restricted_share": 0.5}),
        ("reserve", {"contract_factor": 0.5, "weekly_peak_factor": 0.0, "hours_max": 600.0}),
    ):
        world.add("contract_classes", contract_class=kind, kind=kind, **cells)
        world.add("site_contracts", node="S", contract_class=kind)
    free = world.solve(**ON, sites__contract_classes=["firm", "duration"])
    # one step is all of the year: half of it cannot be restricted, so the right holds and is free
    assert free.objective == near(0)
    halves = World(2).regional().site(**TARIFF).technology("grid", existing=1e4, variable_om=1000)
    halves.reactor("cls_lwr", "S", existing=200, unit_size_e=100, unit_size_th=200, **HALF).demand(100, at="S")
    halves.rows["contract_classes"], halves.rows["site_contracts"] = (
        world.rows["contract_classes"],
        world.rows["site_contracts"],
    )
    answer = halves.solve(**ON, sites__contract_classes=["firm", "duration"])
    assert answer["site_contract", "S", 2030] == near(100)
    answer = halves.solve(**ON, sites__contract_classes=["firm", "duration", "reserve"])
    assert answer["site_class_contract", "S", "reserve", 2030] == near(100)
    assert answer.objective == near(10_000 * 100)
    assert answer.findings() == []


def competing(**settings: object) -> object:
    """A module of 100 MW_e at 1 EUR/kW a year against import at 1 EUR/MWh for a load of 100 MW; contract at 20."""
    world = World().regional().site(**TARIFF).technology("grid", existing=1e4, variable_om=1)
    sizes = {"unit_size_e": 100, "unit_size_th": 200, "investment": 100, "lifetime": 100}
    world.reactor("cls_lwr", "S", potential=2000, **HALF, **sizes).demand(100, at="S")
    return world.solve(**ON, **settings)


def test_where_designs_compete_presence_is_relaxed_and_a_lower_bound():
    """Fixed, one module needs 100 MW of contract, and a second at 1 EUR/kW replaces it.  Relaxed, z = K / 2000."""
    relaxed, fixed = competing(), competing(sites__modules={"S": ["cls_lwr"]})
    assert fixed["module_present", "cls_lwr", "S", 2030] == near(1)
    assert fixed["capacity", "cls_lwr@S", 2030] == near(400)
    assert fixed.objective == near(1_000 * 200)
    # K - 200 K / 2000 = 200: no contract with K = 222.2
    assert relaxed["capacity", "cls_lwr@S", 2030] == near(200 / 0.9)
    assert relaxed.objective == near(1_000 * 100 / 0.9)
    assert relaxed.findings() == []
    whole = competing(reactors__integer_modules=True)
    assert whole.objective == near(fixed.objective)


def test_the_largest_plant_that_stands_is_lost_too():
    """Two plants of 60 and 40 MW: the larger is lost."""
    world = World().regional().site(**TARIFF).technology("grid", existing=1e4, variable_om=1000)
    world.technology("chp", "S", existing=60, variable_om=10).demand(100, at="S")
    world.add("existing_capacity", node="S", technology="chp", plant="second", capacity=40.0)
    answer = world.solve(**ON)
    assert answer["site_contract", "S", 2030] == near(60)
    assert answer.findings() == []


def test_without_a_price_today_s_contract_and_its_growth_are_what_is_guaranteed():
    social = {**ON, "sites__tariffs": "transfer"}
    assert fleet(300, 1, 300, contract_import=250, contract_growth_max=50).solve(**social).objective == near(0)
    with pytest.raises(AssertionError):
        fleet(300, 1, 300, contract_import=250, contract_growth_max=40).solve(**social)


@pytest.mark.parametrize(
    ("load", "units", "size", "contract"), [(300, 1, 300, 300), (320, 4, 80, 80), (300, 4, 80, 60)]
)
def test_the_same_holds_in_refuelling_weeks(load, units, size, contract):
    """A year of weeks, each unit out for four, one at a time: the unit that refuels is the one that is lost."""
    world = World(52, step_hours=168.0).regional().site(**TARIFF).technology("grid", existing=1e4, variable_om=1e-3)
    sizes = {"unit_size_e": size, "unit_size_th": 2 * size, "outage_length": 28.0, "outage_interval": 1.0}
    world.reactor("cls_lwr", "S", existing=2.0 * size * units, forced_outage_rate=0.0, **HALF, **sizes)
    answer = world.demand(load, at="S").solve(**ON, reactors__refuelling="decided")
    assert answer["site_contract", "S", 2030] == near(contract)
    assert answer.solution.reported_values["reactor_capacity_out"].max() > 0.5 * size
    assert answer.findings() == []


def micro(**cells: object) -> World:
    """Sixty modules of 5 MW_e that cost next to nothing for a load of 300 MW beside a dear grid; nothing stands."""
    world = World().regional().site(**TARIFF).technology("grid", existing=1e4, variable_om=1000)
    sizes = {"unit_size_e": 5, "unit_size_th": 10, "investment": 100, "lifetime": 100}
    return world.reactor("cls_lwr", "S", **{"potential": float("inf"), **HALF, **sizes, **cells}).demand(300, at="S")


def shared(world: World, limit: float, factor: float = 0.5) -> World:
    """Let reactors of the site share a limit, MW_e."""
    world.add("shared_potentials", group="near", node="S", technology="cls_lwr", factor=factor)
    return world.add("shared_potential_limits", group="near", capacity_max=limit)


def test_many_small_modules_may_stand():
    """N-1 is no limit on how many: sixty for the load and one more, under a limit of a hundred or with none at all."""
    free = shared(micro(), 500).solve(**{**ON, "sites__n_minus_1": False})
    assert free["capacity", "cls_lwr@S", 2030] == near(600)
    fixed = {"sites__modules": {"S": ["cls_lwr"]}}
    for world in (shared(micro(), 500), micro()):
        answer = world.solve(**ON, **fixed)
        assert answer["capacity", "cls_lwr@S", 2030] == near(610)
        assert answer.findings() == []
    # z = K / 1000: K - 10 K / 1000 = 600
    assert shared(micro(), 500).solve(**ON)["capacity", "cls_lwr@S", 2030] == near(600 / 0.99)


@pytest.mark.parametrize(("potential", "limit", "most"), [(1e9, 500, 1000), (800, 500, 800), (float("inf"), 2, 10)])
def test_presence_is_reckoned_from_the_limit_that_holds(potential, limit, most):
    """The smaller of own potential and shared limit over its factor; at least the module of 10 MW_th."""
    answer = shared(micro(potential=potential), limit).solve(**ON)
    found = [given.values.tolist() for given in answer.program.parameters if given.name == "lost_capacity_max"]
    assert found == [[near(most)]]
    assert answer.findings() == []


def test_a_shared_limit_makes_presence_as_whole_as_it_can_be():
    """One unit of 300 MW_e under a limit of 300 MW_e is there or not: N-1 asks for all of it, not for a part."""
    sizes = {"unit_size_e": 300, "unit_size_th": 600}
    answer = shared(micro(**sizes), 300).solve(**ON)
    assert answer["capacity", "cls_lwr@S", 2030] == near(600)
    assert answer["module_present", "cls_lwr", "S", 2030] == near(1)
    assert answer["site_contract", "S", 2030] == near(300)
    assert answer.findings() == []


def test_a_design_without_any_limit_is_refused_where_its_presence_is_open():
    with pytest.raises(InputError, match="a potential or a shared limit of cls_lwr at S"):
        micro().solve(**ON)
