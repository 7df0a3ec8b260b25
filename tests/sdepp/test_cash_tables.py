"""What the shipped tables of prices and cash promise: units, sources, and a reason for what is assumed."""

from __future__ import annotations

import pandas as pd
import pytest

from model.sdepp.categories import load_categories
from model.sdepp.portfolios import chosen_rounds, load_cash_rounds
from model.sdepp.reading import sdepp_folder

TABLES = (
    "award_portfolios",
    "cash_rounds",
    "correction_drivers",
    "corrections",
    "e_boiler_hours",
    "letter_table_1",
    "negative_hours",
    "operation",
    "price_drivers",
    "price_scenarios",
    "realisation_delays",
)


@pytest.mark.parametrize("name", TABLES)
def test_rows_have_unit_source_and_reason(name):
    rows = pd.read_csv(sdepp_folder() / f"{name}.csv", dtype=str, keep_default_na=False)
    for column in ("unit", "source", "provenance"):
        assert (rows[column] != "").all(), column
    made = rows[rows["provenance"].str.contains("estimated|assumption|mixed")]
    argued = (made["note"].str.len() > 6) | made["provenance"].str.contains(": ")
    assert made[~argued].index.tolist() == []


def test_published_corrections_are_those_of_the_categories():
    categories = load_categories()
    rows = pd.read_csv(sdepp_folder() / "corrections.csv").set_index("category")
    opened = categories[categories["open"].astype(bool)]
    assert sorted(rows.index) == sorted(opened.index)
    for part in ("price", "gvo", "ets", "other"):
        printed = opened[f"correction_2024_{part}"].fillna(0.0)
        assert rows[part].reindex(opened.index).to_numpy() == pytest.approx(printed.to_numpy())


def test_rounds_are_those_of_the_letter_s_footnote():
    ceilings = (load_cash_rounds()["ceiling"] / 1e9).to_dict()
    assert ceilings == {"2023": 8.0, "2024": 11.5, "2025": 8.0, "2026": 5.0, "2027": 5.0}
    assert list(chosen_rounds(load_cash_rounds(), []).index) == ["2024", "2025", "2026", "2027"]


@pytest.mark.parametrize(("year", "least"), [("2024", 1000 / 11500), ("2023", 750 / 8000)])
def test_the_assumed_mixes_fill_every_hekje(year, least):
    """At least the reserve for each domain with one; advanced fuels near the letter's 300 million."""
    table = pd.read_csv(sdepp_folder() / "award_portfolios.csv", dtype={"portfolio": str})
    mix = table[table["portfolio"] == year].set_index("category")["share_of_claims"]
    categories = load_categories(year).loc[mix.index]
    shares = mix.groupby(categories["hekjes"].map(lambda words: words[0] if words else "").to_numpy()).sum()
    assert (shares[["high_temperature_heat", "low_temperature_heat", "molecules"]] >= least).all()
    assert mix.sum() == pytest.approx(1.0) and mix["79_1_c"] * 11500 <= 300
