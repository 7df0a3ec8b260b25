"""The order and the awards: the worked example row by row, and each reading of an open point by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from model.sdepp.outcome import Outcome, hekje_cost
from model.sdepp.rounds import Cap, load_round
from model.sdepp.switches import DEFAULT, Switches
from model.sdepp.tender import award, rank

HT, LT, MOL = "high_temperature_heat", "low_temperature_heat", "molecules"
MILLION = 1e6

# The example of the rules, section 4: id, day, hekje, EUR/t, claim in million EUR, lifetime CO2 in Mt,
# free when tested, awarded with hekjes, awarded without.
WORKED = [
    ("A1", 1, "", -146, 12, 0.400, 75, True, True),
    ("A2", 1, "", 20, 55, 0.800, 63, True, True),
    ("B2", 2, "", 100, 14, 0.120, 8, False, True),
    ("B1", 2, LT, 130, 8, 0.060, 18, True, True),
    ("C1", 3, MOL, 170, 6, 0.035, 18, True, True),
    ("C3", 3, LT, 200, 6, 0.030, 10, True, False),
    ("C2", 3, MOL, 223, 7, 0.030, 8, True, False),
    ("D1", 4, HT, 289, 5, 0.017, 6, True, True),
    ("D3", 4, MOL, 337, 3, 0.009, 1, False, False),
    ("D2", 4, LT, 390, 4, 0.010, 1, False, False),
]
RESERVES = {HT: 10 * MILLION, LT: 10 * MILLION, MOL: 10 * MILLION}


def table(rows):
    """Prepared applications of (id, day, hekje, intensity, claim in million EUR, lifetime CO2 in Mt)."""
    frame = pd.DataFrame(
        [row[:6] for row in rows], columns=["application", "day", "hekje", "intensity", "claim", "co2"]
    )
    frame["claim"] *= MILLION
    frame["co2"] *= 1e6
    frame["day"] = pd.to_datetime("2024-09-09") + pd.to_timedelta(frame["day"], unit="D")
    return frame


def held(rows, ceiling=100 * MILLION, hekjes=RESERVES, switches=DEFAULT, seed=0):
    ranked = rank(table(rows), seed)
    found = ranked.join(award(ranked, ceiling, hekjes, (), switches))
    return found.assign(awarded=found["reason"] == "").set_index("application")


def winners(rows, **options):
    found = held(rows, **options)
    return set(found.index[found["awarded"]])


def test_worked_example_row_by_row():
    found = held(WORKED[::-1])
    assert found.index.tolist() == [row[0] for row in WORKED]
    assert found["free"].tolist() == [row[6] * MILLION for row in WORKED]
    assert found["awarded"].tolist() == [row[7] for row in WORKED]
    bare = held(WORKED, hekjes={})
    assert bare["awarded"].tolist() == [row[8] for row in WORKED]


def test_worked_example_sums_and_loss():
    sums = {}
    outcomes = []
    for hekjes in (RESERVES, {}):
        found = held(WORKED, hekjes=hekjes).reset_index()
        made = load_round("2024").but(ceiling=100 * MILLION, hekjes=hekjes)
        outcome = Outcome(found, made, Switches())
        outcomes.append(outcome)
        sums[bool(hekjes)] = (outcome.awarded / MILLION, outcome.awards["co2"].sum() / 1e6, outcome.intensity)
    assert sums[True] == pytest.approx((99, 1.372, 72.16), abs=0.005)
    assert sums[False] == pytest.approx((100, 1.432, 69.83), abs=0.005)
    cost = hekje_cost(*outcomes)
    assert cost.loss == pytest.approx(0.033, abs=0.0005) and cost.within and cost.allowed == 0.15
    assert (cost.gained, cost.lost) == (("C3", "C2"), ("B2",))


def test_worked_example_reserves():
    """C3 straddles the edge of LT, 8 + 6 of 10: 2 from the reserve, 4 from the general pot; C2 likewise 4 and 3."""
    found = held(WORKED)
    assert found.loc["C3", ["from_reserve", "from_general"]].tolist() == [2 * MILLION, 4 * MILLION]
    assert found.loc["C2", ["from_reserve", "from_general"]].tolist() == [4 * MILLION, 3 * MILLION]
    made = load_round("2024").but(ceiling=100 * MILLION, hekjes=RESERVES)
    hekjes = Outcome(found.reset_index(), made, Switches()).hekjes() / MILLION
    assert hekjes.loc[HT].tolist() == [10, 5, 5, 5, 5]
    assert hekjes.loc[LT].tolist() == [10, 18, 14, 10, 0]
    assert hekjes.loc[MOL].tolist() == [10, 16, 13, 10, 0]


def test_straddling_wholly_from_the_general_pot_keeps_the_reserve_for_smaller_ones():
    rows = [("a", 1, LT, 10, 8, 1), ("b", 1, LT, 20, 6, 1), ("c", 1, "", 30, 5, 1), ("d", 1, LT, 40, 2, 1)]
    # 20 with 10 for LT. Drawing: a 8, then b takes 2 of the reserve and 4 more: 6 left, c 5, d does not fit in 1.
    assert winners(rows, ceiling=20 * MILLION, hekjes={LT: 10 * MILLION}) == {"a", "b", "c"}
    # Not drawing: after a, 12 left of which 2 stay for d, so b finds 10 and wins whole; c finds 6 - 2 = 4; d its 2.
    general = Switches(straddle="general_only")
    found = held(rows, ceiling=20 * MILLION, hekjes={LT: 10 * MILLION}, switches=general)
    assert set(found.index[found["awarded"]]) == {"a", "b", "d"}
    assert found.loc["b", ["free", "from_reserve"]].tolist() == [10 * MILLION, 0]
    assert found.loc["c", "free"] == 4 * MILLION


def test_strict_stop_closes_the_general_pot_and_leaves_reserves_open():
    rows = [("a", 1, "", 10, 6, 1), ("b", 1, "", 20, 6, 1), ("c", 1, "", 30, 1, 1), ("d", 2, LT, 40, 2, 1)]
    rows += [("e", 2, LT, 50, 2, 1)]
    limits = {"ceiling": 12 * MILLION, "hekjes": {LT: 3 * MILLION}}
    assert winners(rows, **limits) == {"a", "c", "d", "e"}
    found = held(rows, **limits, switches=Switches(not_fitting="stop"))
    # b finds 12 - 6 - 3 = 3 and closes the pot; c waits in vain; d lies in the reserve; e would need 1 from outside.
    assert found["reason"].to_dict() == {"a": "", "b": "budget", "c": "budget_stopped", "d": "", "e": "budget_stopped"}


def test_reserve_that_is_not_asked_for_is_released():
    rows = [("a", 1, "", 10, 9, 1), ("b", 2, LT, 20, 1, 1)]
    assert winners(rows, ceiling=10 * MILLION, hekjes={LT: 8 * MILLION}) == {"a", "b"}
    rows[1] = ("b", 2, LT, 20, 2, 1)
    assert winners(rows, ceiling=10 * MILLION, hekjes={LT: 8 * MILLION}) == {"b"}


def test_days_come_before_intensity_and_the_lot_decides_ties():
    late = [("late", 2, "", -100, 6, 1), ("early", 1, "", 200, 6, 1)]
    assert winners(late, ceiling=10 * MILLION, hekjes={}) == {"early"}
    equal = [(f"t{number}", 1, "", 50, 6, 1) for number in range(8)]
    first = {seed: held(equal, seed=seed).index[0] for seed in range(40)}
    assert len(set(first.values())) == 8
    assert all(held(equal[::-1], seed=seed).index[0] == name for seed, name in first.items())


def test_cap_on_lifetime_production():
    ranked = rank(table([("a", 1, MOL, 10, 1, 1), ("b", 1, MOL, 20, 1, 1), ("c", 1, MOL, 30, 1, 1)]), 0)
    ranked["technique"] = ["advanced_fuels", "advanced_fuels", "advanced_fuels"]
    ranked["production"] = [7e9, 4e9, 3.6e9]
    cap = Cap("advanced_fuels", ("advanced_fuels",), "lifetime_production", 10.6e9)
    found = award(ranked, 100 * MILLION, RESERVES, (cap,))
    assert found["reason"].tolist() == ["", "cap_advanced_fuels", ""]
    strict = award(ranked, 100 * MILLION, RESERVES, (cap,), Switches(not_fitting="stop"))
    assert strict["reason"].tolist() == ["", "cap_advanced_fuels", "cap_advanced_fuels"]
    money = Cap("advanced_fuels", ("advanced_fuels",), "claim", 2 * MILLION)
    assert award(ranked, 100 * MILLION, RESERVES, (money,))["reason"].tolist() == ["", "", "cap_advanced_fuels"]
