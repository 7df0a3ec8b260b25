"""The page on questions to a round names commands, options, tables and figures as the code has them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from model.cli.parser import make_parser
from model.sdepp.reading import sdepp_folder
from model.studies.sdepp_questions import ceilings, hekjes
from model.studies.sdepp_world import ground

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "explanation" / "sdepp_questions.md").read_text(encoding="utf-8")


def test_commands_of_the_page_are_understood():
    block = PAGE.split("```bash\n")[1].split("```")[0]
    commands = [line.split("#")[0].split()[3:] for line in block.splitlines()]
    assert len(commands) == 9
    for words in commands:
        make_parser().parse_args(words)


def test_options_and_tables_of_the_page_exist():
    options = {word for word in re.findall(r"`(--[a-z-]+)", PAGE)} - {"--json"}
    usage = (ROOT / "model" / "cli" / "sdepp_questions_parser.py").read_text(encoding="utf-8")
    assert {name for name in options if f'"{name}"' not in usage} == set()
    for file in set(re.findall(r"`(\w+\.csv)`", PAGE)):
        assert (sdepp_folder() / file).is_file()
    assert (ROOT / "docs" / "images" / "sdepp_round.png").is_file()


def row(name):
    cells = next(line for line in PAGE.splitlines() if line.startswith(f"| {name} |")).strip("|").split("|")[1:]
    return [float(cell.replace(",", "").split(" ")[1]) for cell in cells if re.match(r" [\d,.]+", cell)]


def test_figures_of_the_page_are_those_of_the_command():
    here = ground(settings=["years=[2030]"])
    found = here.drawn()
    assert f"{len(found.projects):,} projects are drawn and {len(found.applications):,} apply" in PAGE
    tender = here.tender(found)
    total = ceilings(tender).tables["total"]
    assert total["awards"].tolist() == pytest.approx(row("awards, of 1,914"), rel=0.01)
    assert total["awarded_million"].tolist() == pytest.approx(row("awarded"), abs=1)
    assert total["eur_per_t"].tolist() == pytest.approx(row("claim, EUR per t"), rel=0.01)
    losses = hekjes(tender, ceiling_values=[8e9]).tables["total"]
    assert losses["eur_per_t"].tolist() == pytest.approx(
        [row(name)[0] for name in ("none", "750 million", "1000 million")], rel=0.01
    )
