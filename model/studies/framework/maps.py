"""Maps of a study as SVG text: regions shaded by a figure, lines between nodes, discs at places."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from model.studies.framework.pictures import WIDTH, figure

if TYPE_CHECKING:
    from model.data.case import Case

Point = tuple[float, float]
HEIGHT, TOP, KEY_LINE, KEY_LETTERS = 430.0, 40.0, 18.0, 105
RELIEF, BURDEN, NEUTRAL = "#0b6e99", "#a23b3b", "#9aa4b1"
SCALE = ("#d7dde4", "#f3cf7a", "#ee9b4a", "#d9572c", "#8e1b1b")
"""Shades of a figure from nothing to its most."""
NOTHING = 2e-3
"""Share of the most below which a figure is dust."""


@dataclass(frozen=True)
class Stroke:
    """A line between two places: label, its share of the most (0 to 1), width in points."""

    start: Point
    end: Point
    label: str
    share: float
    width: float = 4.0


@dataclass(frozen=True)
class Disc:
    """A disc at a place: label, radius in points, colour, and figure shown beside it."""

    at: Point
    label: str
    radius: float
    colour: str
    shown: str = ""


@dataclass(frozen=True)
class Panel:
    """One map: title, by region a value (shaded blue above zero, red below) with words, strokes and discs."""

    title: str
    regions: Mapping[str, float] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    strokes: Sequence[Stroke] = ()
    discs: Sequence[Disc] = ()


def maps(case: Case, panels: Sequence[Panel], most: float = 0.0, key: str = "") -> str:
    """Maps side by side, two in a row, of one scale.

    Args:
        case: its regions, outlines and nodes.
        panels: the maps.
        most: value of a region with the deepest shade; by default the largest of all panels.
        key: a line of words below.
    """
    shapes, centres = outlines(case), centres_of(case)
    if not centres and not shapes:
        return ""
    place = Projection(shapes, [*centres.values(), *nodes_of(case).values()], WIDTH / 2)
    values = [abs(value) for panel in panels for value in panel.regions.values() if math.isfinite(value)]
    most = most or max([*values, 1e-9])
    parts = []
    rows = (len(panels) + 1) // 2
    for number, panel in enumerate(panels):
        x, y = (number % 2) * WIDTH / 2, (number // 2) * HEIGHT
        parts.append(f'<g transform="translate({x:.0f},{y:.0f})">')
        parts.append(f'<text x="8" y="16" class="title">{escape(panel.title)}</text>')
        parts += [_region(place, region, rings, panel, most) for region, rings in shapes.items()]
        parts += [_stroke(place, stroke) for stroke in panel.strokes]
        for disc in panel.discs:
            parts += _disc(place, disc)
        parts.append("</g>")
    end = rows * HEIGHT
    lines = textwrap.wrap(key, KEY_LETTERS)
    parts += [
        f'<text x="8" y="{end + 20 + KEY_LINE * number:.0f}" class="soft">{escape(line)}</text>'
        for number, line in enumerate(lines)
    ]
    return f'<svg viewBox="0 0 {WIDTH:.0f} {end + 14 + KEY_LINE * len(lines):.0f}" role="img">{"".join(parts)}</svg>'


def shade(share: float) -> str:
    """Colour of a share between nothing and the most."""
    if not math.isfinite(share) or share <= NOTHING:
        return SCALE[0]
    return SCALE[min(len(SCALE) - 1, 1 + int(min(share, 0.999) * (len(SCALE) - 1)))]


def shades_of(most: float, unit: str) -> str:
    """What the shades mean, in words."""
    steps = [most * number / (len(SCALE) - 1) for number in range(1, len(SCALE))]
    return f"Lines from grey (none) by yellow and orange to dark red: up to {', '.join(map(figure, steps))} {unit}."


def _region(place: Projection, region: str, rings: Sequence[Sequence[Point]], panel: Panel, most: float) -> str:
    value = panel.regions.get(region, math.nan)
    fill = 'fill="var(--land, #eceff3)"'
    if math.isfinite(value) and abs(value) > 1e-9 * most:
        depth = 0.1 + 0.6 * min(abs(value) / most, 1.0)
        fill = f'fill="{RELIEF if value > 0 else BURDEN}" fill-opacity="{depth:.2f}"'
    path = "".join("M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in map(place, ring)) + "Z" for ring in rings)
    words = escape(panel.words.get(region, region))
    return f'<path d="{path}" {fill} stroke="var(--border, #c3cad3)"><title>{words}</title></path>'


def _stroke(place: Projection, stroke: Stroke) -> str:
    (x1, y1), (x2, y2) = place(stroke.start), place(stroke.end)
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{shade(stroke.share)}" '
        f'stroke-width="{stroke.width:.1f}" stroke-linecap="round"><title>{escape(stroke.label)}</title></line>'
    )


def _disc(place: Projection, disc: Disc) -> list[str]:
    x, y = place(disc.at)
    parts = [
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{disc.radius:.1f}" fill="{disc.colour}" fill-opacity="0.8" '
        f'stroke="var(--paper, #fff)"><title>{escape(disc.label)}</title></circle>'
    ]
    if disc.shown:
        style = "font-size:10.5px"
        parts.append(
            f'<text x="{x:.1f}" y="{y + disc.radius + 11:.1f}" text-anchor="middle" class="halo" '
            f'style="{style}">{escape(disc.shown)}</text>'
        )
    return parts


def outlines(case: Case) -> dict[str, list[list[Point]]]:
    """Rings of (longitude, latitude) by region; none where the data set draws none."""
    table = case.tables.get("outlines", pd.DataFrame())
    found: dict[str, list[list[Point]]] = {}
    if table is None or table.empty:
        return found
    for key, ring in table.sort_values("sequence").groupby(["region", "ring"]):
        region = key[0] if isinstance(key, tuple) else key
        points = list(zip(ring["longitude"].astype(float), ring["latitude"].astype(float), strict=True))
        found.setdefault(str(region), []).append(points)
    return found


def centres_of(case: Case) -> dict[str, Point]:
    """Place of each region, where the data set gives one."""
    table = case.tables.get("regions", pd.DataFrame())
    return _places(table, "region")


def nodes_of(case: Case) -> dict[str, Point]:
    """Place of each node, where the data set gives one."""
    return _places(case.nodes.reset_index(), "node")


def _places(table: pd.DataFrame, label: str) -> dict[str, Point]:
    if label not in table or "longitude" not in table:
        return {}
    columns = (table[name] for name in (label, "longitude", "latitude"))
    places = {str(name): (float(east), float(north)) for name, east, north in zip(*columns, strict=True)}
    return {name: point for name, point in places.items() if all(map(math.isfinite, point))}


class Projection:
    """From longitude and latitude to a place in a map of some width."""

    def __init__(self, shapes: Mapping[str, Sequence[Sequence[Point]]], others: Sequence[Point], width: float) -> None:
        """Fit everything into the width."""
        points = [point for rings in shapes.values() for ring in rings for point in ring] + list(others)
        self.west, self.east = min(p[0] for p in points), max(p[0] for p in points)
        self.south, self.north = min(p[1] for p in points), max(p[1] for p in points)
        self.narrow = math.cos(math.radians((self.south + self.north) / 2))
        wide = max((self.east - self.west) * self.narrow, 1e-6)
        tall = max(self.north - self.south, 1e-6)
        self.size = min((width - 30) / wide, (HEIGHT - TOP - 16) / tall)

    def __call__(self, point: Point) -> Point:
        """The place of (longitude, latitude)."""
        x = 12 + (point[0] - self.west) * self.narrow * self.size
        return x, TOP + (self.north - point[1]) * self.size
