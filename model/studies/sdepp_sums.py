"""Sums over the applications of an iterate: by category and region, and by round."""

from __future__ import annotations

import pandas as pd

PLACE = ["category", "region"]


def by_place(rows: pd.DataFrame) -> pd.DataFrame:
    """Sum applications up over (category, region).

    Returns:
        applications (number), asked (EUR), asked_capacity, capacity, realised (MW or t/h), claim (EUR awarded), bid
        (mean amount asked, weighted by capacity, EUR/unit), and capture_price and correction where applications tell.
    """
    won = rows["awarded"].astype(float)
    told = [name for name in ("capture_price", "correction") if name in rows]
    parts = pd.DataFrame(
        {
            **{name: rows[name] for name in PLACE},
            "applications": 1.0,
            "asked": rows["claim"],
            "asked_capacity": rows["capacity"],
            "capacity": rows["capacity"] * won,
            "realised": rows["realised"],
            "claim": rows["claim"] * won,
            **{name: rows[name] * rows["capacity"] for name in ("amount", *told)},
        }
    )
    summed = parts.groupby(PLACE).sum()
    for name in ("amount", *told):
        summed[name] /= summed["asked_capacity"]
    return summed.rename(columns={"amount": "bid"})


def by_round(rows: pd.DataFrame) -> pd.DataFrame:
    """Sum applications up by round: applications, awards, asked and awarded (million EUR), capacity and realised."""
    won = rows["awarded"].astype(float)
    parts = pd.DataFrame(
        {
            "round": rows["round"],
            "applications": 1.0,
            "awards": won,
            "asked_million": rows["claim"] / 1e6,
            "awarded_million": rows["claim"] * won / 1e6,
            "capacity": rows["capacity"] * won,
            "realised": rows["realised"],
        }
    )
    return parts.groupby("round").sum()
