"""Investment: annuities, discounting, vintages, retirement, and the screening curve."""

from __future__ import annotations

from tests.closed_form.answer import near
from tests.closed_form.world import World

THREE = {"years": [2030, 2040, 2050]}  # each stands for ten years, the last for one


def test_one_build_pays_its_annuity_in_every_discounted_year():
    world = World(finance__discount_rate=0.03, finance__wacc=0.07, last_year_span=10).demand(100)
    figures = {"investment": 1e6, "lifetime": 20, "construction_time": 4, "decommissioning": 0.15, "fixed_om": 1e4}
    answer = world.technology("plant", potential=float("inf"), **figures).solve()
    interest = 0.07 * 4 / 2 + 0.07**2 * 4**2 / 6  # 15.3 % during construction
    recovery = 0.07 / (1 - 1.07**-20)  # 9.44 % a year over 20 years
    fund = 0.07 / (1.07**20 - 1)  # 2.44 % a year grows to one
    annuity = 1e6 * (1 + interest) * recovery + 0.15e6 * fund
    ten_years = sum(1.03**-year for year in range(10))  # 8.79 years of today's money
    assert annuity == near(112_500.2745)  # by hand: 108,841.34 and 3,658.94
    assert answer.objective == near(100 * (annuity + 1e4) * ten_years)
    assert answer.cost("investment") == near(100 * annuity * ten_years)
    # one more MWh in the year is paid by a hundredth of a percent of a MW
    assert answer.price() == near([(annuity + 1e4) / 8760])


def test_a_technology_has_its_own_cost_of_capital():
    figures = {"investment": 1e6, "lifetime": 20, "potential": float("inf")}
    general = World(finance__wacc=0.07).technology("plant", **figures).demand(1).solve()
    own = World(finance__wacc=0.07).technology("plant", wacc=0.04, **figures).demand(1).solve()
    assert general.objective == near(1e6 * 0.07 / (1 - 1.07**-20))
    assert own.objective == near(1e6 * 0.04 / (1 - 1.04**-20))


def test_a_milestone_stands_for_the_years_up_to_the_next():
    world = World(years=[2030, 2040], last_year_span=5, finance__discount_rate=0.05).demand(10)
    answer = world.technology("plant", existing=10, variable_om={2030: 40, 2040: 60}).solve()
    early, late = sum(1.05**-k for k in range(10)), sum(1.05**-k for k in range(10, 15))
    assert answer.objective == near(8760 * 10 * (40 * early + 60 * late))
    assert answer.price(year=2040) == near([60])


def test_a_vintage_lives_its_life_and_pays_as_long():
    world = World(years=[2030, 2035, 2040, 2050]).demand(100)
    answer = world.technology("plant", potential=float("inf"), investment=1e6, lifetime=10).solve()
    # built in 2030 it stands in 2035 but no more in 2040; built in 2040 no more in 2050
    built = [answer["built", "plant@N", year] for year in (2030, 2035, 2040, 2050)]
    assert built == near([100, 0, 100, 100])
    assert answer.objective == near(100 * 1e6 / 10 * (5 + 5 + 10 + 1))
    # a life of 30 years needs no second build before the horizon ends
    longer = World(years=[2030, 2035, 2040, 2050]).demand(100)
    answer = longer.technology("plant", potential=float("inf"), investment=1e6, lifetime=30).solve()
    assert answer.objective == near(100 * 1e6 / 30 * 21)


def test_what_exists_pays_no_annuity_and_is_gone_when_it_retires():
    world = World(**THREE).demand(100)
    plant = {"existing": 100, "retirement_year": 2040, "variable_om": 20, "fixed_om": 3e4}
    answer = world.technology("old", **plant).solve()
    running, dark = 100 * (8760 * 20 + 3e4), 8760 * 100 * 3000
    assert answer.objective == near(10 * running + 11 * dark)
    # without a year of retirement it serves all three years
    stays = World(**THREE).demand(100).technology("old", **{**plant, "retirement_year": float("nan")}).solve()
    assert stays.objective == near(21 * running)


def test_early_retirement_saves_fixed_cost_and_is_final():
    world = World(**THREE).technology("old", existing=100, variable_om=20, fixed_om=3e4)
    world.demand(100, year=2030).demand(10, year=2040).demand(50, year=2050)
    energy = 8760 * 20 * (10 * 100 + 10 * 10 + 50)
    # all 100 MW are paid for while nothing may close
    assert world.solve().objective == near(energy + 3e4 * 100 * 21)
    answer = world.solve(investment__early_retirement=True)
    # 2040 needs 10 MW only, but what closes does not come back and 2050 needs 50 MW
    kept = [answer["existing_kept", "old@N", year] for year in (2030, 2040, 2050)]
    assert kept == near([100, 50, 50])
    assert answer.objective == near(energy + 3e4 * (100 * 10 + 50 * 10 + 50 * 1))


def test_screening_curve():
    """One bus, three technologies: each MW of the load-duration curve goes to the cheapest for its hours.

    Yearly cost of a MW over h hours: peak 40,000 + 100 h, middle 100,000 + 60 h, base 300,000 + 15 h; they cross at
    60,000/40 = 1,500 h and 200,000/45 = 4,444 h.
    """
    load = [100, 90, 80, 70, 60, 50, 40, 30]  # 1,095 h each
    world = World(8).demand(load)
    for name, fixed, running in (("peak", 4e4, 100), ("middle", 1e5, 60), ("base", 3e5, 15)):
        world.technology(name, potential=float("inf"), investment=fixed, lifetime=1, variable_om=running)
    answer = world.solve()
    # the MW from 90 to 100 runs 1,095 h (peak); from 60 to 90 up to 4,380 h (middle); those below 5,475 h or more
    capacity = [answer["capacity", f"{name}@N", 2030] for name in ("peak", "middle", "base")]
    assert capacity == near([10, 30, 60])
    peak, middle = 10 * (4e4 + 100 * 1095), 30 * 1e5 + 60 * 1095 * (30 + 30 + 20 + 10)
    base = 60 * 3e5 + 15 * 1095 * (5 * 60 + 50 + 40 + 30)
    assert answer.objective == near(peak + middle + base)
    # prices repay each plant exactly what it costs
    first = 100 + 4e4 / 1095
    second = 60 + (1e5 / 1095 - (first - 60))
    fifth = 15 + (3e5 / 1095 - (first - 15) - (second - 15) - 2 * (60 - 15))
    assert answer.price() == near([first, second, 60, 60, fifth, 15, 15, 15])


def test_capacity_is_divided_by_what_is_available():
    figures = {"potential": float("inf"), "investment": 1e5, "lifetime": 1}
    steady = World().demand(90).technology("plant", availability=0.9, **figures).solve()
    assert steady["capacity", "plant@N", 2030] == near(100)
    windy = World(2).demand(90).technology("wind", availability=0.9, profile=[0.5, 0.8], **figures).solve()
    assert windy["capacity", "wind@N", 2030] == near(90 / (0.9 * 0.5))
    assert windy.objective == near(200 * 1e5)


def test_vintages_told_apart_keep_the_efficiency_of_their_year():
    def world(distinct: bool) -> World:
        world = World(years=[2030, 2040]).demand(60, carrier="hydrogen")
        world.technology("sun", existing=1000, variable_om=50)
        flows = {"hydrogen": {2030: 0.6, 2040: 0.8}}
        figures = {"investment": 1e5, "lifetime": 20, "potential": 200.0}
        return world.technology("cell", gives=flows, takes={"electricity": 1.0}, distinct=distinct, **figures)

    # 100 MW of 2030 take 100 MW for ever; a plant without vintages would learn, and take 75 MW in 2040
    learnt = 100 * 5e3 * 11 + 8760 * 50 * (100 * 10 + 75)
    assert world(distinct=False).solve().objective == near(learnt)
    # the old 100 MW still serve, but 75 MW of new ones save 25 MW of power: 25 x 50 x 8760 against 75 x 5,000
    answer = world(distinct=True).solve()
    assert answer["built", "cell@N/2040", 2040] == near(75)
    assert answer.objective == near(100 * 5e3 * 11 + 75 * 5e3 + 8760 * 50 * (100 * 10 + 75))


def test_vintages_share_the_potential_of_their_place():
    world = World(years=[2030, 2040]).demand(60, carrier="hydrogen").technology("sun", existing=1000, variable_om=50)
    flows = {"hydrogen": {2030: 0.6, 2040: 0.8}}
    figures = {"investment": 1e5, "lifetime": 20, "potential": 120.0, "distinct": True}
    answer = world.technology("cell", gives=flows, takes={"electricity": 1.0}, **figures).solve()
    # only 20 MW of the 120 MW are left for 2040: they give 16 MW, the old ones 44 MW from 73.3 MW of power
    assert answer["built", "cell@N/2040", 2040] == near(20)
    power = 100 * 10 + 20 + 44 / 0.6
    assert answer.objective == near(100 * 5e3 * 11 + 20 * 5e3 + 8760 * 50 * power)
