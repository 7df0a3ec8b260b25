"""The table of the two ledgers: rows add up, and every difference has its reason."""

from __future__ import annotations

import json

import pytest

from model.cli.main import main
from model.cube import write_cube
from model.errors import InputError
from model.report.site_ledgers import site_ledger_table
from tests.checks.worlds import SOCIAL, solved
from tests.cube.toy import make_toy, toy_cube


@pytest.fixture(scope="module")
def cube():
    return solved(**SOCIAL)[1]


def test_rows_add_up_and_say_why(cube):
    table = site_ledger_table(cube)
    assert set(table.index.get_level_values("site")) == {"S_C"}
    for year in (2030, 2050):
        own = table.loc[(year, "S_C")]
        figures = own.drop(columns="what it is")
        assert figures.loc["total"].tolist() == pytest.approx(figures.drop(index="total").sum().tolist())
        assert figures["difference"].tolist() == pytest.approx((figures["private"] - figures["social"]).tolist())
        assert own.at["grid_tariff", "social"] == 0
        assert own.at["grid_tariff", "private"] > 1
        assert own["what it is"].str.len().min() > 20


def test_show_sites_prints_the_table_and_gives_it_as_json(cube, tmp_path, capsys):
    file = str(write_cube(cube, tmp_path / "tiny.nc"))
    assert main(["show", file, "--sites"]) == 0
    text = capsys.readouterr().out
    assert "million EUR a year" in text
    assert text.count("paid to grid operators") == 1, "what an item is stands once, below the figures"
    assert max(map(len, text.splitlines())) <= 110
    assert main(["show", file, "--sites", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    rows = rows if isinstance(rows, list) else next(value for value in rows.values() if isinstance(value, list))
    assert {"year", "site", "item", "social", "private", "difference", "what it is"} <= set(rows[0])


def test_a_run_without_sites_says_so():
    with pytest.raises(InputError, match="a run with sites"):
        site_ledger_table(toy_cube(make_toy()))
