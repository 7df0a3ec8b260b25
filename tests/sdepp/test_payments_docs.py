"""The page on payments says what the code does: its figures, options, columns and its example."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from model.cli.parser import make_parser
from model.sdepp.cash import cash_outflow, load_scheme
from model.sdepp.portfolios import GRANT_COLUMNS, chosen_rounds, load_cash_rounds, portfolio_awards

PAGE = (Path(__file__).parents[2] / "docs" / "explanation" / "sdepp_payments.md").read_text(encoding="utf-8")


def test_the_figures_by_price_scenario_are_those_of_the_code():
    scheme, whole = load_scheme(), load_scheme(attrition=False)
    awards = portfolio_awards(chosen_rounds(load_cash_rounds(), []), scheme.terms, scheme.base)
    for name in scheme.prices.scenarios:
        line = next(line for line in PAGE.splitlines() if re.match(rf"\| `{name}` \| \d", line))
        cells = [cell.strip() for cell in line.split("|")[2:-1]]
        found, all_built = (cash_outflow(awards, one, name) for one in (scheme, whole))
        row = found.table.loc["sde_schemes"]
        later = found.by_round.loc[:, 2033:].to_numpy().sum()
        ratios = [f"{one.rounds.at['2024', 'ratio']:.3f}" for one in (found, all_built)]
        assert cells == [*(f"{value:,.0f}" for value in (*row[[2028, 2030, 2032, "total"]], later)), *ratios]


def test_options_and_columns_stand_on_the_page():
    parser = make_parser()
    for option in re.findall(r"python -m model (sdepp cash[^#\n]*)", PAGE):
        parser.parse_args(option.split())
    for option in ("--negative-hours long_runs", "--excess-profit end_of_term", "--over-production yearly"):
        assert f"`{option.split()[0]}`" in PAGE and f"`{option.split()[1]}" in PAGE
        parser.parse_args(["sdepp", "cash", *option.split()])
    section = PAGE.split("## Tables of your own")[1]
    assert {column.name for column in GRANT_COLUMNS} <= set(re.findall(r"`(\w+)`", section))


def test_the_example_runs(capsys):
    """Rate 0.0791 - 0.06 - 0.004 = 0.0151; 720,000 kWh count; 15 years: 163,080."""
    code = PAGE.split("```python\n")[1].split("```")[0]
    exec(code, {})
    assert [float(word) for word in capsys.readouterr().out.split()] == pytest.approx([163_080, 163_080])
