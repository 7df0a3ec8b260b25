"""Annuities, interest, discounting and interpolation, against figures worked out by hand."""

from __future__ import annotations

import pytest

from model.data.finance import (
    annuity,
    capital_recovery_factor,
    discount_weights,
    interest_during_construction,
    sinking_fund_factor,
    year_spans,
)
from model.data.parameters import at_year


def test_capital_recovery_factor():
    assert capital_recovery_factor(0.07, 60) == pytest.approx(0.07 / (1 - 1.07**-60))
    assert capital_recovery_factor(0.07, 60) == pytest.approx(0.0712292, abs=1e-7)
    assert capital_recovery_factor(0.0, 25) == 0.04


def test_sinking_fund_grows_to_one():
    rate, life = 0.05, 30
    paid = sinking_fund_factor(rate, life)
    assert sum(paid * (1 + rate) ** year for year in range(life)) == pytest.approx(1.0)
    assert sinking_fund_factor(0.0, 50) == 0.02


def test_interest_during_construction():
    assert interest_during_construction(0.07, 5) == pytest.approx(0.175 + 0.0049 * 25 / 6)
    assert interest_during_construction(0.07, 0) == 0.0


@pytest.mark.parametrize(("rate", "cost"), [(0.03, 61), (0.05, 78), (0.07, 97), (0.10, 131)])
def test_annuity_of_a_light_water_reactor(rate, cost):
    """Published: 6,500 EUR/kW, 4 years, 60 years, 90 % cost 61/78/97/131 EUR/MWh at 3/5/7/10 %.

    Fixed 125 EUR/kW/year, variable and fuel 10.5 EUR/MWh, and 3 EUR/MWh of waste fee, which the published figures hold.
    """
    yearly = annuity(6500.0, rate, 60.0, 4.0)
    assert (yearly + 125.0) / (8.76 * 0.9) + 10.5 + 3.0 == pytest.approx(cost, abs=0.6)


def test_annuity_with_a_decommissioning_fund():
    assert annuity(1000.0, 0.0, 50.0, 6.0, 0.15) == pytest.approx(1000 / 50 + 150 / 50)
    plain, fund = annuity(1000.0, 0.06, 40.0), annuity(1000.0, 0.06, 40.0, 0.0, 0.15)
    assert fund - plain == pytest.approx(150 * 0.06 / (1.06**40 - 1))


def test_discount_weights():
    assert year_spans([2030, 2040, 2050], 5) == {2030: 10, 2040: 10, 2050: 5}
    weights = discount_weights([2030, 2035], 2, 0.1)
    assert weights[2030] == pytest.approx(1 + 1 / 1.1 + 1 / 1.21 + 1 / 1.331 + 1 / 1.4641)
    assert weights[2035] == pytest.approx(1 / 1.1**5 + 1 / 1.1**6)
    assert discount_weights([2040], 10, 0.0) == {2040: 10.0}


@pytest.mark.parametrize(("year", "value"), [(2020, 10.0), (2030, 10.0), (2035, 15.0), (2040, 20.0), (2060, 20.0)])
def test_interpolation_is_linear_inside_and_constant_outside(year, value):
    assert at_year([(2030, 10.0), (2040, 20.0)], year) == value


def test_a_figure_without_year_holds_always():
    assert at_year([(float("nan"), 3.0)], 2047) == 3.0
