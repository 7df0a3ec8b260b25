"""Shipped figures of heat, gases and CO2 that are computed: each found anew from the figures that its note names."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

TABLES = Path(__file__).resolve().parents[2] / "inputs" / "nl"
YEARS = (2030, 2040, 2050)


def table(name: str) -> pd.DataFrame:
    """A shipped table."""
    return pd.read_csv(TABLES / f"{name}.csv")


def figure(technology: str, parameter: str, year: int | None = None) -> float:
    """A figure of a technology in a year of the table."""
    rows = table("technology_parameters")
    rows = rows[(rows["technology"] == technology) & (rows["parameter"] == parameter)]
    return float((rows[rows["year"] == year] if rows["year"].notna().all() else rows)["value"].iloc[0])


def intake(technology: str, carrier: str, year: int) -> float:
    """What a technology takes of a carrier per unit of activity."""
    rows = table("technology_flows")
    rows = rows[(rows["technology"] == technology) & (rows["carrier"] == carrier) & (rows["direction"] == "in")]
    return float((rows[rows["year"] == year] if rows["year"].notna().all() else rows)["value"].iloc[0])


@pytest.mark.parametrize(
    ("technology", "amounts"),
    [("heat_pump_industrial_open", (0.0319, 0.0710)), ("heat_pump_process_integrated", (0.0623, 0.1095))],
)
def test_heat_pumps_cost_what_two_base_amounts_leave_for_it(technology, amounts):
    """Base amount = energy + fixed / hours: 8,000 and 3,000 hours tell both; annuity of 6 % over 12 years and 3 %."""
    fixed = (amounts[1] - amounts[0]) / (1 / 3000 - 1 / 8000) * 1000
    yearly = 0.06 / (1 - 1.06**-12) + 0.03
    assert figure(technology, "investment") == pytest.approx(fixed / yearly, rel=1e-3)
    assert figure(technology, "fixed_om") == pytest.approx(0.03 * figure(technology, "investment"), rel=1e-4)


@pytest.mark.parametrize("year", YEARS)
def test_a_boiler_on_biomass_with_capture_raises_the_heat_for_it(year):
    """Net heat = gross less what capture takes; carbon of the fuel, share caught: back to the tonne per MWh."""
    heat = {2030: 0.72, 2040: 0.66, 2050: 0.66}[year]
    carriers = table("carriers").set_index("carrier")
    gross = intake("biomass_boiler_steam_ccs", "biomass", year) * (0.9 if year == 2050 else 0.89)
    caught = (
        intake("biomass_boiler_steam_ccs", "biomass", year)
        * float(carriers.at["biomass", "carbon_content"])
        * figure("biomass_boiler_steam_ccs", "capture_rate", year)
    )
    assert gross - heat * caught == pytest.approx(1.0, abs=1e-4)
    assert 0.5 < caught < 0.65


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize(
    "technology", ["gas_boiler_steam_ccs", "furnace_residual_gas_ccs", "steam_methane_reformer_ccs"]
)
def test_what_leaves_the_variable_cost_is_the_cost_of_the_tonnes_caught(technology, year):
    fuel = "residual_gas" if "residual" in technology else "natural_gas"
    factor = float(table("carriers").set_index("carrier").at[fuel, "emission_factor"])
    caught = intake(technology, fuel, year) * factor * figure(technology, "capture_rate", year)
    price = {2030: 60, 2040: 55, 2050: 50}[year]
    assert figure(technology, "storage_om", year) == pytest.approx(caught * price, rel=1e-3)
    assert figure(technology, "storage_om", year) <= figure(technology, "variable_om", year) + 1e-3


def test_moving_and_storing_costs_about_what_the_flat_figure_says():
    """Trunk at its capacity, 7 % over 50 years, tariff and sink: within 20 % of the 60 EUR/t of the variable cost."""
    pipes, sinks = table("carbon_pipes").set_index("pipe"), table("carbon_sinks")
    annuity = 0.07 / (1 - 1.07**-50)
    for trunk, sink in (("Porthos trunk", "porthos"), ("Aramis trunk", "aramis")):
        pipe = pipes.loc[trunk]
        tonne = (pipe["investment"] * annuity + pipe["fixed_om"]) / 8760 + pipe["tariff"]
        tonne += float(sinks[(sinks["sink"] == sink) & (sinks["year"] == 2030)]["cost"].iloc[0])
        assert tonne == pytest.approx(60, rel=0.2), trunk


def test_sinks_together_reach_the_national_limit_of_the_base():
    limits = table("shared_potential_limits")
    limits = limits[limits["group"] == "co2_storage_national"].set_index("year")["capacity_max"]
    sums = table("carbon_sinks").groupby("year")["limit"].sum()
    for year in YEARS:
        assert sums[year] * 1e6 / 8760 == pytest.approx(limits[year], rel=1e-3)


def test_residual_heat_is_a_tenth_of_what_the_sites_of_the_province_use():
    """Zuid-Holland: Rotterdam 11.533 + 26.786 and the rest 2.478 + 0.313 TWh, a tenth of it over 8,000 h."""
    rows = table("potentials")
    rows = rows[rows["technology"] == "residual_heat_district"].set_index("node")["capacity_max"]
    assert rows["ZH_regional"] == pytest.approx(0.1 * (11.533 + 26.786 + 2.478 + 0.313) * 1e6 / 8000, abs=0.1)


def test_networks_of_today_carry_the_heat_of_today_at_its_peak():
    demand = table("demand")
    demand = demand[(demand["carrier"] == "heat_district") & (demand["year"] == 2023)].set_index("node")["value"]
    for row in table("heat_networks").itertuples():
        assert row.capacity == pytest.approx(demand[row.node] * 1e6 / 8760 * 3.5, abs=0.1)


def test_every_detail_has_an_overlay_that_turns_it_on():
    from model.scenario import load_scenario
    from model.scenario.detail import Detail

    overlays = ("heat_detail", "gas_network", "carbon_network", "process_emissions", "electrolyser_loads")
    for name in Detail.model_fields:
        shipped = [load_scenario("quick", {}, overlays=[overlay]) for overlay in overlays]
        assert sum(bool(getattr(scenario.detail, name)) for scenario in shipped) == 1, name
    assert not any(load_scenario("base").detail.model_dump().values())
