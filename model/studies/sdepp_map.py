"""Where awards land on the map, against the room that the grid still has."""

from __future__ import annotations

import math
from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from model.studies.framework.pictures import WIDTH

if TYPE_CHECKING:
    from model.data.case import Case

TITLES = {"feed_in": "Feed-in: sun and wind", "offtake": "Off-take: boilers, pumps, electrolysis"}
ROOM, OVER, AWARD = "#4c9f70", "#a23b3b", "#0b6e99"
HEIGHT = 430.0
TOP = 40.0
Shapes = Mapping[str, list[list[tuple[float, float]]]]
STEPS = 4
"""Shades of the fill."""


def award_map(case: Case, room: pd.DataFrame, awarded: pd.Series) -> str:
    """Two maps: provinces shaded by room, a disc for the grid use of the awards; red where it is more than the room.

    Args:
        case: its regions and outlines.
        room: index (region, direction); room, MW.
        awarded: MW of grid use of the awards, by (region, direction).
    """
    shapes = _outlines(case)
    table = case.tables["regions"]
    columns = (table[name] for name in ("region", "longitude", "latitude"))
    centres = {str(region): (float(east), float(north)) for region, east, north in zip(*columns, strict=True)}
    place = _Place(shapes, centres)
    used = {(str(key[0]), str(key[1])): float(value) for key, value in zip(awarded.index, awarded, strict=True)}
    largest = max([*used.values(), 1.0])
    parts = []
    for number, direction in enumerate(("feed_in", "offtake")):
        parts.append(f'<g transform="translate({number * WIDTH / 2:.0f},0)">')
        parts.append(f'<text x="8" y="16" class="title">{escape(TITLES[direction])}, MW</text>')
        found = room["room"].xs(direction, level="direction").replace(np.inf, np.nan)
        rooms = {str(region): float(value) for region, value in found.items()}
        most = max([*(value for value in rooms.values() if math.isfinite(value)), 1.0])
        for region, rings in shapes.items():
            value = rooms.get(region, math.nan)
            depth = 0.0 if not math.isfinite(value) else 0.12 + 0.58 * math.ceil(STEPS * value / most) / STEPS
            fill = f'fill="{ROOM}" fill-opacity="{depth:.2f}"' if value > 0 else 'fill="var(--land, #eceff3)"'
            path = "".join("M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in map(place, ring)) + "Z" for ring in rings)
            words = f"{region}: room {value:,.0f} MW" if math.isfinite(value) else f"{region}: no limit known"
            parts.append(
                f'<path d="{path}" {fill} stroke="var(--border, #c3cad3)"><title>{escape(words)}</title></path>'
            )
        for region in centres:
            parts += _disc(place, centres, region, direction, rooms, used, largest)
        parts.append("</g>")
    parts += _key(largest)
    return f'<svg viewBox="0 0 {WIDTH:.0f} {HEIGHT + 50:.0f}" role="img">{"".join(parts)}</svg>'


def _disc(
    place: _Place,
    centres: Mapping[str, tuple[float, float]],
    region: str,
    direction: str,
    rooms: Mapping[str, float],
    awarded: Mapping[tuple[str, str], float],
    largest: float,
) -> list[str]:
    value, free = awarded.get((region, direction), 0.0), rooms.get(region, math.nan)
    x, y = place(centres[region])
    colour = OVER if math.isfinite(free) and value > free + 1e-6 else AWARD
    limit = f"{free:,.0f}" if math.isfinite(free) else "-"
    words = f"{region}: awards use {value:,.0f} MW of the grid; room {limit} MW"
    return [
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{_radius(value, largest):.1f}" fill="{colour}" fill-opacity="0.75">'
        f"<title>{escape(words)}</title></circle>",
        f'<text x="{x:.1f}" y="{y + 22:.1f}" text-anchor="middle" class="halo" '
        f'style="font-size:10.5px">{value:,.0f} / {limit}</text>',
    ]


def _radius(value: float, largest: float) -> float:
    return 17.0 * math.sqrt(max(value, 0.0) / largest)


def _key(largest: float) -> list[str]:
    y = HEIGHT + 26
    size = 10.0 ** math.floor(math.log10(largest))
    shown = size * max(1, int(largest / size / 2))
    return [
        f'<circle cx="24" cy="{y}" r="{_radius(shown, largest):.1f}" fill="{AWARD}" fill-opacity="0.75"/>',
        f'<text x="46" y="{y + 4}">awards, {shown:,.0f} MW of grid use (figures: awards / room)</text>',
        f'<circle cx="392" cy="{y}" r="7" fill="{OVER}" fill-opacity="0.75"/>',
        f'<text x="406" y="{y + 4}">more than the room</text>',
        f'<rect x="544" y="{y - 6}" width="14" height="12" fill="{ROOM}" fill-opacity="0.7"/>',
        f'<text x="564" y="{y + 4}">much room; grey: none</text>',
    ]


def _outlines(case: Case) -> Shapes:
    """Rings of (longitude, latitude) by region; none where the data set draws none."""
    table = case.tables["outlines"]
    found: dict[str, list[list[tuple[float, float]]]] = {}
    for key, ring in table.sort_values("sequence").groupby(["region", "ring"]):
        region = key[0] if isinstance(key, tuple) else key
        points = list(zip(ring["longitude"].astype(float), ring["latitude"].astype(float), strict=True))
        found.setdefault(str(region), []).append(points)
    return found


class _Place:
    """From longitude and latitude to a place in the left half of the picture."""

    def __init__(self, shapes: Shapes, centres: Mapping[str, tuple[float, float]]) -> None:
        points = [point for rings in shapes.values() for ring in rings for point in ring]
        points += list(centres.values())
        self.west, self.east = min(p[0] for p in points), max(p[0] for p in points)
        self.south, self.north = min(p[1] for p in points), max(p[1] for p in points)
        self.narrow = math.cos(math.radians((self.south + self.north) / 2))
        wide = max((self.east - self.west) * self.narrow, 1e-6)
        tall = max(self.north - self.south, 1e-6)
        self.size = min((WIDTH / 2 - 30) / wide, (HEIGHT - TOP) / tall)

    def __call__(self, point: tuple[float, float]) -> tuple[float, float]:
        x = 12 + (point[0] - self.west) * self.narrow * self.size
        return x, TOP + (self.north - point[1]) * self.size
