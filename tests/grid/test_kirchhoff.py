"""Cycle bases of random AC networks: as many as there are loops, each closed, and with the flows of voltage angles."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from model.grid.kirchhoff import ac_cycles, cycle_reactance

YEAR = 2030


def network(edges: list[tuple[int, int, float]]) -> SimpleNamespace:
    """A case with AC corridors between numbered nodes."""
    corridors = pd.DataFrame(
        {
            "from_node": [f"n{a}" for a, _, _ in edges],
            "to_node": [f"n{b}" for _, b, _ in edges],
            "reactance": [x for _, _, x in edges],
        },
        index=[f"line {number}" for number in range(len(edges))],
    )
    years = pd.DataFrame(
        {"meshed": True, "angle_per_power": [1000.0 * x / 380.0**2 for _, _, x in edges]},
        index=pd.MultiIndex.from_product([corridors.index, [YEAR]], names=["corridor", "year"]),
    )
    scenario = SimpleNamespace(grid=SimpleNamespace(kirchhoff=True))
    return SimpleNamespace(corridors=corridors, corridor_years=years, years=[YEAR], scenario=scenario)


edge = st.tuples(st.integers(0, 7), st.integers(0, 7), st.floats(0.5, 50.0)).filter(lambda e: e[0] != e[1])


@given(st.lists(edge, min_size=1, max_size=20))
@settings(max_examples=200, deadline=None)
def test_cycles_close_and_are_as_many_as_there_are_loops(edges):
    case = network(edges)
    cycles = ac_cycles(case, YEAR)
    nodes = sorted({f"n{end}" for a, b, _ in edges for end in (a, b)})
    incidence = incidence_matrix(case, nodes)
    matrix = np.zeros((len(cycles), len(edges)))
    order = list(case.corridors.index)
    for row, members in enumerate(cycles.values()):
        for corridor, sign in members:
            matrix[row, order.index(corridor)] += sign
    assert np.allclose(incidence @ matrix.T, 0)
    assert np.linalg.matrix_rank(matrix) == len(cycles) == len(edges) - np.linalg.matrix_rank(incidence)


@given(st.lists(edge, min_size=3, max_size=16), st.integers(0, 2**31))
@settings(max_examples=100, deadline=None)
def test_cycle_form_gives_the_flows_of_voltage_angles(edges, seed):
    case = network(edges)
    nodes = sorted({f"n{end}" for a, b, _ in edges for end in (a, b)})
    incidence = incidence_matrix(case, nodes)
    injections = incidence @ np.random.default_rng(seed).normal(size=len(edges))
    susceptance = np.diag(1.0 / case.corridors["reactance"].to_numpy())
    angles = np.linalg.pinv(incidence @ susceptance @ incidence.T) @ injections
    by_angles = susceptance @ incidence.T @ angles

    members = [(cycle, corridor, YEAR) for cycle, found in ac_cycles(case, YEAR).items() for corridor, _ in found]
    signed = cycle_reactance(case, {"corridor_in_cycle": members})
    law = np.zeros((len({key[0] for key in members}), len(edges)))
    rows = {cycle: row for row, cycle in enumerate(dict.fromkeys(key[0] for key in members))}
    for (cycle, corridor, _), value in zip(members, signed, strict=True):
        law[rows[cycle], list(case.corridors.index).index(corridor)] += value
    by_cycles = np.linalg.lstsq(
        np.vstack([incidence, law]), np.concatenate([injections, np.zeros(len(law))]), rcond=None
    )[0]
    assert np.allclose(by_cycles, by_angles, atol=1e-6 * max(1.0, np.abs(by_angles).max()))


def incidence_matrix(case: SimpleNamespace, nodes: list[str]) -> np.ndarray:
    """+1 where a corridor leaves a node, −1 where it arrives."""
    matrix = np.zeros((len(nodes), len(case.corridors)))
    for column, row in enumerate(case.corridors.itertuples()):
        matrix[nodes.index(row.from_node), column] += 1
        matrix[nodes.index(row.to_node), column] -= 1
    return matrix
