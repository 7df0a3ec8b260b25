"""The case of the tiny data set, field by field, against figures worked out by hand."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from model.data import build_case, size_estimate
from model.data.finance import capital_recovery_factor, interest_during_construction, sinking_fund_factor
from model.data.profiles import coefficient_of_performance
from tests.helpers import TINY, copy_tiny, make_tiny_weather, tiny_case, tiny_scenario


@pytest.fixture(scope="module")
def case():
    return tiny_case()


def test_importing_the_package_stays_light():
    code = "import sys, model.data; print([m for m in ('pandas', 'xarray', 'tsam', 'pyomo') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_labels_of_assets(case):
    assert {"solar@A_regional", "electrolyser@S_C/existing", "electrolyser@S_C/2040"} <= set(case.assets.index)
    assert case.assets.at["electrolyser@S_C/2040", "vintage"] == "2040"
    assert case.assets.at["wind_offshore@C_transmission", "availability_profile"] == "wind_offshore:C"
    assert case.assets.at["battery_energy@B_regional", "store"] == "battery@B_regional"
    assert case.assets.at["gas_ccgt@A_transmission", "potential"] == np.inf
    assert case.assets.at["old_pwr@C_transmission", "region"] == "C"


def test_stock_leaves_in_its_year_of_retirement(case):
    assert [case.existing["wind_onshore@A_regional", year] for year in (2030, 2040)] == [300.0, 150.0]
    assert ("wind_onshore@A_regional", 2050) not in case.existing.index
    assert case.existing["gas_furnace@S_C", 2050] == 60.0
    assert case.existing["old_pwr@C_transmission", 2030] == 1366.0


def test_build_options_and_vintages(case):
    options = case.build_options
    assert options.at[("wind_onshore@C_regional", 2030), "alive_years"] == [2030, 2040, 2050]
    assert options.at[("e_boiler@S_C", 2030), "alive_years"] == [2030, 2040]
    assert ("cavern_energy@A_transmission", 2030) not in options.index
    assert set(options.loc["electrolyser@A_transmission/2050"].index) == {2050}
    assert options.at[("wind_onshore@C_regional", 2040), "investment"] == pytest.approx(1.2e6)
    rate = options.at[("wind_offshore@C_transmission", 2030), "wacc"]
    assert rate == 0.05
    expected = 2.5e6 * capital_recovery_factor(0.05, 25)
    assert options.at[("wind_offshore@C_transmission", 2030), "annuity"] == pytest.approx(expected)


def test_a_reactor_by_hand(case):
    """Class light water: 300/900 MW, 0.333; 6,500 EUR/kW_e in 2040, built in 5 years, 60 years, 15 % at the end."""
    row = case.build_options.loc[("cls_lwr@S_C", 2040)]
    overnight = 6500 * 1000 * 0.333
    interest = interest_during_construction(0.06, 5)
    assert row["overnight"] == pytest.approx(2_164_500)
    assert row["investment"] == pytest.approx(overnight * (1 + 0.15 + 0.0036 * 25 / 6))
    fund = 0.15 * overnight * sinking_fund_factor(0.06, 60)
    assert row["decommissioning_annuity"] == pytest.approx(fund)
    assert row["annuity"] == pytest.approx(overnight * (1 + interest) * capital_recovery_factor(0.06, 60) + fund)
    assert row["fixed_om"] == pytest.approx(125_000 * 0.333)
    year = case.asset_years.loc[("cls_lwr@S_C", 2040)]
    assert (year["variable_om"], year["fuel_cost"]) == pytest.approx((2.5 * 0.333, 8 * 0.333))
    assert (year["minimum_load"], year["ramp"], year["availability"]) == (0.5, 0.25, 0.9)
    assert ("cls_lwr@S_C", 2030) not in case.asset_years.index
    design = case.reactors.loc["cls_lwr"]
    assert (design["unit_size_e"], design["unit_size_th"], design["efficiency"]) == (300.0, 900.0, 0.333)
    assert case.technologies.at["cls_lwr", "build_rate_max"] == pytest.approx(100 / 0.333)
    assert case.technologies.at["cls_lwr", "capacity_unit"] == "MW_th"


def test_a_design_takes_from_its_class_what_it_lacks(case):
    row = case.reactors.loc["small_bwr"]
    assert row["unit_size_e"] == pytest.approx(870 * 0.345)
    assert (row["usable_temperature"], row["earliest_year"]) == (250.0, 2037.0)
    assert case.build_options.at[("small_bwr@S_C", 2050), "overnight"] == pytest.approx(7000e3 * 0.345)


def test_power_loss_of_heat(case):
    """Between 200 and 250 degC nothing is interpolated at 250; a better design loses more in proportion."""
    loss = case.reactor_power_loss
    assert loss["cls_lwr", "heat_below_100"] == pytest.approx(0.13)
    assert loss["cls_lwr", "heat_150_250"] == pytest.approx(0.306)
    assert loss["small_bwr", "heat_150_250"] == pytest.approx(0.306 * 0.345 / 0.333)
    assert loss["hot", "heat_250_500"] == pytest.approx(0.4)
    assert ("cls_lwr", "heat_250_500") not in loss.index
    assert "old_pwr" not in loss.index.get_level_values("design")


def test_power_loss_is_interpolated_over_temperature(tmp_path):
    from tests.helpers import change_cell, find_row

    folder = copy_tiny(tmp_path)
    row = find_row(folder, "carriers.csv", carrier="heat_150_250")
    change_cell(folder, "carriers.csv", row, "delivery_temperature", "225")
    loss = build_case(tiny_scenario(), folder).reactor_power_loss
    assert loss["cls_lwr", "heat_150_250"] == pytest.approx((0.259 + 0.306) / 2)


def test_flows_and_profiles(case):
    flows = case.flows
    assert flows.at[("gas_ccgt@B_transmission", "natural_gas", 2030), "coefficient"] == pytest.approx(-1 / 0.58)
    assert flows.at[("heat_pump@S_C", "electricity", 2030), "profile"] == "inverse_cop_air:C"
    assert flows.at[("heat_pump@S_C", "heat_below_100", 2030), "profile"] == ""
    older, newer = ("electrolyser@S_C/2030", "hydrogen", 2040), ("electrolyser@S_C/2040", "hydrogen", 2040)
    assert flows.at[older, "coefficient"] == 0.65
    assert flows.at[newer, "coefficient"] == 0.68
    assert flows.at[("electrolyser@S_C/existing", "hydrogen", 2040), "coefficient"] == 0.65


def test_demand_keeps_its_energy(case):
    annual = case.demand["annual"]
    assert annual["A_regional", "electricity", 2040] == pytest.approx(2.4e6)
    assert annual["S_C", "heat_150_250", 2030] == pytest.approx(0.6e6)
    energy = case.demand_series @ case.time.weight
    assert energy == pytest.approx(annual.to_numpy(), rel=1e-9)
    assert case.demand_series.min() >= 0.0
    assert case.demand_series.shape == (len(case.demand), case.time.count)
    flat = case.demand_series[case.demand.index.get_loc(("S_C", "heat_below_100", 2030))]
    assert flat == pytest.approx([0.2e6 / 8760] * case.time.count)


def test_a_cold_year_asks_for_more_heat(case):
    """The heat pumps' 0.2 TWh is that of a normal year of 1,900 degree days; 20 % of it follows no temperature."""
    daily = make_tiny_weather()["temperature"].sel(region="B").to_numpy().reshape(365, 24).mean(axis=1)
    degree_days = np.clip(15.0 - daily, 0, None).sum()
    expected = 4.0e6 + 0.2e6 * (0.2 + 0.8 * degree_days / 1900)
    assert case.demand["annual"]["B_regional", "electricity", 2030] == pytest.approx(expected, rel=1e-9)


def test_hourly_profiles_of_a_full_year():
    case = tiny_case(time__mode="full", time__step_hours=1, years=[2030])
    weather = make_tiny_weather()
    profile = case.hourly["profile"]
    assert profile.sel(profile="solar:B").to_numpy() == pytest.approx(weather["solar"].sel(region="B").to_numpy())
    south = weather["wind_offshore"].sel(zone="south").to_numpy()
    assert profile.sel(profile="wind_offshore:C").to_numpy() == pytest.approx(south)
    cop = coefficient_of_performance("air", weather["temperature"].sel(region="C").to_numpy(), case.tables)
    assert profile.sel(profile="inverse_cop_air:C").to_numpy() == pytest.approx(1 / cop)
    price = case.hourly["neighbour_price"].sel(zone="X", year=2030)
    assert float(price.mean()) == pytest.approx(55.0)
    assert case.time.count == 8760


def test_prices_caps_and_limits(case):
    assert case.fuel_price["natural_gas", 2040] == 31.5
    assert case.carbon_cap[2040] == 1.0e6
    assert case.fuel_limit["natural_gas", 2040] == 15e6
    assert (case.carbon_price == 0).all()
    assert tiny_case(carbon__price=True).carbon_price.to_dict() == {2030: 113.0, 2040: 147.0, 2050: 168.0}
    assert tiny_case(carbon__cap=None).carbon_cap is None


def test_grid(case):
    assert case.hosting["B", "feed_in", 2040] == 1200.0
    assert case.corridor_years.at[("A-B 380", 2030), "capacity"] == 2600.0
    row = case.corridors.loc["B-C 380"]
    assert row["expansion_annuity"] == pytest.approx(100_000 * capital_recovery_factor(0.06, 40))
    assert not case.corridors.at["A-C 380", "expandable"]
    assert "A-C cable" not in tiny_case(grid__expansion=False).corridors.index
    assert case.interconnectors.at[("A-X", 2040), "import_capacity"] == 800.0
    assert tiny_case(grid__interconnectors=False).interconnectors.empty
    reinforcement = case.hosting_reinforcement.loc["A", "annuity"]
    assert reinforcement == pytest.approx(500_000 * capital_recovery_factor(0.06, 40))


def test_stores_and_sites(case):
    store = case.stores.loc["cavern@A_transmission"]
    assert store["charge_asset"] == "cavern_compressor@A_transmission"
    assert store["discharge_asset"] == "cavern_valve@A_transmission"
    assert (store["duration_min"], store["duration_max"]) == (0.0, np.inf)
    assert case.sites.at["S_C", "contract_import"] == 150.0


def test_excluding_the_vessel_takes_the_whole_store():
    case = tiny_case(technologies__exclude=["battery_energy", "wind_onshore"])
    assert not any(label.startswith("battery") for label in [*case.stores.index, *case.assets.index])
    assert "wind_onshore@A_regional" in case.assets.index
    assert not case.asset_years.loc["wind_onshore@A_regional", "buildable"].any()
    assert "wind_onshore@C_regional" not in case.assets.index


def test_factors_of_a_scenario(case):
    changed = tiny_case(
        technologies__cost_factor={"solar": 0.5},
        technologies__potential_factor={"wind_onshore": 0.5, "gas_ccgt": 0.0},
        demand__factor={"hydrogen": 2.0},
        reactors__cost_factor=1.5,
        reactors__earliest_year_delay=10,
    )
    option = ("solar@A_regional", 2030)
    assert changed.build_options.at[option, "overnight"] == 0.5 * case.build_options.at[option, "overnight"]
    assert changed.assets.at["wind_onshore@A_regional", "potential"] == 750.0
    assert not changed.asset_years.loc["gas_ccgt@B_transmission", "buildable"].any()
    assert changed.demand["annual"]["S_C", "hydrogen", 2050] == pytest.approx(1.0e6)
    assert ("cls_lwr@S_C", 2040) not in changed.build_options.index
    both = [c.build_options.at[("cls_lwr@S_C", 2050), "overnight"] for c in (changed, case)]
    assert both[0] == pytest.approx(1.5 * both[1])


@pytest.mark.parametrize(
    ("modes", "site", "grid", "flat_out", "heat"),
    [
        (["behind_the_meter"], True, False, False, False),
        (["behind_the_meter", "coproduction"], True, False, False, True),
        (["base_load"], False, True, True, False),
        (["flexible"], False, True, False, False),
        (["coproduction"], False, True, True, True),
        (["base_load", "behind_the_meter", "flexible", "coproduction"], True, True, False, True),
    ],
)
def test_modes_of_use(modes, site, grid, flat_out, heat):
    case = tiny_case(reactors__modes=modes)
    assert ("cls_lwr@S_C" in case.assets.index) == site
    assert ("cls_lwr@B_transmission" in case.assets.index) == grid
    if grid:
        assert case.assets.at["cls_lwr@B_transmission", "must_run"] == flat_out
        assert case.asset_years.at[("cls_lwr@B_transmission", 2040), "minimum_load"] == (1.0 if flat_out else 0.5)
    assert bool(len(case.reactor_power_loss)) == heat
    assert "old_pwr@C_transmission" in case.assets.index


def test_reactors_off_or_chosen():
    off = tiny_case(reactors__enabled=False)
    assert [a for a in off.assets.index if off.assets.at[a, "kind"] == "reactor"] == ["old_pwr@C_transmission"]
    assert "small_bwr@S_C" in tiny_case(reactors__designs=["small_bwr"]).assets.index
    assert "cls_lwr@S_C" not in tiny_case(reactors__designs=["small_bwr"]).assets.index


def test_weights_of_years(case):
    assert case.discount_weight[2030] == pytest.approx(sum(1.0225**-k for k in range(10)))
    assert case.year_span.to_dict() == {2030: 10, 2040: 10, 2050: 10}


def test_the_same_inputs_give_the_same_case(case):
    again = build_case(tiny_scenario(), TINY)
    assert again.assets.equals(case.assets)
    assert again.flows.equals(case.flows)
    assert (again.demand_series == case.demand_series).all()
    assert again.checksums == case.checksums
    assert "weather/weather_2019.nc" in case.checksums


def test_stored_weather_is_the_made_one():
    import xarray as xr

    stored = xr.load_dataset(TINY / "weather" / "weather_2019.nc")
    made = make_tiny_weather()
    for name in made.data_vars:
        assert stored[name].to_numpy() == pytest.approx(made[name].to_numpy(), abs=1e-6)


def test_size(case):
    size = size_estimate(case)
    assert size["steps"] == case.time.count
    assert size["assets"] == len(case.assets)
    assert size["hourly_flows"] > 0
