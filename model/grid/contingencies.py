"""Explicit N-1: after every named outage of circuits every AC line stays within its capacity (formulation G1).

Flows after an outage follow from those before by factors that reactances alone decide (`model/data/power_flow.py`).
A corridor that loses some of its circuits keeps the rest, at a higher reactance.  Reactance, circuits and factors are
held within a solve.  Phase shifters, HVDC and plants stay where they were: the rows are preventive.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from model.core.registry import constraint, index_map, index_set, indexed_set, parameter
from model.data.outages import outages_of
from model.data.power_flow import ac_network

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case

SMALLEST = 1e-8
"""A line that takes over less of what was lost needs no row: that of its flow before the outage says the same."""

Term = tuple[str, int, str, int]


def _outages(case: Case) -> Iterator[tuple[int, str, list[tuple[str, float]], list[str], np.ndarray]]:
    """Year, contingency, lines that it hits with the share that they lose, all lines, factors (lines × hit lines)."""
    for year in case.years if case.scenario.grid.n_minus_1 != "none" else []:
        network = ac_network(case, year)
        for name, lost in outages_of(case, network, year).items():
            hit = [(network.lines[line], share) for line, share in lost.items()]
            yield year, name, hit, network.lines, network.after_outage(lost)


@index_set(dims=("corridor",))
def outage_corridor(case: Case) -> list[str]:
    """Corridors that lose circuits in some contingency."""
    return [line for _, _, hit, _, _ in _outages(case) for line, _ in hit]


@index_set(dims=("contingency", "lost", "year"))
def lost_line(case: Case) -> list[tuple[str, int, int]]:
    """Lines that a contingency hits, numbered from 1."""
    return [(name, number, year) for year, name, hit, _, _ in _outages(case) for number in range(1, len(hit) + 1)]


@index_map(over=("lost_line",), to="outage_corridor")
def lost_corridor(case: Case, sets: SetValues) -> list[str]:
    """The corridor of a hit line."""
    hit_in = {(name, year): hit for year, name, hit, _, _ in _outages(case)}
    return [hit_in[name, year][number - 1][0] for name, number, year in sets["lost_line"]]


@index_set(dims=("contingency", "corridor", "year"))
def outage_line_year(case: Case) -> list[tuple[str, str, int]]:
    """Lines of which the flow after an outage has a row: those that it hits or changes and that do not go with it."""
    keys = []
    for year, name, hit, lines, factors in _outages(case):
        gone = {line for line, share in hit if share == 1.0}
        touched = {line for line, most in zip(lines, np.abs(factors).max(axis=1), strict=True) if most > SMALLEST}
        keys += [(name, line, year) for line in (touched | {line for line, _ in hit}) - gone]
    return keys if case.watched is None else [key for key in keys if key in case.watched]


def _terms(case: Case) -> dict[Term, float]:
    """What lines take over of each line that a contingency hits, where it is more than nothing."""
    return {
        (name, number, line, year): float(factors[row, number - 1])
        for year, name, hit, lines, factors in _outages(case)
        for row, line in enumerate(lines)
        for number in range(1, len(hit) + 1)
        if abs(factors[row, number - 1]) > SMALLEST
    }


@index_set(dims=("contingency", "lost", "corridor", "year"))
def outage_term(case: Case, sets: SetValues) -> list[Term]:
    """What each of these lines takes over of each line that is hit."""
    watched = sets.positions("outage_line_year")
    return [key for key in _terms(case) if (key[0], *key[2:]) in watched]


@indexed_set(over="outage_line_year", dims=("lost",))
def lost_lines_of(case: Case, sets: SetValues) -> dict[tuple[str, str, int], list[int]]:
    """Numbers of the lines that the contingency hits and that matter for the line."""
    found: dict[tuple[str, str, int], list[int]] = {}
    for name, number, line, year in sets["outage_term"]:
        found.setdefault((name, line, year), []).append(number)
    return found


@parameter(
    over=("outage_term",),
    unit="MW/MW",
    source="formulation.md G1",
    sign="positive: flow is added along the line; negative: against it",
)
def outage_factor(case: Case, sets: SetValues) -> list[float]:
    """What a line's flow changes by after an outage per MW that the hit line carried before (LODF)."""
    terms = _terms(case)
    return [terms[key] for key in sets["outage_term"]]


@parameter(over=("outage_line_year",), unit="1", minimum=0, maximum=1, source="formulation.md G1")
def outage_secure_share(case: Case, sets: SetValues) -> list[float]:
    """Share of a line's capacity that may be used after an outage: what is left of it, beside loop flows."""
    left = {(name, line, year): 1.0 - share for year, name, hit, _, _ in _outages(case) for line, share in hit}
    beside = float(case.scenario.grid.loop_flow_factor)
    return [beside * left.get(key, 1.0) for key in sets["outage_line_year"]]


@constraint(over=("outage_line_year", "time"), unit="MW", source="formulation.md G1")
def outage_limit_forward(m: Any, k: str, l: str, y: int, t: int) -> Any:
    """After an outage, flow along a line stays within what is left of its capacity."""
    return m.flow[l, y, t] + sum(
        m.outage_factor[k, i, l, y] * m.flow[m.lost_corridor[k, i, y], y, t] for i in m.lost_lines_of[k, l, y]
    ) <= m.outage_secure_share[k, l, y] * m.corridor_rating[l, y, t] * (
        m.corridor_capacity[l, y] + sum(m.corridor_expansion[e, y] for e in m.expansion_of[l, y])
    )


@constraint(over=("outage_line_year", "time"), unit="MW", source="formulation.md G1")
def outage_limit_backward(m: Any, k: str, l: str, y: int, t: int) -> Any:
    """After an outage, flow against a line stays within what is left of its capacity."""
    return -m.flow[l, y, t] - sum(
        m.outage_factor[k, i, l, y] * m.flow[m.lost_corridor[k, i, y], y, t] for i in m.lost_lines_of[k, l, y]
    ) <= m.outage_secure_share[k, l, y] * m.corridor_rating[l, y, t] * (
        m.corridor_capacity[l, y] + sum(m.corridor_expansion[e, y] for e in m.expansion_of[l, y])
    )
