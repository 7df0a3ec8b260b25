"""The page's section on subsidy rounds: claims by domain, ceiling and hekjes with their shadow prices, categories."""

from __future__ import annotations

from typing import Any

import pandas as pd
import xarray as xr

from model.report.sdepp_awards import sdepp_sections
from model.report.tables import cell_text

COLOURS = {
    "renewable_electricity": "#c7a000",
    "combined_heat_and_power": "#8d6cab",
    "carbon_capture": "#5b6672",
    "high_temperature_heat": "#a23b3b",
    "low_temperature_heat": "#d95f02",
    "molecules": "#4c9f70",
}
OTHERS = "#5b6672"
NO_HEKJE = "none"
DUST = 1e-3
CEILING, WORTH = "ceiling", "shadow price, EUR/EUR"
THOUSAND = 1000.0


def sdepp_data(cube: xr.DataTree) -> dict[str, Any]:
    """Tables as text, and claims and shadow prices for two pictures; empty in a run without the scheme.

    Args:
        cube: an opened run.

    Returns:
        rounds (ids), claims (billion EUR by domain and round), ceilings (billion EUR), worth (shadow price by what it
        is of and round, EUR/EUR), sections (title, note, head, rows).
    """
    sections = sdepp_sections(cube)
    if not sections:
        return {}
    table = sections[0].table
    rounds = [str(name) for name in table.index.unique("round")]
    there = [str(name) for name in table.index.unique("domain") if name != CEILING]
    domains = sorted(there, key=lambda name: [*COLOURS, name].index(name))
    cells: dict[Any, Any] = table.to_dict("index")

    def figures(domain: str, column: str, scale: float) -> list[float]:
        found = [float(cells.get((name, domain), {}).get(column, float("nan"))) for name in rounds]
        return [0.0 if value != value else value / scale for value in found]

    worth = [CEILING, *(name for name in domains if any(figures(name, WORTH, 1.0)))]
    return {
        "rounds": rounds,
        "claims": [
            {"name": _words(name), "colour": COLOURS.get(name, OTHERS), "values": figures(name, "built on", THOUSAND)}
            for name in domains
        ],
        "ceilings": figures(CEILING, "ceiling or reserve", THOUSAND),
        "worth": [
            {"id": f"{_words(name)}, {round_name}", "name": f"{round_name} {_short(name)}", "value": value}
            for name in worth
            for round_name, value in zip(rounds, figures(name, WORTH, 1.0), strict=True)
        ],
        "sections": [_as_text(section.title, section.note, section.table) for section in sections],
    }


def _words(name: str) -> str:
    return "outside the hekjes" if name == NO_HEKJE else name.replace("_", " ")


def _short(name: str) -> str:
    return CEILING if name == CEILING else _words(name).replace("temperature", "temp.")


def _cell(value: object) -> str:
    """A cell as text; what a solver leaves of a zero is one."""
    return cell_text(0.0 if isinstance(value, float) and abs(value) < DUST else value)


def _as_text(title: str, note: str, table: pd.DataFrame) -> dict[str, Any]:
    """A section as text; round and domain share the first column, and what is outside the hekjes has no reserve."""
    flat = table.reset_index()
    if {"round", "domain"} <= set(flat.columns):
        outside = flat["domain"] == NO_HEKJE
        flat["ceiling or reserve"] = flat["ceiling or reserve"].where(~outside)
        flat["round"] = [
            f"{name} {_words(str(domain))}" for name, domain in zip(flat["round"], flat["domain"], strict=True)
        ]
        flat = flat.drop(columns="domain")
    return {
        "title": title,
        "note": note,
        "head": [str(column) for column in flat.columns],
        "rows": [[_cell(value) for value in row] for row in flat.itertuples(index=False)],
    }
