"""What PyPSA's components cannot state: every such thing in a case by name, all in one report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.features import load_features
from model.core.sets import SetValues
from model.errors import InputError, Problem
from model.exchange.pypsa_sizes import number

if TYPE_CHECKING:
    from model.data.case import Case


KNOWN_ROWS = frozenset(
    {
        # stated
        "activity_limit", "build_rate_limit", "build_rate_site_limit", "capacity_definition", "carbon_cap",
        "corridor_limit_backward", "corridor_limit_forward", "corridor_loss_backward", "corridor_loss_forward",
        "corridor_loss_limit", "emission_definition", "fuel_supply_limit", "hosting_feed_in_limit",
        "hosting_offtake_limit", "kirchhoff_voltage_law", "minimum_load_limit", "net_import_limit", "potential_limit",
        "ramp_down_limit", "ramp_up_limit", "shared_potential_limit", "store_charge_limit", "store_discharge_limit",
        "store_duration_max_limit", "store_duration_min_limit", "store_level_balance", "store_level_limit",
        # of reactors: stated without heat and minimum load, refused by asset otherwise
        "reactor_back_pressure_limit", "reactor_dump_limit", "reactor_energy_guard", "reactor_extraction_limit",
        "reactor_heat_split", "reactor_power_output",
        # of what is given one by one: stated, or refused by its label
        "angle_difference_limit", "device_cost_piece", "device_first_ramp_down", "device_first_ramp_up", "device_floor",
        "device_limit", "device_limit_row", "device_ramp_down", "device_ramp_up", "reservoir_balance",
        "reservoir_floor", "reservoir_limit",
        # of linked periods, sites, targets and several years: refused by setting
        "corridor_expansion_stays", "early_retirement_is_final", "hosting_built_stays", "site_block_peak_limit",
        "site_contract_limit", "site_month_peak_limit", "smr_target", "store_deviation_first", "store_deviation_rest",
        "store_highest_limit", "store_lowest_limit", "store_not_empty_first",
        "store_not_empty_last", "store_not_over_full_first", "store_not_over_full_last", "store_state_balance",
    }
)  # fmt: skip
"""Row families that the export states, or refuses under a name of the user's own."""


def refuse(case: Case) -> None:
    """Refuse a case that no PyPSA network can state.

    Raises:
        InputError: one problem for each setting, site, reactor or asset that stands in the way.
    """
    problems = _settings(case) + _places(case)
    if problems:
        raise InputError(problems)


def _problem(case: Case, key: str, value: object, expected: str) -> Problem:
    return Problem(f"scenario {case.scenario.name}", "", key, str(value), f"{expected} (export to PyPSA)")


def _settings(case: Case) -> list[Problem]:
    settings, found = case.scenario, []
    if len(case.years) != 1:
        found.append(_problem(case, "years", case.years, "one milestone year: PyPSA would value vintages otherwise"))
    found += [
        _problem(case, f"detail.{name}", True, "false: it has no counterpart")
        for name in ("heat_networks", "gas_network", "carbon_network", "process_emissions")
        if getattr(settings.detail, name)
    ]
    if len(case.time.periods) != 1:
        expected = "full, with one weather year: linked periods have no counterpart"
        found.append(_problem(case, "time.mode", settings.time.mode, expected))
    if settings.sites.tariffs == "cost" and len(case.sites):
        expected = "transfer: contracts and monthly peaks of sites have no counterpart"
        found.append(_problem(case, "sites.tariffs", "cost", expected))
    found += [
        _problem(case, f"sites.{name}", getattr(settings.sites, name), "its default: it has no counterpart")
        for name in ("objective", "n_minus_1", "backup", "direct_lines", "steam_contracts")
        if getattr(settings.sites, name) != getattr(type(settings.sites)(), name) and len(case.sites)
    ]
    if settings.investment.early_retirement and (case.existing > 0).any():
        expected = "false: what stands and what is built would share one limit"
        found.append(_problem(case, "investment.early_retirement", True, expected))
    if settings.reactors.target:
        found.append(_problem(case, "reactors.target", settings.reactors.target, "no target: a policy row"))
    return found


def _places(case: Case) -> list[Problem]:
    sets = SetValues(load_features(), case)
    found = _unknown_rows(case, sets)
    heat = {asset for asset, _, _ in sets["reactor_heat"]}
    ramping = {asset for asset, _ in sets["ramping_asset_year"]}
    balanced = set(case.carriers.index[case.carriers["balanced"] == "yes"])
    for asset, year in sets["running_asset_year"]:
        reactor = case.assets.at[asset, "kind"] == "reactor"
        least = number(case.asset_years, (asset, year), "minimum_load")
        if asset in heat:
            found.append(_problem(case, "reactors", asset, "no reactor that gives heat: an extraction region"))
        elif reactor and (least > 0 or asset in ramping):
            expected = "no reactor with a minimum load or a ramp: heat that is dumped has no counterpart"
            found.append(_problem(case, "reactors", asset, expected))
        elif reactor and _is_curved(case, asset):
            expected = "no reactor with part-load loss or constant house load: power is not in proportion to its heat"
            found.append(_problem(case, "reactors", asset, expected))
        elif not reactor and not _has_reference(case, asset, year):
            expected = "an asset that takes something, or gives one carrier"
            found.append(_problem(case, "technology_flows", asset, expected))
        elif asset in ramping and not _has_steady_input(case, asset, year, balanced):
            found.append(_problem(case, "ramp", asset, "a ramp only where the intake per activity is steady"))
    return found


def _is_curved(case: Case, asset: str) -> bool:
    design = str(case.assets.at[asset, "technology"])
    part_load, idle = (number(case.reactors, design, name) for name in ("part_load_loss", "house_load_idle"))
    return part_load > 0 or idle * number(case.reactors, design, "house_load") > 0


def _unknown_rows(case: Case, sets: SetValues) -> list[Problem]:
    """Row families of the model that this export does not know, so that a new feature is refused until it is stated."""
    return [
        _problem(case, "feature", record.name, f"no rows of {record.file}")
        for record in load_features().of_kind("row")
        if record.name not in KNOWN_ROWS and all(len(sets[name]) for name in record.over)
    ]


def _own_flows(case: Case, asset: str, year: int) -> list[tuple[float, str]]:
    if asset not in case.flows.index.get_level_values("asset"):
        return []
    own: Any = case.flows.xs((asset, year), level=("asset", "year"))
    return [(float(row.coefficient), str(row.profile)) for row in own.itertuples()]


def _has_reference(case: Case, asset: str, year: int) -> bool:
    signs = np.sign([coefficient for coefficient, _ in _own_flows(case, asset, year)])
    return len(signs) == 1 and signs[0] > 0 or len(signs) > 1 and signs.min() < 0


def _has_steady_input(case: Case, asset: str, year: int, balanced: set[str]) -> bool:
    flows = _own_flows(case, asset, year)
    if len(flows) == 1:
        return not flows[0][1]
    return any(coefficient < 0 and not profile for coefficient, profile in flows)
