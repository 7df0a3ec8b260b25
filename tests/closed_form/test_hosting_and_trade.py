"""Hosting limits between two levels of the grid, and trade with neighbours."""

from __future__ import annotations

import pytest

from tests.closed_form.answer import near
from tests.closed_form.world import World


def two_levels(**scenario) -> World:
    """Step one: 100 MW wanted below; step two: 150 MW of sun below, 200 MW wanted above, gas above at 50."""
    world = World(2, **scenario).regional().technology("gas", existing=300, variable_om=50)
    world.technology("sun", "R", existing=150, profile=[0, 1])
    return world.demand([0, 200]).demand([100, 0], at="R")


UNLIMITED = 4380 * 50 * (100 + 50)


def test_without_a_table_there_is_no_limit():
    assert two_levels().solve().objective == near(UNLIMITED)


def test_off_take_limit():
    answer = two_levels().hosting(feed_in=1e4, offtake=80).solve()
    assert answer["hosting_exchange", "N", 2030] == near([-80, 150])
    # 20 MW stay unserved below
    assert answer.objective == near(UNLIMITED + 4380 * 20 * (3000 - 50))
    assert answer.price("R") == near([3000, 50])


def test_feed_in_limit():
    answer = two_levels().hosting(feed_in=80, offtake=1e4).solve()
    # 70 MW of sun are curtailed and replaced by gas; power below is worth nothing then
    assert answer["hosting_exchange", "N", 2030] == near([-100, 80])
    assert answer.objective == near(UNLIMITED + 4380 * 70 * 50)
    assert answer.price("R") == near([50, 0])


def test_hosting_factor_and_switch():
    world = two_levels().hosting(feed_in=80, offtake=1e4)
    assert world.solve(grid__hosting_factor=1.5).objective == near(UNLIMITED + 4380 * 30 * 50)
    assert world.solve(grid__hosting=False).objective == near(UNLIMITED)


def reinforced(both: str, **cells) -> World:
    world = two_levels().hosting(feed_in=80, offtake=80)
    row = {"investment": 1e6, "fixed_om": 1e4, "lifetime": 40, "first_year": 2025, "both_directions": both, **cells}
    return world.add("hosting_reinforcement", region="N", **row)


def test_one_reinforcement_serves_both_directions():
    # 20 MW are missing one way and 70 MW the other; a MW costs 35,000 a year and saves 219,000 at least
    answer = reinforced("yes").solve()
    assert answer["hosting_built", "N", "both", 2030] == near(70)
    assert answer.objective == near(UNLIMITED + 70 * 35_000)
    apart = reinforced("no").solve()
    assert [apart["hosting_built", "N", way, 2030] for way in ("offtake", "feed_in")] == near([20, 70])
    assert apart.objective == near(UNLIMITED + 90 * 35_000)


def test_reinforcement_breaks_even():
    """Feed-in saves 50 EUR in 4,380 h, 219,000 EUR a year; off-take is worth far more."""
    assert reinforced("no", investment=40 * 208_000.0).solve()["hosting_built", "N", "feed_in", 2030] == near(70)
    answer = reinforced("no", investment=40 * 210_000.0).solve()
    assert answer["hosting_built", "N", "feed_in", 2030] == near(0)
    assert answer.objective == near(UNLIMITED + 4380 * 70 * 50 + 20 * 220_000)


def test_reinforcement_has_a_rate_a_first_year_and_a_switch():
    # 8 MW a year since 2025
    slow = reinforced("yes", build_rate_max=8.0).solve()
    assert slow["hosting_built", "N", "both", 2030] == near(40)
    limited = UNLIMITED + 4380 * (70 * 50 + 20 * 2950)
    assert reinforced("yes", first_year=2031).solve().objective == near(limited)
    assert reinforced("yes").solve(grid__hosting_expansion=False).objective == near(limited)


def test_what_is_reinforced_stays():
    world = World(years=[2030, 2040], last_year_span=5).regional().technology("gas", existing=300, variable_om=50)
    world.demand(100, at="R", year=2030).demand(0, at="R", year=2040).hosting(80, 80)
    cells = {"investment": 4e5, "fixed_om": 0.0, "lifetime": 40, "first_year": 2025, "both_directions": "yes"}
    answer = world.add("hosting_reinforcement", region="N", **cells).solve()
    assert answer.objective == near(10 * 8760 * 100 * 50 + 20 * 1e4 * 15)


def test_a_site_hangs_below_the_hosting_limit():
    world = World().regional().site().technology("gas", existing=300, variable_om=50)
    answer = world.demand(100, at="S").hosting(feed_in=1e4, offtake=80).solve()
    assert answer["unserved", "S", "electricity", 2030, 0] == near(20)


def trading(price: float, **cells) -> World:
    world = World().technology("gas", existing=300, variable_om=50).demand(100)
    return world.neighbour("X", price, **{"imports": 40, "exports": 60, "loss": 0.1, **cells})


def test_imports_pay_what_is_sent_and_deliver_less():
    answer = trading(30).solve()
    # 40 MW are paid, 36 arrive
    assert answer.objective == near(8760 * (40 * 30 + 64 * 50))
    assert answer.cost("import") == near(8760 * 40 * 30)


def test_exports_earn_what_arrives():
    answer = trading(80).solve()
    # 60 MW are made at 50; 54 arrive at 80
    assert answer.objective == near(8760 * (160 * 50 - 54 * 80))
    assert answer.cost("export") == near(-8760 * 54 * 80)


@pytest.mark.parametrize(("price", "import_", "export"), [(44, 40, 0), (46, 0, 0), (55, 0, 0), (56, 0, 60)])
def test_losses_keep_prices_apart(price, import_, export):
    """Bought below 50 x 0.9 = 45, sold above 50 / 0.9 = 55.6; between them the line rests."""
    answer = trading(price).solve()
    assert answer["neighbour_import", "X", 2030, 0] == near(import_)
    assert answer["neighbour_export", "X", 2030, 0] == near(export)


def test_domestic_price_follows_the_neighbour_on_a_wide_line():
    assert trading(27, imports=1000).solve().price() == near([30])  # 27 / 0.9


def test_trade_can_be_switched_off():
    assert trading(30).solve(grid__interconnectors=False).objective == near(8760 * 100 * 50)


def test_net_imports_are_limited_over_the_year():
    world = World(2).technology("gas", existing=300, variable_om=50).demand(100)
    world.neighbour("X", [30, 30], imports=1000, exports=1000, loss=0.1)
    assert world.solve().objective == near(8760 * 100 * 30 / 0.9)
    answer = world.solve(grid__net_import_max=0.438)
    # 0.438 TWh arrive: half of what is wanted
    assert answer.objective == near(438_000 * (30 / 0.9 + 50))
    # one more GWh saves 1000 x (50 - 33.33)
    assert answer.dual("net_import_limit", 2030) == near(-1000 * (50 - 30 / 0.9))


def test_exports_make_room_for_imports():
    world = World(2).technology("gas", existing=300, variable_om=50).demand([100, 0])
    world.neighbour("X", [30, 60], imports=1000, exports=100)
    # what is sold at 60 in the second step may be bought at 30 in the first
    answer = world.solve(grid__net_import_max=0.0)
    assert answer.objective == near(4380 * (100 * 30 + 100 * 50 - 100 * 60))
