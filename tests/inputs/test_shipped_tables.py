"""What the shipped tables promise: figures that say how they were made, and no store that goes round for nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

TABLES = Path(__file__).resolve().parents[2] / "inputs" / "nl"


def table(name: str) -> pd.DataFrame:
    """A shipped table as text, blanks empty."""
    return pd.read_csv(TABLES / f"{name}.csv", dtype=str, keep_default_na=False)


def test_every_store_loses_or_pays_on_a_round_trip():
    """Otherwise charging and discharging in one hour costs nothing, and an interior solution may hold both."""
    figures = table("technology_parameters")
    paid = figures[figures["parameter"] == "variable_om"]
    least = paid.assign(value=paid["value"].astype(float)).groupby("technology")["value"].min()
    for row in table("stores").itertuples():
        efficiency = float(row.charge_efficiency) * float(row.discharge_efficiency)
        parts = {row.energy_technology, row.charge_technology, row.discharge_technology}
        assert efficiency < 1.0 or least.reindex(list(parts)).fillna(0.0).sum() > 0.0, row.store


@pytest.mark.parametrize("name", sorted(path.stem for path in TABLES.glob("*.csv")))
def test_every_figure_that_is_not_read_from_a_source_says_how_it_was_made(name):
    """A formula or an argument stands in the note, or after the colon of the provenance."""
    rows = table(name)
    made = rows[rows["provenance"].str.contains("estimated|assumption|mixed")]
    argued = (made["note"].str.len() > len("a word")) | made["provenance"].str.contains(": ")
    assert made[~argued].index.tolist() == []


def test_a_figure_taken_from_the_nearest_technology_is_that_technology_s():
    """Who corrects one is reminded of the other."""
    figures = table("technology_parameters").set_index(["technology", "parameter", "year"])
    taken = figures[figures["note"].str.contains(r"as \w+, the nearest technology")]
    assert len(taken) > 60
    for (technology, parameter, year), row in taken.iterrows():
        nearest = re.findall(r"as (\w+), the nearest", row["note"])[0]
        assert figures.at[(nearest, parameter, year), "value"] == row["value"], (technology, parameter, year)
