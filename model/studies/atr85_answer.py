"""The study of rights in 85 % of the hours in words, tables, pictures and files."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from model.core.cells import number
from model.studies.atr85 import BUDGET, DATA, IDLE, OPEN, ROUNDED, Atr85
from model.studies.framework.page import Answer, Chapter, described, facts_of, money_held
from model.studies.framework.pictures import Line, bars, lines

COLUMNS = {
    "budget": "right, budget form, MW",
    "rounded": "right, rounded, MW",
    "touched": "hours restricted in part, h",
    "full": "hours of full restriction, h",
    "hours": "hours after rounding, h",
    "allowed": "hours allowed, h",
}
UNITS = {
    "restricted_share": ("1", "Share of a right that is restricted in a step (budget form)"),
    "weight": ("h", "Hours of the year for which a step stands"),
    "cost": ("EUR", "Discounted system cost of a form"),
}
LARGEST = 4
"""Rights whose hours are drawn."""


def answer_of(found: Atr85) -> Answer:
    """Put the study into words, tables and pictures."""
    rights = found.rights.rename(columns=COLUMNS).set_index(["connection", "direction", "contract_class", "year"])
    return Answer(
        name="atr85",
        title="Rights in 85 % of the hours: budget form, rounded hours, data form",
        subtitle=f"{found.scenario.run_name}: {found.scenario.title}",
        held_equal=[
            "All forms share tables, hours, other rights and the row on rights, unless a line says otherwise.",
            *money_held(found.scenario),
        ],
        chapters=[
            Chapter("What the forms cost", cost_words(found), [(COST_CAPTION, cost_bars(found))], cost_table(found)),
            Chapter("How many hours are restricted", hour_words(found), hour_pictures(found), rights),
        ],
        table=found.rights,
        dataset=dataset_of(found),
        facts=facts_of(found.case),
        warnings=found.warnings,
    )


ACCURACY = 1e-7
"""Share of the cost within which two solves agree."""
COST_CAPTION = "Cost above the budget form, million EUR, discounted over all years"


def cost_table(found: Atr85) -> pd.DataFrame:
    """Cost of each form, in million EUR."""
    return pd.DataFrame(
        {
            "cost, million EUR": found.costs["cost"] / 1e6,
            "above the budget form, million EUR": found.costs["gap"] / 1e6,
            "seconds in the solver": found.costs["seconds"],
        }
    )


def cost_bars(found: Atr85) -> str:
    """Cost of the other forms above the budget form."""
    return bars(
        [(str(form), float(gap) / 1e6) for form, gap in found.costs["gap"].items() if form != BUDGET], "million EUR"
    )


def cost_words(found: Atr85) -> list[str]:
    """What the gap says."""
    gap, data = (number(found.costs, form, "gap") / 1e6 for form in (ROUNDED, DATA))
    accuracy = ACCURACY * number(found.costs, BUDGET, "cost") / 1e6
    words = [
        f"Whole hours instead of parts cost {gap:,.3f} million EUR with the hours that the budget form restricts most, "
        f"and {data:,.3f} million with the hours of highest load or feed-in of the area, which need no solve to find.",
    ]
    if min(abs(gap), abs(data)) <= accuracy:
        words.append(
            f"Less than {accuracy:,.3f} million EUR is within the accuracy of the solver: it is no difference."
        )
    if OPEN in found.costs.index:
        idle = (number(found.costs, IDLE, "cost") - number(found.costs, OPEN, "cost")) / 1e6
        words.append(
            f"Without the row on rights, forbidding every restriction changes the cost by {idle:,.6f} million EUR: "
            "restrictions have no other reason than that row."
        )
    return words


def hour_words(found: Atr85) -> list[str]:
    """What the count of hours says."""
    held = found.rights[found.rights["budget"] >= 1.0]
    if held.empty:
        return ["No right in 85 % of the hours of 1 MW or more is held."]
    over = held[held["touched"] > held["allowed"] * (1 + 1e-9)]
    return [
        f"Rights of 1 MW or more: {len(held)}; in the budget form {len(over)} of them are restricted, in part, in more "
        f"hours than allowed in full ({held['touched'].max():,.0f} h at most). After rounding each is "
        f"restricted in at most {held['hours'].max():,.0f} h of the {held['allowed'].max():,.0f} allowed."
    ]


def hour_pictures(found: Atr85) -> list[tuple[str, str]]:
    """Share restricted over the hours of the year, the most restricted first, of the largest rights."""
    rights = found.rights.reset_index(drop=True)
    largest = rights[rights["full"] > 0.0].sort_values("budget", ascending=False).head(LARGEST)
    if largest.empty:
        return []
    weight = np.asarray(found.case.time.weight, dtype=float)
    drawn = []
    for place, row in largest.iterrows():
        share = found.restricted[rights.index.get_loc(place)]
        order = np.argsort(-share, kind="stable")
        order = order[share[order] > 0.0]
        hours = np.concatenate([[0.0], np.cumsum(weight[order])])
        points = list(zip(hours, 100.0 * np.append(share[order], 0.0), strict=True))
        few = points[:: max(1, len(points) // 60)]
        drawn.append(Line(f"{row['connection']} {row['year']}", few))
    mark = float(largest["allowed"].max())
    picture = lines(drawn, "h", "%", mark=mark, mark_label=f"{mark:,.0f} h allowed in full")
    return [("Part of the right that is restricted, the most restricted hours first (budget form)", picture)]


def dataset_of(found: Atr85) -> xr.Dataset:
    """The shares by right and step, with labels and units."""
    labels = [f"{row.connection}.{row.direction}.{row.contract_class}.{row.year}" for row in found.rights.itertuples()]
    dataset = xr.Dataset(
        {
            "restricted_share": (("right", "time"), found.restricted),
            "weight": ("time", np.asarray(found.case.time.weight, dtype=float)),
            "cost": ("form", found.costs["cost"].to_numpy()),
        },
        coords={"right": labels, "form": list(found.costs.index)},
    )
    return described(dataset, UNITS, facts_of(found.case))
