"""What the shipped tables promise: no store goes round for nothing."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

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
