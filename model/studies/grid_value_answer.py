"""The study of the grid's worth in words, tables, maps and files."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from model.report.grid_limits import HEADINGS, shown_limits
from model.studies.framework.maps import (
    BURDEN,
    NEUTRAL,
    RELIEF,
    Disc,
    Panel,
    Stroke,
    centres_of,
    maps,
    nodes_of,
    shade,
    shades_of,
)
from model.studies.framework.page import Answer, Chapter, described, facts_of, money_held
from model.studies.framework.pictures import bars, figure
from model.studies.grid_value import RENT_KINDS, WORTHLESS, GridValue
from model.studies.plan import WITHOUT

LETTERS = 17
SHOWN = 20
"""Limits in the table that is open on the page; all are in the folded one and in the files."""
LIMIT_UNITS = {
    "limit": ("MW", "Secure limit, expansion included"),
    "loading_mean": ("share", "Mean use as a share of the limit"),
    "loading_peak": ("share", "Highest use as a share of the limit"),
    "congested_hours": ("h/year", "Hours of the year at the limit"),
    "price_mean": ("EUR/MWh", "Shadow price, mean over the congested hours"),
    "price_peak": ("EUR/MWh", "Highest shadow price in an hour"),
    "value": ("EUR/MW/year", "What one more MW of limit would save in the year"),
}
NODE_UNITS = {
    "price": ("EUR/MWh", "Price of electricity, mean over the hours of the year"),
    "price_value": ("EUR/year", "Worth at nodal prices of the power tried, given in every hour"),
    "location_value": ("EUR/year", "Part of it that is the place: above (below) the mean price of demand"),
    "marginal": ("EUR/year", "What the power tried would save by the dual of its capacity, own cost off"),
    "saving": ("EUR/year", "What it saves by re-solve, own cost off"),
    "rent": ("EUR/year", "Change of shadow price times limit over all corridors and hosting limits, by re-solve"),
    "hours": ("h/year", "Change of congested hours, added up over corridors and hosting limits, by re-solve"),
}
TEXTS = {
    "kind": ("text", "Kind of limit"),
    "place": ("text", "Corridor, region, interconnector or site"),
    "direction": ("text", "Direction in which the limit holds; empty: both"),
    "year": ("1", "Milestone year"),
    "node_kind": ("text", "Kind of node"),
    "region": ("text", "Region of the node"),
    "status": ("text", "End of the re-solve; no place: no small reactor may stand there"),
    "relieved": ("text", "Limit whose rent falls most"),
    "worsened": ("text", "Limit whose rent grows most"),
    "verdict": ("text", "What one more reactor does to the grid: prices and rents together"),
}


def answer_of(found: GridValue) -> Answer:
    """Put the study into words, tables and maps."""
    case = found.built.case
    facts = {
        **facts_of(case),
        "capacities": found.plan.origin,
        **{f"check of {name}": "; ".join(text) for name, text in found.findings.items()},
    }
    chapters = [
        Chapter("Which limits bind, and what one more MW is worth", words(found), limit_maps(found), compared(found)),
        Chapter(
            f"Where one reactor of {found.power:g} MW relieves or worsens, {found.year}",
            node_words(found),
            node_pictures(found),
            node_table(found, found.nodes[found.nodes["status"] != "no place"]),
        ),
        Chapter("Every node at its prices", [], [], node_table(found, found.nodes), folded=True),
        Chapter("Every limit in every year", [], [], shown_limits(found.limits, found.names), folded=True),
    ]
    if found.without is not None:
        shown = shown_limits(found.without, found.names)
        chapters.append(Chapter("Every limit without small reactors", [], [], shown, folded=True))
    return Answer(
        name="grid_value",
        title=f"What the grid is worth, and what one more small reactor of {found.power:g} MW does to it",
        subtitle=f"{found.built.scenario.run_name}: {found.built.scenario.title}",
        held_equal=held_equal(found),
        chapters=chapters,
        table=pd.concat(tables_of(found)),
        dataset=dataset_of(found),
        facts=facts,
        warnings=found.warnings,
    )


def held_equal(found: GridValue) -> list[str]:
    """What stays as it is at every node that is tried."""
    adapts = (
        "All other capacities stand as in the run."
        if found.plan.solution is None
        else "All other plants, stores and grid may adapt, in all years, as in the plan itself."
    )
    return [
        *money_held(found.built.scenario),
        f"Small reactors stand where the plan has them ({found.plan.origin}); the one that is tried comes on top, in "
        f"{found.year}. {adapts}",
        "Siting caps and build rates of small reactors do not hold the one that is tried: the question is what the "
        "grid would feel. The design is the cheapest that may stand at the node.",
        "One more MW is one more MW of secure limit in every hour of the year, reactance held. Its value is the sum of "
        "the hourly shadow prices times the hours, and holds for the first MW.",
    ]


def words(found: GridValue) -> list[str]:
    """The limits in sentences."""
    said = []
    for name, table in ((found.plan.name, found.limits), (WITHOUT, found.without)):
        if table is None:
            continue
        own = table[(table["year"] == found.year) & table["kind"].isin(RENT_KINDS)]
        rent = float((own["value"] * own["limit"]).sum())
        binding = int((own["value"] > 1.0).sum())
        dearest = own.iloc[0] if len(own) else None
        said.append(
            f"{name[0].upper()}{name[1:]}, {found.year}: {binding} of {len(own)} corridors and hosting limits are "
            f"worth more than 1 EUR per MW a year; price times limit adds up to {figure(rent / 1e6)} million EUR."
            + (
                f" Dearest: {_named(found, dearest)}, {figure(float(dearest['value']))} EUR/MW a year, "
                f"{figure(float(dearest['congested_hours']))} hours at the limit."
                if dearest is not None and float(dearest["value"]) > 1.0
                else ""
            )
        )
    return said


def _named(found: GridValue, row: pd.Series) -> str:
    place = found.names.get(str(row["place"]), str(row["place"]))
    way = {"feed_in": ", feed-in", "offtake": ", off-take", "import": ", import", "export": ", export"}
    return place + way.get(str(row["direction"]), "")


def compared(found: GridValue) -> pd.DataFrame:
    """The dearest limits of the year inside the country, with their worth without small reactors beside."""
    table = found.limits[(found.limits["year"] == found.year) & (found.limits["kind"] != "interconnector")]
    table = table[(table["value"] > WORTHLESS) | (table["congested_hours"] > 0)]
    labels = ["kind", "place", "direction", "year"]
    shown = shown_limits(table, found.names)
    if found.without is not None:
        other = found.without.set_index(labels)[["congested_hours", "value"]]
        beside = other.reindex(pd.MultiIndex.from_frame(table[labels]))
        shown["hours at limit, without SMR"] = beside["congested_hours"].to_numpy()
        shown["one more MW, without SMR"] = beside["value"].to_numpy()
    return shown.drop(columns="year").head(SHOWN).set_index("kind")


def limit_maps(found: GridValue) -> list[tuple[str, str]]:
    """Worth and hours of corridors and hosting limits on the map, with and without small reactors."""
    case = found.built.case
    if not centres_of(case):
        return []
    plans = [(found.plan.name, found.limits)] + ([(WITHOUT, found.without)] if found.without is not None else [])
    pictures = []
    for name, words_, unit in (
        ("value", "What one more MW would save", "EUR/MW a year"),
        ("congested_hours", "Hours at the limit", "h a year"),
    ):
        tables = [(plan, table[table["year"] == found.year]) for plan, table in plans]
        kinds = ["corridor", "hosting"]
        most = max([float(table.loc[table["kind"].isin(kinds), name].max()) for _, table in tables] + [1e-9])
        most = most if math.isfinite(most) else 1.0
        panels = [_panel(found, plan, table, name, unit, most) for plan, table in tables]
        key = f"{shades_of(most, unit)} Discs: hosting limits, left feed-in, right off-take."
        pictures.append((f"{words_}, {found.year}, {unit}", maps(case, panels, key=key)))
    return pictures


def _panel(found: GridValue, title: str, table: pd.DataFrame, name: str, unit: str, most: float) -> Panel:
    """One map of corridors as lines and hosting limits as discs."""
    case, places, centres = found.built.case, nodes_of(found.built.case), centres_of(found.built.case)
    strokes, discs = [], []
    electric = case.corridors[
        case.corridors["carrier"].isin(case.carriers.index[case.carriers["kind"] == "electricity"])
    ]
    for row in table[table["kind"] == "corridor"].to_dict("records"):
        if row["place"] not in electric.index or not row["limit"] > 0:
            continue
        ends = [str(electric.loc[row["place"], side]) for side in ("from_node", "to_node")]
        if all(end in places for end in ends):
            used = _share(row["loading_mean"])
            label = f"{row['place']}: {figure(row[name])} {unit}; {figure(row['limit'])} MW, {used} used"
            width = 1.5 + 4.0 * math.sqrt(row["limit"] / max(float(table["limit"].max()), 1.0))
            strokes.append(Stroke(places[ends[0]], places[ends[1]], label, row[name] / most, width))
    for row in table[table["kind"] == "hosting"].to_dict("records"):
        if row["place"] in centres:
            east, north = centres[row["place"]]
            side = -0.09 if row["direction"] == "feed_in" else 0.09
            place = found.names.get(row["place"], row["place"])
            way = "feed-in" if row["direction"] == "feed_in" else "off-take"
            label = f"{place}, {way}: {figure(row[name])} {unit}; {figure(row['limit'])} MW"
            discs.append(Disc((east + side, north), label, 6.5, shade(row[name] / most)))
    return Panel(title, strokes=sorted(strokes, key=lambda stroke: stroke.share), discs=discs)


def _share(value: float) -> str:
    return "–" if not math.isfinite(value) else f"{value:.0%}"


def node_words(found: GridValue) -> list[str]:
    """What the table of nodes says."""
    tried = found.nodes[found.nodes["status"] == "optimal"]
    said = [
        "Marginal figures hold for the first MW and are taken times the power: the worth of power given in every hour "
        "at the prices of the node, the part of it that is the place (the price there against the mean of demand), "
        "and what the dual of the capacity says, which knows heat, load following and the reactor's own cost.",
        "By re-solve the reactor stands there and the system adapts. A node relieves where its prices are above the "
        "mean and rents of the grid fall with the reactor; it worsens where both say the other, is neutral where "
        "neither says more than 0.1 million EUR a year, and mixed else.",
    ]
    for verdict in ("relieves", "neutral", "mixed", "worsens"):
        here = [found.names.get(str(node), str(node)) for node in tried.index[tried["verdict"] == verdict]]
        if here:
            said.append(f"{verdict.capitalize()}: {', '.join(here)}.")
    failed = found.nodes[~found.nodes["status"].isin(["optimal", "no place", "not asked"])]
    if len(failed):
        listed = "; ".join(f"{found.names.get(str(node), node)}: {status}" for node, status in failed["status"].items())
        said.append(f"Without an answer: {listed}.")
    return said


def node_pictures(found: GridValue) -> list[tuple[str, str]]:
    """The place's part of the price on the map, marginal beside re-solve, and savings as bars."""
    case, places = found.built.case, nodes_of(found.built.case)
    tried = found.nodes[found.nodes["status"] == "optimal"]
    pictures = []
    if centres_of(case) and len(found.nodes):
        panels = [
            _nodes_panel(found, places, "marginal: place, million EUR a year", found.nodes, "location_value", 1.0),
            _nodes_panel(found, places, "re-solve: fall of grid rent, million EUR a year", tried, "rent", -1.0),
        ]
        key = "Blue relieves the grid, red worsens it; a disc grows with the amount. The pointer tells the figures."
        pictures.append(
            (f"Where one more reactor of {found.power:g} MW relieves or worsens", maps(case, panels, key=key))
        )
    if len(tried):
        rows = []
        for node, row in tried.sort_values("saving", ascending=False).iterrows():
            name = _short(found.names.get(str(node), str(node)))
            rows += [(f"{name}, marginal", row["marginal"] / 1e6), (f"{name}, re-solve", row["saving"] / 1e6)]
        shades = {label: NEUTRAL if label.endswith("marginal") else RELIEF for label, _ in rows}
        caption = "What it would save the system a year, own cost off, million EUR"
        pictures.append((caption, bars(rows, "million EUR a year", shades)))
    return pictures


def _short(name: str) -> str:
    """A name that fits beside a bar."""
    text = name.split(" (")[0].replace(" 380/220 kV", "")
    return text if len(text) <= LETTERS else f"{text[: LETTERS - 1]}…"


def _nodes_panel(
    found: GridValue, places: dict[str, Any], title: str, table: pd.DataFrame, name: str, sign: float
) -> Panel:
    """One map with a disc at every node."""
    values = (sign * table[name]).dropna() / 1e6
    most = max(float(values.abs().max()) if len(values) else 0.0, 1e-9)
    discs = []
    for node, value in values.items():
        if str(node) in places:
            label = f"{found.names.get(str(node), str(node))}: {figure(float(value))} million EUR a year"
            radius = 2.5 + 12 * math.sqrt(abs(float(value)) / most)
            discs.append(Disc(places[str(node)], label, radius, RELIEF if value >= 0 else BURDEN))
    return Panel(title, discs=sorted(discs, key=lambda disc: -disc.radius))


def node_table(found: GridValue, nodes: pd.DataFrame) -> pd.DataFrame:
    """Nodes with marginal and re-solved figures, those first that were tried."""
    table = nodes.assign(asked=nodes["status"] == "optimal")
    table = table.sort_values(["asked", "saving", "location_value"], ascending=False)
    names = table.index.map(lambda node: found.names.get(str(node), str(node)))
    money = {name: table[name] / 1e6 for name in ("price_value", "location_value", "marginal", "saving", "rent")}
    return pd.DataFrame(
        {
            "price, EUR/MWh": table["price"].to_numpy(),
            "at nodal prices": money["price_value"].to_numpy(),
            "of which place": money["location_value"].to_numpy(),
            "marginal saving": money["marginal"].to_numpy(),
            "saving by re-solve": money["saving"].to_numpy(),
            "grid rent": money["rent"].to_numpy(),
            "congested hours": table["hours"].to_numpy(),
            "relieved most": table["relieved"].map(lambda one: _limit_name(found, one)).to_numpy(),
            "worsened most": table["worsened"].map(lambda one: _limit_name(found, one)).to_numpy(),
            "verdict": table["verdict"].where(table["verdict"] != "", table["status"]).to_numpy(),
        },
        index=pd.Index(names, name="node (million EUR a year)"),
    )


def _limit_name(found: GridValue, text: str) -> str:
    """A limit by the name of its place."""
    for direction, word in (("feed_in", "feed-in"), ("offtake", "off-take")):
        if text.endswith(f" {direction}"):
            place = text.removesuffix(f" {direction}")
            return f"{found.names.get(place, place)}, {word}"
    return text


def tables_of(found: GridValue) -> list[pd.DataFrame]:
    """Limits and nodes as rows of one file."""
    limits = [found.limits.assign(row="limit", plan=found.plan.name)]
    if found.without is not None:
        limits.append(found.without.assign(row="limit", plan=WITHOUT))
    nodes = found.nodes.reset_index().rename(columns={"node": "place", "kind": "node_kind"})
    return [*limits, nodes.assign(row="node", plan=found.plan.name, kind="node", year=found.year)]


def dataset_of(found: GridValue) -> xr.Dataset:
    """Limits by plan and node figures, with units."""
    plans = [(found.plan.name, found.limits)] + ([(WITHOUT, found.without)] if found.without is not None else [])
    labels = ["kind", "place", "direction", "year"]
    keys = pd.MultiIndex.from_frame(pd.concat([table[labels] for _, table in plans]).drop_duplicates())
    variables: dict[str, Any] = {name: ("entry", keys.get_level_values(name).to_numpy()) for name in labels}
    for name in HEADINGS:
        values = [table.set_index(labels)[name].reindex(keys).to_numpy(dtype=float) for _, table in plans]
        variables[name] = (("plan", "entry"), np.array(values))
    for name in (*NODE_UNITS, "region", "status", "relieved", "worsened", "verdict"):
        variables[name] = ("node", found.nodes[name].to_numpy())
    variables["node_kind"] = ("node", found.nodes["kind"].to_numpy())
    dataset = xr.Dataset(
        variables,
        coords={
            "plan": np.array([name for name, _ in plans], dtype=object),
            "node": found.nodes.index.to_numpy(dtype=object),
        },
    )
    attributes = {**facts_of(found.built.case), "study": "grid-value", "year": found.year, "power": found.power}
    return described(dataset, {**LIMIT_UNITS, **NODE_UNITS, **TEXTS}, {**attributes, "capacities": found.plan.origin})
