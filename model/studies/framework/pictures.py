"""Pictures of a study as SVG text: ranges, lines, bars.  They need no script and follow the colours of the page."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

WIDTH = 760.0
PALETTE = ("#0b6e99", "#d95f02", "#4c9f70", "#8d6cab", "#c7a000", "#a23b3b", "#5b6672")
UNDER = 42.0
"""Room below a picture of bars: a line of figures and, under it, their unit."""


@dataclass(frozen=True)
class Range:
    """A bar from low to high; where either is not finite, its `note` stands instead."""

    label: str
    low: float
    high: float
    note: str = ""


@dataclass(frozen=True)
class Line:
    """Points (x, y) joined by a line; a point that is not finite breaks it."""

    label: str
    points: Sequence[tuple[float, float]]


def colours_of(labels: Sequence[str]) -> dict[str, str]:
    """One colour per label, the same in every picture that is given them; the last, grey one of the palette is free."""
    return {label: PALETTE[number % (len(PALETTE) - 1)] for number, label in enumerate(labels)}


def ranges(rows: Sequence[Range], unit: str, mark: float = math.nan, mark_label: str = "") -> str:
    """Horizontal bars from low to high, with a vertical mark."""
    values = [value for row in rows for value in (row.low, row.high) if math.isfinite(value)] + _finite([mark])
    box = _Box(left=190.0, top=34.0, height=26.0 * len(rows), bottom=UNDER)
    scale = _Scale(0.0, max(values, default=1.0), box.left, box.right)
    parts = [*_vertical_rules(box, scale, unit)]
    for number, row in enumerate(rows):
        middle = box.top + 26.0 * number + 13.0
        parts.append(_text(box.left - 8, middle + 4, row.label, "end"))
        if not (math.isfinite(row.low) and math.isfinite(row.high)):
            parts.append(_text(box.left + 6, middle + 4, row.note or "no answer", kind="soft"))
            continue
        start, end = scale(row.low), scale(row.high)
        bar = f'<rect x="{start:.1f}" y="{middle - 7:.1f}" width="{max(end - start, 2):.1f}" height="14" rx="3"'
        words = f"{row.label}: {figure(row.low)} to {figure(row.high)} {unit}"
        parts.append(f'{bar} fill="{PALETTE[0]}"><title>{escape(words)}</title></rect>')
        parts.append(_text(end + 6, middle + 4, f"{figure(row.low)} – {figure(row.high)}", kind="soft"))
    if math.isfinite(mark):
        x = scale(mark)
        parts.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{box.top}" y2="{box.end:.1f}" stroke="{PALETTE[1]}" '
            'stroke-width="2"/>'
        )
        parts.append(_text(x, box.top - 16, mark_label, "middle", colour=PALETTE[1]))
    return _svg(parts, box)


def lines(series: Sequence[Line], x_unit: str, y_unit: str, mark: float = math.nan, mark_label: str = "") -> str:
    """Lines with dots over a common axis, with a vertical mark."""
    found = [(x, y) for line in series for x, y in line.points if math.isfinite(x) and math.isfinite(y)]
    box = _Box(left=64.0, top=40.0, height=250.0, bottom=64.0)
    across = _Scale(0.0, max([x for x, _ in found] + _finite([mark]), default=1.0), box.left, box.right)
    up = _Scale(min([y for _, y in found] + [0.0]), max([y for _, y in found] + [0.0]), box.end, box.top)
    parts = [*_horizontal_rules(box, up, y_unit)]
    for tick in across.ticks(8):
        parts.append(_text(across(tick), box.end + 18, figure(tick), "middle", "soft"))
    parts.append(_text(box.right, box.end + 36, x_unit, "end", "soft"))
    if math.isfinite(mark):
        x = across(mark)
        parts.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{box.top}" y2="{box.end:.1f}" stroke="{PALETTE[-1]}" '
            'stroke-dasharray="4 4"/>'
        )
        parts.append(_text(x, box.top - 6, mark_label, "middle", "soft"))
    for number, line in enumerate(series):
        colour = PALETTE[number % len(PALETTE)]
        path, started = "", False
        for x, y in line.points:
            if not (math.isfinite(x) and math.isfinite(y)):
                started = False
                continue
            path += f"{'L' if started else 'M'}{across(x):.1f},{up(y):.1f}"
            started = True
        parts.append(f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for x, y in line.points:
            if math.isfinite(x) and math.isfinite(y):
                words = f"{line.label}: {figure(y)} {y_unit} at {figure(x)} {x_unit}"
                parts.append(
                    f'<circle cx="{across(x):.1f}" cy="{up(y):.1f}" r="4" fill="{colour}">'
                    f"<title>{escape(words)}</title></circle>"
                )
        if len(series) > 1:
            parts.append(_text(box.left + 150 * number, box.end + 56, line.label, colour=colour))
    return _svg(parts, box)


def bars(values: Sequence[tuple[str, float]], unit: str, colours: Mapping[str, str] | None = None) -> str:
    """Horizontal bars from zero, negative ones to the left; a figure that is not finite is left out with a dash.

    Args:
        values: label and figure of each bar.
        unit: unit of the axis.
        colours: colour by label, so that a label keeps its colour from picture to picture; by default by place.
    """
    shades = colours or colours_of([label for label, _ in values])
    finite = [value for _, value in values if math.isfinite(value)]
    box = _Box(left=190.0, top=26.0, height=26.0 * len(values), bottom=UNDER)
    scale = _Scale(min([*finite, 0.0]), max([*finite, 0.0]), box.left, box.right)
    parts = [*_vertical_rules(box, scale, unit)]
    for number, (label, value) in enumerate(values):
        middle = box.top + 26.0 * number + 13.0
        parts.append(_text(box.left - 8, middle + 4, label, "end"))
        if not math.isfinite(value):
            parts.append(_text(scale(0.0) + 6, middle + 4, "–", kind="soft"))
            continue
        start, end = sorted((scale(0.0), scale(value)))
        words = escape(f"{label}: {figure(value)} {unit}")
        parts.append(
            f'<rect x="{start:.1f}" y="{middle - 7:.1f}" width="{max(end - start, 1):.1f}" height="14" rx="3" '
            f'fill="{shades.get(label, PALETTE[-1])}"><title>{words}</title></rect>'
        )
        parts.append(_text(end + 6, middle + 4, figure(value), kind="soft"))
    return _svg(parts, box)


def figure(value: float) -> str:
    """A number with as many digits as a picture deserves."""
    if not math.isfinite(value):
        return "–"
    size = abs(value)
    text = f"{value:,.{0 if size >= 100 else 1 if size >= 10 else 2}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


class _Box:
    """Where the axes stand in a picture."""

    def __init__(self, left: float, top: float, height: float, bottom: float) -> None:
        self.left, self.top, self.right = left, top, WIDTH - 90.0
        self.end = top + height
        self.height = self.end + bottom


class _Scale:
    """From figures to places along an axis, whose ends are round figures."""

    def __init__(self, low: float, high: float, start: float, end: float) -> None:
        if high <= low:
            high = low + 1.0
        self.low, self.high, self.start, self.end = low, high, start, end
        step = self.step(6)
        self.low, self.high = math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step

    def __call__(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def step(self, count: int) -> float:
        """Round distance between so many ticks."""
        raw = (self.high - self.low) / count
        power = 10.0 ** math.floor(math.log10(raw))
        return next(factor * power for factor in (1.0, 2.0, 2.5, 5.0, 10.0) if factor * power >= raw * (1 - 1e-9))

    def ticks(self, count: int) -> list[float]:
        """Round figures along the axis."""
        step = self.step(count)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [number * step for number in range(first, last + 1)]


def _vertical_rules(box: _Box, scale: _Scale, unit: str) -> list[str]:
    parts = []
    for tick in scale.ticks(6):
        x, kind = scale(tick), "zero" if tick == 0 else "rule"
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{box.top}" y2="{box.end:.1f}" class="{kind}"/>')
        parts.append(_text(x, box.end + 16, figure(tick), "middle", "soft"))
    return [*parts, _text(box.right, box.end + 34, unit, "end", "soft")]


def _horizontal_rules(box: _Box, scale: _Scale, unit: str) -> list[str]:
    parts = []
    for tick in scale.ticks(6):
        y, kind = scale(tick), "zero" if tick == 0 else "rule"
        parts.append(f'<line x1="{box.left}" x2="{box.right}" y1="{y:.1f}" y2="{y:.1f}" class="{kind}"/>')
        parts.append(_text(box.left - 8, y + 4, figure(tick), "end", "soft"))
    return [*parts, _text(0, box.top - 20, unit, kind="soft")]


def _text(x: float, y: float, words: str, anchor: str = "start", kind: str = "", colour: str = "") -> str:
    looks = f' class="{kind}"' if kind else ""
    looks += f' style="fill:{colour}"' if colour else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{looks}>{escape(words)}</text>'


def _svg(parts: Sequence[str], box: _Box) -> str:
    return f'<svg viewBox="0 0 {WIDTH:.0f} {box.height:.0f}" role="img">{"".join(parts)}</svg>'


def _finite(values: Sequence[float]) -> list[float]:
    return [value for value in values if math.isfinite(value)]
