"""Pictures of a subsidy round as SVG text: merit order, budget, cash by year, map. They need no script."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from model.sdepp.categories import DOMAINS
from model.sdepp.reading import records
from model.studies.framework.pictures import WIDTH, figure

if TYPE_CHECKING:
    from model.sdepp.outcome import Outcome
    from model.sdepp.rounds import Round

MILLION, BILLION = 1e6, 1e9
COLOURS = {
    "renewable_electricity": "#c7a000",
    "combined_heat_and_power": "#8d6cab",
    "carbon_capture": "#5b6672",
    "high_temperature_heat": "#a23b3b",
    "low_temperature_heat": "#d95f02",
    "molecules": "#4c9f70",
}
NAMES = {name: name.replace("_", " ") for name in DOMAINS}
PALE, GENERAL, FAINT = 0.28, 0.55, 0.13
THIN = 0.6
"""Bars of the merit order that are thinner than this, in units of the picture, are drawn together with their like."""
LEFT, RIGHT = 70.0, WIDTH - 20.0


def merit_order(outcome: Outcome) -> str:
    """All valid applications by subsidy intensity: width is the claim, pale is refused; phase limits and ceiling."""
    rows = outcome.applications
    rows = rows[rows["free"].notna()].sort_values(["intensity", "rank"])
    claims = rows["claim"].to_numpy(float) / BILLION
    ends = np.cumsum(claims)
    limits = sorted(_limits(outcome.round))
    high = max([*limits, float(rows["intensity"].max())]) if len(rows) else 400.0
    low = min(0.0, float(rows["intensity"].min())) if len(rows) else 0.0
    across = _Axis(0.0, max(float(ends[-1]) if len(ends) else 1.0, outcome.round.ceiling / BILLION), LEFT, RIGHT)
    up = _Axis(low, high, 330.0, 30.0)
    parts = [
        *up.rules(LEFT, RIGHT, "EUR per t CO2"),
        *across.ticks_below(330.0, "claims in order of intensity, bn EUR"),
    ]
    for phase in outcome.round.phases:
        parts += _limit_line(up, phase.limit, f"phase {phase.phase}")
        if phase.limit_hekjes != phase.limit:
            parts += _limit_line(up, phase.limit_hekjes, f"phase {phase.phase}, domains with a hekje")
    columns = (rows[name].astype(str).tolist() for name in ("domain", "technique"))
    parts += _bars_of(
        list(zip(*columns, rows["awarded"].tolist(), rows["intensity"].tolist(), strict=True)),
        [across(value) for value in (ends - claims)],
        [across(value) for value in ends],
        up,
    )
    x = across(outcome.round.ceiling / BILLION)
    parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="28" y2="330" class="zero" stroke-dasharray="6 3"/>')
    parts.append(_text(x, 22, f"ceiling {outcome.round.ceiling / BILLION:g} bn", "middle"))
    parts += _strips(outcome, across, rows, ends)
    height = 368.0 + 28.0 * len(_domains(rows))
    parts += _legend(_domains(rows), height + 30)
    return _svg(parts, height + 40)


def _limits(held: Round) -> set[float]:
    found = {value for phase in held.phases for value in (phase.limit, phase.limit_hekjes)}
    return {value for value in found if math.isfinite(value)}


def _limit_line(up: _Axis, limit: float, words: str) -> list[str]:
    if not math.isfinite(limit):
        return []
    y = up(limit)
    return [
        f'<line x1="{LEFT}" x2="{RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#0b6e99" stroke-dasharray="2 4"/>',
        _text(LEFT + 4, y - 3, f"{words}: {limit:g}", kind="soft") if words != "phase 5" else "",
    ]


def _bars_of(
    rows: Sequence[tuple[str, str, bool, float]], starts: Sequence[float], ends: Sequence[float], up: _Axis
) -> list[str]:
    """Bars from zero to the intensity; thin neighbours of one domain and fate become one, at their mean."""
    parts, place = [], 0
    while place < len(rows):
        domain, technique, won, _ = rows[place]
        last = place
        while last + 1 < len(rows) and rows[last + 1][0] == domain and rows[last + 1][2] == won:
            if ends[last + 1] - starts[place] > 3 * THIN and ends[last] - starts[place] > THIN:
                break
            last += 1
        height = float(np.mean([row[3] for row in rows[place : last + 1]]))
        top, bottom = sorted((up(0.0), up(height)))
        words = f"{technique}, {NAMES.get(domain, domain)}: {height:,.0f} EUR/t, {'awarded' if won else 'refused'}"
        parts.append(
            f'<rect x="{starts[place]:.2f}" y="{top:.1f}" width="{max(ends[last] - starts[place], 0.15):.2f}" '
            f'height="{max(bottom - top, 0.8):.1f}" fill="{COLOURS.get(domain, "#999")}" '
            f'fill-opacity="{1 if won else PALE}"><title>{escape(words)}</title></rect>'
        )
        place = last + 1
    return parts


def _strips(outcome: Outcome, across: _Axis, rows: pd.DataFrame, ends: np.ndarray) -> list[str]:
    """Below the axis, a strip per domain: claims from its reserve (full), from the general pot, or refused."""
    parts = []
    for number, domain in enumerate(_domains(rows)):
        y = 388.0 + 28.0 * number
        own = (rows["domain"] == domain).to_numpy()
        for row, end in zip(records(rows[own]), ends[own], strict=True):
            start = end - row.claim / BILLION
            edge = start + (row.from_reserve / BILLION if row.awarded else 0.0)
            rest = GENERAL if row.awarded else FAINT
            for low, high, depth in ((start, edge, 1.0), (edge, end, rest)):
                if across(high) - across(low) > 0.02:
                    parts.append(
                        f'<rect x="{across(low):.2f}" y="{y:.1f}" width="{across(high) - across(low):.2f}" '
                        f'height="10" fill="{COLOURS[domain]}" fill-opacity="{depth}"/>'
                    )
        claims, won = rows["claim"].to_numpy(float)[own], rows["awarded"].to_numpy(bool)[own]
        words = f"{NAMES[domain]}: {claims[won].sum() / MILLION:,.0f} of {claims.sum() / MILLION:,.0f} M awarded"
        if domain in outcome.round.hekjes:
            used = float(rows["from_reserve"].to_numpy(float)[own][won].sum())
            reserve = outcome.round.hekjes[domain]
            words += f"; hekje {NAMES[domain]}: {used / MILLION:,.0f} of {reserve / MILLION:,.0f} M used"
        parts.append(f'<line x1="{LEFT}" x2="{RIGHT}" y1="{y + 11}" y2="{y + 11}" class="rule"/>')
        parts.append(_text(LEFT, y - 4, words, kind="soft"))
    return parts


def _domains(rows: pd.DataFrame) -> list[str]:
    return [name for name in DOMAINS if name in set(rows["domain"])]


def waterfall(outcome: Outcome) -> str:
    """From the ceiling down: what each domain is awarded, from its reserve (dark) and the general pot; what is left."""
    table = outcome.by_domain()
    sums: dict[str, dict[Any, float]] = {column: table[column].to_dict() for column in ("asked", "awarded")}
    used: dict[Any, float] = outcome.hekjes()["from_reserve"].to_dict()
    ceiling = outcome.round.ceiling / MILLION
    up = _Axis(0.0, ceiling, 300.0, 34.0)
    names = [str(name) for name in table.index]
    step = (RIGHT - LEFT) / (len(names) + 2)
    parts = [*up.rules(LEFT, RIGHT, "million EUR")]

    def bar(place: int, low: float, high: float, colour: str, depth: float = 1.0, words: str = "") -> None:
        top, bottom = up(high), up(low)
        parts.append(
            f'<rect x="{LEFT + step * place + step * 0.12:.1f}" y="{top:.1f}" width="{step * 0.76:.1f}" '
            f'height="{max(bottom - top, 0.5):.1f}" fill="{colour}" fill-opacity="{depth}">'
            f"<title>{escape(words)}</title></rect>"
        )

    bar(0, 0.0, ceiling, "#0b6e99", words=f"ceiling: {ceiling:,.0f}")
    labels = [("ceiling", ceiling, ceiling, "")]
    left = ceiling
    for place, name in enumerate(names, start=1):
        awarded, asked = sums["awarded"][name] / MILLION, sums["asked"][name] / MILLION
        reserve = used.get(name, 0.0) / MILLION
        bar(place, left - reserve, left, COLOURS[name], 1.0, f"from the reserve: {reserve:,.0f}")
        bar(place, left - awarded, left - reserve, COLOURS[name], 0.55, f"general pot: {awarded - reserve:,.0f}")
        labels.append((NAMES[name], left, awarded, f"asked {asked:,.0f}"))
        left -= awarded
    bar(len(names) + 1, 0.0, left, "#999999", words=f"not awarded: {left:,.0f}")
    labels.append(("left", left, left, ""))
    for place, (label, top, value, below) in enumerate(labels):
        x = LEFT + step * (place + 0.5)
        parts.append(_text(x, up(top) - 5, f"{value:,.0f}", "middle"))
        for line, words in enumerate([*_folded(label), *([below] if below else [])]):
            parts.append(_text(x, 318.0 + 14 * line, words, "middle", "soft"))
    return _svg(parts, 380.0)


def cash_by_year(by_technique: pd.DataFrame, domains: Mapping[str, str], totals: Mapping[str, pd.Series]) -> str:
    """Payments by year: bars by domain in one price scenario, lines for the sum in others.

    Args:
        by_technique: technique over year, million EUR.
        domains: domain by technique.
        totals: million EUR by year, by name of the price scenario.
    """
    by_domain = by_technique.groupby(by_technique.index.map(lambda name: domains.get(str(name), ""))).sum()
    years = [int(year) for year in by_domain.columns]
    ordered = [name for name in DOMAINS if name in by_domain.index]
    figures = {name: [float(value) for value in by_domain.loc[name].to_numpy(float)] for name in ordered}
    positive = by_domain.clip(lower=0.0).sum()
    negative = by_domain.clip(upper=0.0).sum()
    highest = max([float(positive.max()), *(float(series.max()) for series in totals.values())])
    lowest = min([0.0, float(negative.min()), *(float(series.min()) for series in totals.values())])
    up = _Axis(lowest, highest, 290.0, 34.0)
    step = (RIGHT - LEFT) / len(years)
    parts = [*up.rules(LEFT, RIGHT, "million EUR a year")]
    for place, year in enumerate(years):
        base = {True: 0.0, False: 0.0}
        x = LEFT + step * place
        for name in ordered:
            value = figures[name][place]
            start, base[value >= 0] = base[value >= 0], base[value >= 0] + value
            top, bottom = sorted((up(start), up(start + value)))
            if bottom - top > 0.05:
                parts.append(
                    f'<rect x="{x + step * 0.12:.1f}" y="{top:.1f}" width="{step * 0.76:.1f}" '
                    f'height="{bottom - top:.1f}" fill="{COLOURS[name]}"><title>'
                    f"{year}, {NAMES[name]}: {value:,.0f}</title></rect>"
                )
        if year % 2 == 0 or len(years) < 14:
            parts.append(_text(x + step / 2, 308.0, str(year), "middle", "soft"))
    for number, (name, series) in enumerate(totals.items()):
        points = [(LEFT + step * (place + 0.5), up(float(series.get(year, 0.0)))) for place, year in enumerate(years)]
        path = "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in points)
        dash = ("", "6 3", "2 3", "9 3 2 3")[number % 4]
        parts.append(
            f'<path d="{path}" fill="none" stroke="var(--ink, #1d232b)" stroke-width="1.5" stroke-dasharray="{dash}"/>'
        )
        x, y = points[int(np.argmax(series.reindex(years).fillna(0.0).to_numpy(float)))]
        parts.append(_text(x, y - 6, f"prices {name}", "middle", "halo"))
    parts += _legend(ordered, 330.0)
    return _svg(parts, 344.0)


def _folded(words: str) -> list[str]:
    """Break a label into lines of one or two words."""
    lines: list[str] = []
    for word in words.split():
        if lines and len(lines[-1]) + len(word) < 12:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _legend(names: Sequence[str], y: float) -> list[str]:
    parts, x = [], LEFT
    for name in names:
        parts.append(f'<rect x="{x:.1f}" y="{y - 9:.1f}" width="10" height="10" fill="{COLOURS[name]}"/>')
        parts.append(_text(x + 14, y, NAMES[name]))
        x += 26.0 + 6.4 * len(NAMES[name])
    return parts


class _Axis:
    """From figures to places along an axis with round ends."""

    def __init__(self, low: float, high: float, start: float, end: float) -> None:
        high = high if high > low else low + 1.0
        raw = (high - low) / 6
        power = 10.0 ** math.floor(math.log10(raw))
        self.step = next(f * power for f in (1.0, 2.0, 2.5, 5.0, 10.0) if f * power >= raw * (1 - 1e-9))
        self.low = math.floor(low / self.step + 1e-9) * self.step
        self.high = math.ceil(high / self.step - 1e-9) * self.step
        self.start, self.end = start, end

    def __call__(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self) -> list[float]:
        """Round figures along the axis."""
        return [self.low + self.step * number for number in range(round((self.high - self.low) / self.step) + 1)]

    def rules(self, left: float, right: float, unit: str) -> list[str]:
        """Horizontal rules with their figures, and the unit above."""
        parts = [_text(0, self.end - 16, unit, kind="soft")]
        for tick in self.ticks():
            y, kind = self(tick), "zero" if abs(tick) < 1e-9 else "rule"
            parts.append(f'<line x1="{left}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}" class="{kind}"/>')
            parts.append(_text(left - 8, y + 4, figure(tick), "end", "soft"))
        return parts

    def ticks_below(self, y: float, unit: str) -> list[str]:
        """Figures below a horizontal axis, and the unit."""
        parts = [_text(self(tick), y + 16, figure(tick), "middle", "soft") for tick in self.ticks()]
        return [*parts, _text(self.end, y + 32, unit, "end", "soft")]


def _text(x: float, y: float, words: str, anchor: str = "start", kind: str = "") -> str:
    looks = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{looks}>{escape(words)}</text>'


def _svg(parts: Sequence[str], height: float) -> str:
    return f'<svg viewBox="0 0 {WIDTH:.0f} {height:.0f}" role="img">{"".join(parts)}</svg>'
