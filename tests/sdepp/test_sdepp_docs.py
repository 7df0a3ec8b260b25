"""The page on the scheme names every column, switch and figure as the code has it."""

from __future__ import annotations

import re
from pathlib import Path

from model.cli.parser import make_parser
from model.sdepp.applications import COLUMNS, DEFAULTS
from model.sdepp.rounds import load_rounds

PAGE = (Path(__file__).parents[2] / "docs" / "explanation" / "sdepp.md").read_text(encoding="utf-8")


def test_every_column_of_an_application_is_explained():
    section = PAGE.split("## Applications")[1].split("\n\n")[1]
    named = [name for line in section.splitlines()[2:] for name in re.findall(r"`(\w+)`", line.split("|")[1])]
    assert sorted(named) == sorted(column.name for column in COLUMNS)
    blank_yes = next(line for line in section.splitlines() if line.endswith("blank: yes |"))
    assert set(re.findall(r"`(\w+)`", blank_yes)) == {name for name, value in DEFAULTS.items() if value}


def test_rounds_stand_as_in_the_tables():
    for held in load_rounds().values():
        row = next(line for line in PAGE.splitlines() if line.startswith(f"| {held.round} |"))
        assert f"{held.ceiling / 1e9:g} bn" in row
        assert f"{len(held.hekjes)} × {next(iter(held.hekjes.values())) / 1e6:,.0f} million" in row
        assert ", ".join(f"{phase.limit:g}" for phase in held.phases) in row
        assert f"{held.phases[-1].limit_hekjes:g})" in row and f"{held.caps[0].limit / 1e9:g} TWh" in row


def test_options_that_the_page_names_exist():
    parser = make_parser()
    for option in ("--straddle general_only", "--not-fitting stop", "--double-hekje last", "--attrition expected"):
        assert option.split()[0] in PAGE
        parser.parse_args(["sdepp", "tender", "x.csv", *option.split()])
