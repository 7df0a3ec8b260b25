"""The benchmark states the same program in every builder, says so, and notices where it does not."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from model.core.build import build_program
from tests.helpers import tiny_case

SCRIPTS = Path(__file__).parents[2] / "scripts"
sys.path.insert(0, str(SCRIPTS))

import benchmark  # noqa: E402
from benchmark_builders.measure import measure  # noqa: E402

FIELDS = {"rows", "columns", "nonzeros", "prepare_s", "build_s", "handover_s", "peak_mb", "solve_s", "objective"}


def run(name, **changes):
    fields = dict.fromkeys(FIELDS, 1.0) | {"rows": 10, "columns": 20, "nonzeros": 30, "measured_hours": None}
    return {name: fields | changes}


@pytest.mark.filterwarnings("ignore")
def test_a_few_hours_are_the_same_program_with_the_same_cost_in_every_builder():
    found = {name: measure(name, 6, True) for name in benchmark.DEFAULT_BUILDERS}
    result = benchmark.collected(6, {name: measured.as_dict() for name, measured in found.items()})
    assert not benchmark.unequal(result)
    assert min(result["nonzeros"].values()) > 1000
    assert list(result["objective"].values()) == pytest.approx([result["objective"]["model"]] * 4, rel=1e-6)


def test_the_script_prints_one_object():
    options = ["--size", "6", "--json", "--repeat", "1", "--builders", "model"]
    command = [sys.executable, str(SCRIPTS / "benchmark.py"), *options]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    result = json.loads(ended.stdout)
    assert result["size"] == 6 and set(result) == FIELDS | {"size"}
    assert all(list(result[field]) == ["model"] for field in FIELDS)
    assert 50 < result["peak_mb"]["model"] < 5000
    assert result["build_s"]["model"] > 0 and result["handover_s"]["model"] > 0


def test_different_sizes_are_an_error(monkeypatch, capsys):
    found = run("model") | run("linopy", nonzeros=31) | run("pypsa", rows=99)
    monkeypatch.setattr(benchmark, "_best", lambda names, hours, repeat: {name: found[name] for name in names})
    assert benchmark.main(["--size", "year", "--builders", "model", "linopy", "pypsa"]) == 1
    assert "nonzeros differ: model 30, linopy 31" in capsys.readouterr().err
    assert benchmark.main(["--size", "year", "--builders", "model", "pypsa"]) == 0


def test_a_builder_that_fails_is_an_error(monkeypatch, capsys):
    def fail(names, hours, repeat):
        raise benchmark.BuilderFailed(f"builder {names[0]} failed")

    monkeypatch.setattr(benchmark, "_best", fail)
    assert benchmark.main(["--size", "8760"]) == 1
    assert "builder model failed" in capsys.readouterr().err


def test_extrapolation_is_said_and_shown():
    found = run("model") | run("linopy", build_s=3.0) | run("pyomo", measured_hours=2190, objective=None)
    result = benchmark.collected(8760, found)
    assert "measured at 2190 h, times 4" in result["extrapolated"]["pyomo"]
    text = benchmark.table(result)
    assert "0.50" in text and "2190 h" in text and "-" in text


@pytest.mark.parametrize("size", ["1", "9000", "half"])
def test_sizes_are_checked(size):
    with pytest.raises(SystemExit) as ended:
        benchmark.main(["--size", size])
    assert ended.value.code == 2


def test_the_linopy_statement_refuses_what_it_does_not_state():
    from benchmark_builders.linopy_statement import build_linopy

    with pytest.raises(NotImplementedError, match="reactor_heat_split"):
        build_linopy(build_program(tiny_case(years=[2040])))
