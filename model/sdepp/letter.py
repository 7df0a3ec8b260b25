"""Table 1 of the letter on the opening of 2024: budget and expected payments by year, and what its sums leave over.

Source: Kamerstuk 31 239 nr. 387, 1 March 2024.  The years of the columns are inferred: ten columns to 2032.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from model.errors import InputError, Problem
from model.sdepp.reading import SOURCED, Column, read_table, sdepp_folder

BUDGET, PAYMENTS, SCHEMES, BALANCE = "available_budget", "expected_payments", "sde_schemes", "surplus_or_shortage"
OTHERS = ("flanking_policy", "tennet_offshore_grid", "statistical_transfer", "coal_plant_compensation")
ITEMS = (BUDGET, PAYMENTS, SCHEMES, *OTHERS, BALANCE)
"""Rows of the table, in the order of the letter."""
TITLES = {
    BUDGET: "Available budget",
    PAYMENTS: "Expected payments",
    SCHEMES: "- SDE schemes",
    "flanking_policy": "- flanking policy",
    "tennet_offshore_grid": "- TenneT offshore grid",
    "statistical_transfer": "- statistical transfer",
    "coal_plant_compensation": "- coal plant compensation (max)",
    BALANCE: "Surplus/shortage",
}
TOTAL = "total"

COLUMNS = (
    Column("item", allowed=ITEMS, meaning="row of the table"),
    Column("year", meaning="calendar year, or total"),
    Column("value", "number", meaning="million EUR"),
    Column("unit", allowed=("million EUR",), meaning="million EUR"),
    *SOURCED,
)


def load_letter_table(folder: Path | None = None) -> pd.DataFrame:
    """Read the table as printed, million EUR: items over years (as numbers) and `total`; blank cells are 0.

    Raises:
        InputError: faults in letter_table_1.csv.
    """
    problems: list[Problem] = []
    rows = read_table((folder or sdepp_folder()) / "letter_table_1.csv", COLUMNS, problems)
    for _, row in rows.iterrows():
        if row["year"] != TOTAL and not row["year"].isdigit():
            place = (str(row["_file"]), str(row["_row"]), "year", str(row["year"]))
            problems.append(Problem(*place, "a year, or total"))
    for _, row in rows[rows.duplicated(["item", "year"])].iterrows():
        place = (str(row["_file"]), str(row["_row"]), "item", str(row["item"]))
        problems.append(Problem(*place, f"one row for {row['year']}"))
    for item in sorted(set(ITEMS) - set(rows["item"])) if not problems else ():
        problems.append(Problem("letter_table_1.csv", "", "item", "", f"rows for {item}"))
    if problems:
        raise InputError(problems)
    wide = rows.pivot(index="item", columns="year", values="value").reindex(list(ITEMS)).fillna(0.0)
    years = sorted(int(name) for name in wide.columns if name != TOTAL)
    named = wide.rename(columns={str(year): year for year in years})
    return named[[*years, TOTAL]].rename_axis(columns=None)


def printed_differences(table: pd.DataFrame) -> list[str]:
    """Say where printed sums differ from the sum of the printed cells, by rounding or otherwise.

    Args:
        table: as `load_letter_table` gives it.

    Returns:
        One sentence per difference.
    """
    printed: dict[Any, dict[Any, Any]] = table.to_dict("index")
    years = [name for name in table.columns if name != TOTAL]
    notes = []

    def note(what: str, reckoned: float, shown: float) -> None:
        if abs(reckoned - shown) > 1e-6:
            notes.append(f"{what} {reckoned:,.0f}, printed {shown:,.0f}.")

    for item, cells in printed.items():
        note(f"{TITLES[item].lstrip('- ').capitalize()}: the years add to", sum(cells[y] for y in years), cells[TOTAL])
    for column in table.columns:
        parts = sum(printed[item][column] for item in (SCHEMES, *OTHERS))
        note(f"Expected payments {column}: the parts add to", parts, printed[PAYMENTS][column])
        balance = printed[BUDGET][column] - printed[PAYMENTS][column]
        note(f"Surplus/shortage {column}: budget less payments is", balance, printed[BALANCE][column])
    return notes
