"""The page on the equilibrium names options, defaults and files as the code has them."""

from __future__ import annotations

import re
from pathlib import Path

from model.cli.parser import make_parser
from model.studies.sdepp_equilibrium import EMERGENCY_SHARE
from model.studies.sdepp_equilibrium_cube import PLACES
from model.studies.sdepp_fixed_point import Rules
from model.studies.sdepp_loop import Choices
from model.studies.sdepp_signal import load_imbalance

PAGE = (Path(__file__).parents[2] / "docs" / "explanation" / "sdepp_equilibrium.md").read_text(encoding="utf-8")


def test_options_that_the_page_names_exist():
    named = set(re.findall(r"(--[a-z][a-z-]+)", PAGE)) - {"--tender"}
    options = vars(make_parser().parse_args(["sdepp", "equilibrium", "quick"]))
    known = {f"--{name.replace('_', '-')}" for name in options} | {"--with", "--set"}
    assert named and named <= known


def test_defaults_are_those_of_the_code():
    parsed = make_parser().parse_args(["sdepp", "equilibrium", "quick"])
    rules, choices = Rules(), Choices()
    assert (parsed.damping, parsed.tolerance, parsed.claim_tolerance, parsed.iterations) == (
        rules.damping,
        rules.capacity_tolerance,
        rules.claim_tolerance,
        rules.iterations,
    )
    for name in ("seed", "attrition", "unsubsidised", "start", "prices", "regional", "carbon_shadow"):
        assert getattr(parsed, name) == getattr(choices, name)
    assert f"default {rules.damping}" in PAGE and f"({rules.capacity_tolerance:g} MW" in PAGE
    assert f"({rules.claim_tolerance / 1e6:g} million EUR)" in PAGE
    assert f"`--iterations` ({rules.iterations})" in PAGE
    assert f"| `{choices.unsubsidised}` (default)" in PAGE and f"default `{choices.prices}`" in PAGE
    assert f"over {EMERGENCY_SHARE * 100:g} % of the cost" in PAGE.replace("\n", " ")


def test_imbalance_is_that_of_the_table():
    cost = load_imbalance()
    assert f"wind {cost['wind_onshore']:g}, sun {cost['solar_ground']:g} EUR/kWh" in PAGE


def test_what_the_cube_holds_is_told():
    for word in ("prices", "corrections", "bids", "claims", "asked", "awarded", "realised"):
        assert word in PAGE
    assert {"capture_price", "correction", "bid", "awarded_capacity", "realised_capacity"} <= set(PLACES)
