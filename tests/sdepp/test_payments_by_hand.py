"""Payments reckoned by hand, one project per kind over its full term; the arithmetic stands beside each figure.

Amounts, floors, hours and terms are those of the regulation (categories_2024.csv); prices are round figures of our own.
EUR; kWh or t CO2.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from model.sdepp.grants import grants_of
from model.sdepp.payments import Corrections, PaymentRules, pay
from model.sdepp.volumes import counted_production

CENT = 1e-6


def one(**columns):
    """One grant that begins in January 2028."""
    row = {"start_year": 2028, "start_month": 1, **columns}
    return grants_of(pd.DataFrame({name: [value] for name, value in row.items()}, index=["A"]))


def paid(grant, counted, price, gvo=0.0, ets=0.0, other=0.0, rules=None, provisional=None, expected=None):
    """Pay one grant over its span; figures may be one for all years or one per year."""
    years = grant.span()
    shape = (1, len(years))
    final = Corrections.of(shape, price, gvo, ets, other)
    before = None if provisional is None else Corrections.of(shape, provisional, gvo, ets, other)
    volume = np.broadcast_to(np.asarray(counted, dtype=float), shape)
    plan = None if expected is None else np.broadcast_to(np.asarray(expected, dtype=float), shape)
    return pay(grant, years, volume, final, before, plan, rules)


def test_electricity_hydropower_over_15_years():
    """13_b, 1000 kW: amount 0.1329, floor 0.0626, 5,700 h, 15 years; no guarantees of origin.

    Volume of a year 1000 x 5,700 = 5,700,000 kWh; claim (0.1329 - 0.0626) x 5.7e6 x 15 = 0.0703 x 85.5e6 = 6,010,650.
    Years 1-5: price 0.1000, rate 0.0329.  Years 6-10: price 0.0500, floor holds, rate 0.0703.
    Years 11-15: price 0.1400 above the amount, rate 0.
    Production 5.7e6 a year, but year 1 only 4.7e6 (1.0e6 unused) and year 2 6.2e6: 0.5e6 of the unused is made up.
    Year 6 makes 7.7e6: 0.5e6 unused of year 1 is made up, 1.5e6 is over, of which 25 % x 5.7e6 = 1,425,000 moves on
    and 75,000 is lost.  Year 7 makes 4.7e6: takes 1.0e6 of the 1,425,000; year 8 makes 5.2e6: takes 425,000, and
    75,000 stays unused to the end.
    """
    grant = one(amount=0.1329, floor=0.0626, capacity=1000, full_load_hours=5700, term=15)
    assert grant.claim[0] == pytest.approx(6_010_650)
    counted = np.full(15, 5.7e6)
    counted[[0, 1, 5, 6, 7]] = 4.7e6, 6.2e6, 7.7e6, 4.7e6, 5.2e6
    price = np.repeat([0.1000, 0.0500, 0.1400], 5)
    found = paid(grant, counted, price)
    volumes = [4.7e6, 6.2e6, *[5.7e6] * 3, 6.2e6, 5.7e6, 5.625e6, *[5.7e6] * 7]
    assert found.volumes.paid[0] == pytest.approx(volumes)
    assert found.volumes.under[0, [0, 1, 4, 5, 7]] == pytest.approx([1.0e6, 0.5e6, 0.5e6, 0, 75_000])
    assert found.volumes.over[0, [5, 6, 7]] == pytest.approx([1_425_000, 425_000, 0])
    assert found.volumes.lost[0].sum() == pytest.approx(75_000)
    # 0.0329 x 4.7e6 = 154,630; x 6.2e6 = 203,980; x 5.7e6 = 187,530.
    # 0.0703 x 6.2e6 = 435,860; x 5.7e6 = 400,710; x 5.625e6 = 395,437.50.
    by_hand = [154_630, 203_980, 187_530, 187_530, 187_530, 435_860, 400_710, 395_437.5, 400_710, 400_710, *[0] * 5]
    assert found.gross[0] == pytest.approx(by_hand, abs=CENT)
    # 921,200 in years 1-5 and 2,033,427.50 in years 6-10.
    assert found.cash.sum() == pytest.approx(2_954_627.5, abs=CENT)


def test_heat_geothermal_over_15_years():
    """57_ad_2, 20,000 kW: amount 0.0525, floor 0.0240, 6,000 h, 15 years; other correction 0.0019.

    Volume 120e6 kWh a year; claim 0.0285 x 120e6 x 15 = 51,300,000.
    Years 1-10: price 0.0359: rate 0.0525 - 0.0359 - 0.0019 = 0.0147, a year 1,764,000.
    Years 11-15: price 0.0200: floor: 0.0525 - 0.0240 - 0.0019 = 0.0266, a year 3,192,000.
    The term begins in July 2028: 6 months in 2028 and in 2043.  Years of price are calendar years 2028-2037, then on.
    2028: 882,000; 2029-2037: 9 x 1,764,000 = 15,876,000; 2038-2042: 5 x 3,192,000 = 15,960,000; 2043: 1,596,000.
    """
    grant = one(amount=0.0525, floor=0.0240, capacity=20_000, full_load_hours=6000, term=15, start_month=7)
    assert list(grant.span()) == list(range(2028, 2044))
    price = np.where(grant.span() <= 2037, 0.0359, 0.0200)
    volume = 120e6 * np.array([0.5, *[1.0] * 14, 0.5])
    found = paid(grant, volume, price, other=0.0019)
    by_hand = [882_000, *[1_764_000] * 9, *[3_192_000] * 5, 1_596_000]
    assert found.gross[0] == pytest.approx(by_hand, abs=CENT)
    assert found.cash.sum() == pytest.approx(34_314_000, abs=CENT)
    # Advance of 2028: 80 % of 882,000 = 705,600 in 6 parts of 117,600; the rest, 176,400, in 2029.
    months = found.monthly_advance(grant.months(found.years))
    assert months[0, 0] == pytest.approx([0] * 6 + [117_600] * 6, abs=CENT)
    # 2029: 80 % of 1,764,000 = 1,411,200 in 12 parts of 117,600, and the 176,400.
    assert found.cash[0, :2] == pytest.approx([705_600, 1_587_600], abs=CENT)
    # 2044: the last 20 % of 1,596,000.
    assert found.cash[0, -1] == pytest.approx(319_200, abs=CENT)


def test_gas_green_gas_over_12_years_with_provisional_prices():
    """25_b, 5,000 kW: amount 0.1001, floor 0.0308, 8,000 h, 12 years.

    Volume 40e6 kWh; claim 0.0693 x 40e6 x 12 = 33,264,000.
    Final price 0.0462 in all years: rate 0.0539, a year 2,156,000; in total 25,872,000.
    Provisional price of year 1 0.0719: rate 0.0282, expected 1,128,000, advance 902,400; settlement in year 2
    2,156,000 - 902,400 = 1,253,600.  Provisional price of year 2 0.0300: floor: 0.0693, expected 2,772,000, advance
    2,217,600; settlement in year 3: 2,156,000 - 2,217,600 = -61,600 (recovered).
    From year 3 on provisional = final: advance 1,724,800, settlement 431,200.
    """
    grant = one(amount=0.1001, floor=0.0308, capacity=5000, full_load_hours=8000, term=12)
    provisional = np.array([0.0719, 0.0300, *[0.0462] * 10])
    found = paid(grant, 40e6, 0.0462, provisional=provisional)
    assert found.gross[0] == pytest.approx([2_156_000] * 12, abs=CENT)
    assert found.advance[0, :3] == pytest.approx([902_400, 2_217_600, 1_724_800], abs=CENT)
    assert found.settlement[0, :4] == pytest.approx([0, 1_253_600, -61_600, 431_200], abs=CENT)
    # Money by year: 902,400; 2,217,600 + 1,253,600; 1,724,800 - 61,600; then 2,156,000; at last 431,200.
    by_hand = [902_400, 3_471_200, 1_663_200, *[2_156_000] * 9, 431_200]
    assert found.cash[0] == pytest.approx(by_hand, abs=CENT)
    assert found.cash.sum() == pytest.approx(25_872_000, abs=CENT)


def test_co2_carbon_storage_over_15_years():
    """81_1_e_1, 50 t/h: amount 216.4108, floor 91.3481 on the sum of price and emissions trading, 8,000 h, 15 years.

    Volume 400,000 t; claim (216.4108 - 91.3481) x 400,000 x 15 = 125.0627 x 6e6 = 750,376,200.
    Years 1-5: ETS 80 EUR/t, below the floor: rate 125.0627, a year 50,025,080.
    Years 6-10: ETS 120: rate 96.4108, a year 38,564,320.  Years 11-15: ETS 220, above the amount: nothing.
    Year 2 stores 500,000 t: 100,000 over, all of which may move on (25 % of 400,000); year 6 stores 300,000 t and
    takes them at the rate of year 6.
    """
    grant = one(amount=216.4108, floor=91.3481, floor_on_sum=True, capacity=50, full_load_hours=8000, term=15)
    assert grant.claim[0] == pytest.approx(750_376_200)
    counted = np.full(15, 400e3)
    counted[[1, 5]] = 500e3, 300e3
    found = paid(grant, counted, 0.0, ets=np.repeat([80.0, 120.0, 220.0], 5))
    by_hand = [50_025_080.0] * 5 + [38_564_320.0] * 5 + [0.0] * 5
    assert found.gross[0] == pytest.approx(by_hand, abs=CENT)
    assert found.cash.sum() == pytest.approx(442_947_000, abs=CENT)


def test_electric_boiler_over_15_years():
    """71_1_b, 10,000 kW from January 2027: amount 0.1113, floor 0.0308 on the sum, 3,300 h, 15 years; nothing over.

    Volume 33e6 kWh; claim 0.0805 x 33e6 x 15 = 39,847,500.  Hours that count: here 2,949 in 2027 and 3,457 in 2028.
    The boiler runs 4,000 h every year, 40e6 kWh.
    2027: 29.49e6 count, 3.51e6 stay unused.  2028: 34.57e6 count: 33e6 and 1.57e6 of the unused; 1.94e6 unused.
    2029: 40e6 count: 33e6 + 1.94e6 = 34.94e6 are paid, the rest is lost.  2030-2041: 33e6 a year.
    Price 0.0462, ETS 0.0065: sum 0.0527, rate 0.0586.
    """
    caps = {2027: 2949.0, 2028: 3457.0, 2029: 8760.0}
    grant = one(
        amount=0.1113,
        floor=0.0308,
        floor_on_sum=True,
        capacity=10_000,
        full_load_hours=3300,
        term=15,
        start_year=2027,
        banks_over=False,
        hours_cap=caps,
    )
    counted = counted_production(grant, grant.span(), 40e6)
    assert counted[0, :4] == pytest.approx([29.49e6, 34.57e6, 40e6, 40e6])
    found = paid(grant, counted, 0.0462, ets=0.0065)
    # 0.0586 x 29.49e6 = 1,728,114; x 34.57e6 = 2,025,802; x 34.94e6 = 2,047,484; x 33e6 = 1,933,800.
    by_hand = [1_728_114, 2_025_802, 2_047_484, *[1_933_800] * 12]
    assert found.gross[0] == pytest.approx(by_hand, abs=CENT)
    # Advances: 80 % of what the hours allow in 2027, 0.0586 x 29.49e6, then of the volume of the year.
    assert found.advance[0, :2] == pytest.approx([0.8 * 1_728_114, 0.8 * 1_933_800], abs=CENT)
    # 0.0586 x 15 x 33e6: in the end all volume is paid.
    assert found.cash.sum() == pytest.approx(29_007_000, abs=CENT)


PV = dict(
    amount=0.0791,
    floor=0.0492,
    capacity=1000,
    full_load_hours=840,
    term=15,
    banks_over=False,
    own_use_counts=False,
    stops_when_negative=True,
    threshold=0.0971,
)


def solar():
    """23_1_a_1, 1000 kWp: what counts of 1,000,000 kWh with 20 % own use and 10 % of the rest at negative prices."""
    grant = one(**PV)
    counted = counted_production(grant, grant.span(), 1e6, own_use_share=0.20, negative_share=0.10)
    assert counted[0] == pytest.approx([720e3] * 15)  # 1e6 x 0.80 x 0.90
    return grant, counted


def test_solar_with_own_use_and_excess_profit_over_15_years():
    """Amount 0.0791, floor 0.0492, guarantees of origin 0.0040, threshold 0.0791 + 0.0180 = 0.0971, 15 years.

    Volume 840,000 kWh a year; 720,000 count; 120,000 a year stay unused to the end.
    Years 1-5: price 0.0400: floor: 0.0791 - 0.0492 - 0.0040 = 0.0259, a year 18,648; 93,240 together.
    Years 6-8: price 0.1100: nothing; revenue 0.1140 is 0.0169 over the threshold: 12,168 a year, 36,504 together,
    recovered of the 93,240.
    Years 9-12: price 0.0600: 0.0151, a year 10,872; 43,488 together.
    Years 13-15: price 0.2000: revenue 0.2040 is 0.1069 over: 76,968 a year, 230,904 together.
    Year 13: 93,240 - 36,504 + 43,488 = 100,224 stand, 76,968 are recovered, 23,256 stand; year 14: all of the 23,256
    is recovered; year 15: nothing is left.  Net over the term max(0, 136,728 - 267,408) = 0.
    """
    grant, counted = solar()
    price = np.repeat([0.0400, 0.1100, 0.0600, 0.2000], [5, 3, 4, 3])
    found = paid(grant, counted, price, gvo=0.0040)
    assert found.gross[0] == pytest.approx([18_648] * 5 + [0] * 3 + [10_872] * 4 + [0] * 3, abs=CENT)
    assert found.excess[0] == pytest.approx([0] * 5 + [12_168] * 3 + [0] * 4 + [76_968] * 3, abs=CENT)
    net = [18_648] * 5 + [-12_168] * 3 + [10_872] * 4 + [-76_968, -23_256, 0]
    assert found.net[0] == pytest.approx(net, abs=CENT)
    assert found.cash.sum() == pytest.approx(0, abs=CENT)


def test_solar_excess_profit_before_any_subsidy_waits_for_it():
    """Years 1-2 price 0.1100 (12,168 over each), then 0.0400 (18,648 each).

    24,336 wait; year 3 pays 18,648 against them and 5,688 still wait; year 4 pays 12,960; later years 18,648.
    Net 13 x 18,648 - 24,336 = 218,088.  Advance of year 4 with 720,000 kWh expected: 80 % x (18,648 - 5,688) = 10,368.
    """
    grant, counted = solar()
    price = np.repeat([0.1100, 0.0400], [2, 13])
    found = paid(grant, counted, price, gvo=0.0040, expected=720e3)
    assert found.net[0] == pytest.approx([0, 0, 0, 12_960] + [18_648] * 11, abs=CENT)
    assert found.advance[0, :5] == pytest.approx([0, 0, 0, 10_368, 14_918.4], abs=CENT)
    assert found.cash.sum() == pytest.approx(218_088, abs=CENT)


def test_solar_excess_profit_at_the_end_of_the_term_or_not_at_all():
    """Same prices: 13 x 18,648 = 242,424 without; at the end 24,336 off the last year: 18,648 - 24,336 = -5,688."""
    grant, counted = solar()
    price = np.repeat([0.1100, 0.0400], [2, 13])
    off = paid(grant, counted, price, gvo=0.0040, rules=PaymentRules(excess_profit="off"))
    assert off.cash.sum() == pytest.approx(242_424, abs=CENT)
    end = paid(grant, counted, price, gvo=0.0040, rules=PaymentRules(excess_profit="end_of_term"))
    assert end.net[0] == pytest.approx([0, 0] + [18_648] * 12 + [-5_688], abs=CENT)
    assert end.cash.sum() == pytest.approx(218_088, abs=CENT)


def test_wind_carries_underproduction_only():
    """17_1_b_6 at 2,500 h, 3,000 kW: amount 0.0715, floor 0.0410; price 0.0500, guarantees 0.0040: rate 0.0175.

    Volume 7.5e6; year 1 makes 9e6 (1.5e6 lost), year 2 6.5e6 (1e6 unused), year 3 9e6 (8.5e6 paid), then 7.5e6.
    """
    grant = one(amount=0.0715, floor=0.0410, capacity=3000, full_load_hours=2500, term=15, banks_over=False)
    counted = np.array([9e6, 6.5e6, 9e6, *[7.5e6] * 12])
    found = paid(grant, counted, 0.05, gvo=0.004)
    # 131,250; 113,750; 148,750; 131,250.
    assert found.gross[0, :4] == pytest.approx([131_250, 113_750, 148_750, 131_250], abs=CENT)
    assert found.cash.sum() == pytest.approx(15 * 131_250, abs=CENT)


def test_a_smaller_claim_ends_the_payments():
    """The claim of a decision bounds the total: 400,710 a year against 1,000,000."""
    grant = one(amount=0.1329, floor=0.0626, capacity=1000, full_load_hours=5700, term=15, claim=1_000_000)
    found = paid(grant, 5.7e6, 0.05)
    assert found.gross[0] == pytest.approx([400_710, 400_710, 198_580] + [0] * 12, abs=CENT)


def test_overproduction_limit_by_year_lets_the_balance_grow():
    """Two years 2e6 over 5.7e6: by balance 1,425,000 stand after both; by year twice as much."""
    grant = one(amount=0.1329, floor=0.0626, capacity=1000, full_load_hours=5700, term=15)
    counted = np.array([7.7e6, 7.7e6, *[5.7e6] * 13])
    assert paid(grant, counted, 0.05).volumes.over[0, 1] == pytest.approx(1_425_000)
    yearly = paid(grant, counted, 0.05, rules=PaymentRules(over_production_limit="yearly"))
    assert yearly.volumes.over[0, 1] == pytest.approx(2_850_000)
