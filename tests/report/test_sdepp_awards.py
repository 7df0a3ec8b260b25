"""What a run with SDE++ awards shows: rounds, domains, shadow prices, and nothing of it in other runs."""

from __future__ import annotations

import pytest

from model.report.page import page_html
from model.report.page_sdepp import sdepp_data
from model.report.sdepp_awards import category_table, round_table, sdepp_sections
from model.report.summary import summary_table
from tests.checks.test_faults_in_sdepp import HT, solved
from tests.checks.worlds import PRICED
from tests.checks.worlds import solved as solved_tiny


def test_rounds_with_their_shadow_prices():
    _, cube = solved()
    table = round_table(cube)
    assert table.index.tolist()[0] == ("2024", "ceiling")
    assert table.loc[("2024", "ceiling"), "ceiling or reserve"] == pytest.approx(100.0)
    assert table.loc[("2024", HT), "ceiling or reserve"] == pytest.approx(60.0)
    ceiling = float(cube["duals"]["sdepp_ceiling"].sel(round="2024")) / 1e6
    assert table.loc[("2024", "ceiling"), "shadow price, EUR/EUR"] == pytest.approx(ceiling) and ceiling > 0
    domains = table.drop(index=("2024", "ceiling"))
    assert domains["built on"].sum() == pytest.approx(table.loc[("2024", "ceiling"), "built on"])
    assert (table["built on"] <= table["awarded"] + 1e-6).all()
    assert category_table(cube)["2024"].sum() == pytest.approx(domains["built on"].sum(), rel=0.01)


def test_the_page_draws_rounds_and_shadow_prices():
    _, cube = solved()
    data, table = sdepp_data(cube), round_table(cube)
    assert data["rounds"] == ["2024"] and data["ceilings"] == pytest.approx([0.1])
    claims = sum(one["values"][0] for one in data["claims"]) * 1000
    assert claims == pytest.approx(table.loc[("2024", "ceiling"), "built on"])
    worth = {one["name"]: one["value"] for one in data["worth"]}
    assert worth["2024 ceiling"] == pytest.approx(table.loc[("2024", "ceiling"), "shadow price, EUR/EUR"])
    html = page_html({"scenario": "s", "title": "t", "sdepp": data})
    assert '"sdepp":{"rounds":["2024"]' in html and 'id="sdepp-worth"' in html
    assert sdepp_data(solved_tiny(**PRICED)[1]) == {}


def test_the_summary_has_the_tables_where_the_scheme_is_on():
    _, cube = solved()
    titles = [section.title for section in sdepp_sections(cube)]
    assert titles[0].startswith("SDE++ rounds") and len(titles) == 2
    assert set(titles) <= {section.title for section in summary_table(cube).sections}
    assert sdepp_sections(solved_tiny(**PRICED)[1]) == []
