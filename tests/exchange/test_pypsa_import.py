"""PyPSA networks brought in: PyPSA's own objective comes back, and what cannot be carried over is refused by name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pypsa
import pytest

from model.core.build import build_program
from model.engine import compile_program
from model.engine import solve as solve_compiled
from model.errors import InputError
from model.exchange.pypsa_export import export_pypsa
from model.exchange.pypsa_import import import_pypsa, read_network
from model.job import build, run, solve, solver_settings
from model.scenario import load_scenario
from tests.exchange.drawn_networks import drawn_network
from tests.exchange.networks import rich_network, total_cost

pytestmark = pytest.mark.filterwarnings("ignore")
STORAGE_HVDC = Path(__file__).parents[1] / "data_sets" / "reference" / "pypsa" / "storage-hvdc"
TOTAL = 15881838.605836
"""Total system cost: operation and the capital cost of all that can be expanded, what stands of it included."""


@pytest.fixture(scope="module")
def storage_hvdc(tmp_path_factory):
    return import_pypsa(read_network(STORAGE_HVDC), tmp_path_factory.mktemp("pypsa") / "storage_hvdc")


def test_storage_hvdc_total_cost(storage_hvdc, tmp_path):
    result = run(storage_hvdc[0], tmp_path)
    assert result.objective == pytest.approx(TOTAL, rel=1e-9)


def test_storage_hvdc_states_the_constant_of_pypsa(storage_hvdc):
    """n.objective leaves out the capital cost of what stands: 1,211,329.78 of wind and links."""
    network = read_network(STORAGE_HVDC)
    total = total_cost(network)
    assert total == pytest.approx(TOTAL, rel=1e-9)
    network.optimize(solver_name="highs", solver_options={"output_flag": False}, include_objective_constant=True)
    assert f"{total - network.objective:,.6f}" in storage_hvdc[1][0]


def test_storage_hvdc_bites_without_the_voltage_law(storage_hvdc):
    built = build(load_scenario(storage_hvdc[0], ["grid.kirchhoff=false"]))
    assert solve(built).objective == pytest.approx(14006242.53, rel=1e-8)


def test_storage_hvdc_bites_without_the_storage_balance(storage_hvdc):
    case = build(load_scenario(storage_hvdc[0])).case
    program = build_program(case)
    free = replace(program, rows=[row for row in program.rows if row.name != "reservoir_balance"])
    solution = solve_compiled(compile_program(free), solver_settings(case.scenario))
    assert solution.objective == pytest.approx(2067411.55, rel=1e-6)


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 5))])
def test_a_network_with_everything_gives_the_objective_of_pypsa(seed, tmp_path):
    expected = total_cost(rich_network(seed))
    scenario, _ = import_pypsa(rich_network(seed), tmp_path / "rich")
    assert run(scenario, tmp_path / "results").objective == pytest.approx(expected, rel=1e-7)


@pytest.mark.parametrize("seed", [9, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(9))])
def test_a_drawn_network_goes_in_and_out_with_the_objective_of_pypsa(seed, tmp_path):
    """Names that files misread, one snapshot or several, whatever components may hold; out again where it can be."""
    expected = total_cost(drawn_network(seed))
    scenario, _ = import_pypsa(drawn_network(seed), tmp_path / "drawn")
    built = build(load_scenario(scenario))
    assert solve(built).objective == pytest.approx(expected, rel=1e-7)
    try:
        back = export_pypsa(built.case, rows_between_capacities=True)
    except InputError as error:
        assert all("(export to PyPSA)" in problem.expected for problem in error.problems)
    else:
        assert total_cost(back) == pytest.approx(expected, rel=1e-6)


def test_what_cannot_be_carried_over_is_refused_by_name_all_at_once(tmp_path):
    network = rich_network()
    network.generators.loc["coal", "committable"] = True
    network.generators.loc["gas A", "marginal_cost_quadratic"] = 0.1
    network.links.loc["converter", "p_nom_mod"] = 50.0
    network.add("GlobalConstraint", "growth", type="something else", sense="<=", constant=1.0)
    with pytest.raises(InputError) as error:
        import_pypsa(network, tmp_path / "refused")
    text = str(error.value)
    for name in ("coal", "committable", "gas A", "marginal_cost_quadratic", "converter", "p_nom_mod", "growth"):
        assert name in text
    assert not (tmp_path / "refused").exists()


def test_zero_reactance_and_corridors_to_nowhere_are_named(tmp_path):
    network = pypsa.Network()
    network.add("Bus", ["a", "b"], v_nom=380.0)
    network.add("Line", "short", bus0="a", bus1="b", s_nom=10.0, x=0.0)
    network.add("Generator", "plant", bus="a", p_nom=100.0)
    network.add("Load", "town", bus="a", p_set=10.0)
    network.add("Link", "lost", bus0="a", bus1="b", p_nom=10.0)
    network.links.loc["lost", "bus1"] = "elsewhere"
    with pytest.raises(InputError) as error:
        import_pypsa(network, tmp_path / "refused")
    assert "short" in str(error.value) and "a reactance other than zero" in str(error.value)
    assert "lost" in str(error.value) and "elsewhere" in str(error.value)
