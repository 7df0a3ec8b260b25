"""The study of modes in words, tables and pictures."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from model.studies.framework.page import Answer, Chapter, described, facts_of, money_held, region_names
from model.studies.framework.pictures import PALETTE, bars, colours_of, figure
from model.studies.modes import NATIONAL, REFERENCE, SITE, USES, Modes
from model.studies.modes_figures import FIGURES

SHOWN = {
    SITE: (
        "extra_cost", "extra_annual_cost", "reactor_electricity", "reactor_heat", "utilisation", "hydrogen_at_site",
        "electrolysis_at_site", "site_peak_import", "site_price", "region_offtake_loading", "region_feed_in_loading",
        "region_offtake_value",
        "region_feed_in_value", "region_corridor_loading", "region_corridor_value", "emissions_at_site", "emissions",
        "carbon_price",
    ),
    NATIONAL: (
        "extra_cost", "extra_annual_cost", "reactor_electricity", "reactor_heat", "utilisation", "hydrogen",
        "hydrogen_import", "grid_rent", "grid_built", "limits_binding", "emissions", "carbon_price", "backstop",
        "unserved",
    ),
}  # fmt: skip
EXTRA = {
    "extra_cost": ("cost", 1e3, "million EUR", "System cost above that without small reactors, over all years"),
    "extra_annual_cost": ("annual_cost", 1.0, "million EUR/year", "The same of the year alone"),
}
"""Differences to the reference: figure, factor to its unit, unit, sentence."""
PICTURES = {
    SITE: ("reactor_electricity", "reactor_heat", "hydrogen_at_site", "site_peak_import", "region_offtake_loading",
           "emissions_at_site", "emissions"),
    NATIONAL: ("reactor_electricity", "reactor_heat", "hydrogen", "grid_rent", "grid_built", "emissions"),
}  # fmt: skip


def answer_of(found: Modes) -> Answer:
    """Put the study into words, tables and pictures."""
    facts = {**facts_of(found.case), **{f"check of {name}": "; ".join(text) for name, text in found.findings.items()}}
    power = {level: f"{amount:,.0f} MW_e" for level, amount in found.power.items()}
    place, region = f"{found.case.nodes['name'][found.site]} ({found.site})", region_names(found.case)[found.region]
    headings = {
        SITE: f"{power[SITE]} at one place: {place} and the grid of {region}, {found.year}",
        NATIONAL: f"{power[NATIONAL]} in the country, {found.year}",
    }
    return Answer(
        name="modes",
        title=f"What small reactors are used for: four uses of the same capacity in {found.year}",
        subtitle=f"{found.scenario.run_name}: {found.scenario.title}",
        held_equal=[
            *money_held(found.scenario),
            f"The capacity of small reactors in {found.year}: exactly {power[SITE]} at the place (and none elsewhere), "
            f"or exactly {power[NATIONAL]} in the country. Only places that the use allows count.",
            "Tables, hours, weather, demand, prices, limits of the grid and policy: those of the scenario. "
            "Large reactors stay as the scenario has them.",
            "What is not held: the design of the reactors, and all other plants, stores and grid, which each use "
            "chooses at least cost. Earlier years are free too.",
            f"The reference has no small reactors in any year. {_what_uses_do()}",
            *_hydrogen_held(found),
        ],
        chapters=[_chapter(found, level, headings[level]) for level in (SITE, NATIONAL)],
        table=found.table,
        dataset=dataset_of(found, facts),
        facts=facts,
        warnings=found.warnings,
    )


def _hydrogen_held(found: Modes) -> list[str]:
    """What is forced where reactors make hydrogen, in a sentence."""
    if not any(use.hydrogen and use.name in set(found.table["use"]) for use in USES):
        return []
    return [
        f"Co-production of hydrogen: beside the reactors stands electrolysis of at least their electric power, and in "
        f"the year it makes at least {100 * found.hydrogen_share:g} % of what it could make (--hydrogen-share). Over "
        "the year the reactors give at least the power that it takes; in an hour it may come from the grid. They may "
        "give heat as well, and both are reported. No other use is held to any hydrogen."
    ]


def _what_uses_do() -> str:
    return "The uses: " + "; ".join(f"{use.name}: {use.words}" for use in USES) + "."


def _chapter(found: Modes, level: str, title: str) -> Chapter:
    rows = found.table[found.table["level"] == level].set_index("use")
    uses = rows.drop(index=REFERENCE)
    extra = (uses["cost"] - rows["cost"].to_dict()[REFERENCE]) * 1e3
    shades = {REFERENCE: PALETTE[-1], **colours_of([use.name for use in USES])}
    pictures = [
        (
            "System cost above (or below) that without small reactors, million EUR, discounted over all years",
            bars(list(zip(extra.index, extra, strict=True)), "million EUR", shades),
        )
    ]
    for name in PICTURES[level]:
        unit, sentence = FIGURES[name]
        values = [(str(use), float(value)) for use, value in rows[name].items()]
        pictures.append((f"{sentence}, {unit}", bars(values, unit, shades)))
    return Chapter(title, _words(uses, extra, level), pictures, table_of(rows, SHOWN[level]))


def _products(use: str, row: pd.Series, level: str) -> str:
    """What comes of co-production: hydrogen, heat and power, as they are."""
    hydrogen, place = ("hydrogen_at_site", "at the site") if level == SITE else ("hydrogen", "in the country")
    made, heat, power = (figure(float(row[name])) for name in (hydrogen, "reactor_heat", "reactor_electricity"))
    return (
        f"{use[0].upper()}{use[1:]}: {made} TWh of hydrogen from electrolysis {place}; the reactors give {heat} TWh of "
        f"heat and {power} TWh of power."
    )


def _tied(extra: pd.Series, value: float) -> str:
    """The uses that cost so much, to the figures shown."""
    names = [str(use) for use, cost in extra.items() if figure(float(cost)) == figure(value)]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]} alike"


def _words(uses: pd.DataFrame, extra: pd.Series, level: str) -> list[str]:
    solved = extra.dropna().sort_values()
    words = []
    if len(solved):
        cheapest, dearest = (_tied(solved, float(solved.iloc[place])) for place in (0, -1))
        least, most = (f"{figure(float(solved.iloc[place]))} million EUR" for place in (0, -1))
        against = "against no small reactors (below zero: they save)"
        words.append(
            f"All that were solved cost the system the same: {least} {against}."
            if cheapest == dearest
            else f"Cheapest for the system: {cheapest}, {least} {against}; dearest: {dearest}, {most}."
        )
    for use in USES:
        if "coproduction" in use.modes and use.name in solved.index:
            words.append(_products(use.name, uses.T[use.name], level))
    failed = uses[uses["status"] != "optimal"]
    if len(failed):
        listed = "; ".join(f"{use}: {status}" for use, status in failed["status"].items())
        words.append(f"Without an answer at this capacity: {listed}.")
    return words


def table_of(rows: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    """Figures as rows, uses as columns, with units."""
    known = rows.assign(
        **{name: (rows[of] - rows[of].to_dict()[REFERENCE]) * factor for name, (of, factor, *_) in EXTRA.items()}
    )
    table = known[list(names)].T
    words = {**FIGURES, **{name: (unit, sentence) for name, (_, _, unit, sentence) in EXTRA.items()}}
    table.insert(0, "unit", [words[name][0] for name in names])
    table.index = pd.Index([words[name][1] for name in names], name="figure")
    return table.rename_axis(columns=None)


def dataset_of(found: Modes, facts: dict[str, str]) -> xr.Dataset:
    """All figures over (level, use), with units."""
    levels, uses = [SITE, NATIONAL], list(dict.fromkeys(found.table["use"]))
    places = tuple(
        pd.Index(labels).get_indexer(pd.Index(found.table[column]))
        for labels, column in ((levels, "level"), (uses, "use"))
    )
    variables: dict[str, Any] = {}
    for name in ("status", "seconds", *FIGURES):
        text = name == "status"
        cells = np.full((len(levels), len(uses)), "" if text else np.nan, dtype=object if text else float)
        cells[places] = found.table[name].to_numpy()
        variables[name] = (("level", "use"), cells)
    dataset = xr.Dataset(variables, coords={"level": np.array(levels, object), "use": np.array(uses, object)})
    units = {**FIGURES, "status": ("text", "End of the solver"), "seconds": ("s", "Time of the solve and its check")}
    forced = {f"power_{level}": amount for level, amount in found.power.items()}
    attributes = {**facts, "study": "modes", "year": found.year, "site": found.site, "region": found.region, **forced}
    return described(dataset, units, attributes)
