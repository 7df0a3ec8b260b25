"""The command `dispatch` from result file to comparison, and what `show`, the page and `validate` say of it."""

from __future__ import annotations

import json

import pytest

from model.cli import main
from model.job import run
from model.studies.expectation import HELD_MEASURED_NONZEROS, HELD_MEASURED_SECONDS, expectation
from tests.helpers import TINY, tiny_scenario

FEW = {"periods": 2, "step_hours": 4}
SAME_HOURS = ["--set", "time.mode=representative", "--set", "time.step_hours=4"]
ROWS = {"cost, million EUR", "cost, difference in %", "CO2, Mt", "CO2 left to the backstop, Mt"} | {
    "curtailed wind and solar, TWh",
    "small reactors, TWh_e",
    "small reactors, full-load hours",
}


@pytest.fixture(autouse=True)
def tiny_inputs(monkeypatch):
    monkeypatch.setenv("SMR_GRID_NL_INPUTS", str(TINY.parent))


@pytest.fixture(scope="module")
def designed(tmp_path_factory):
    """A run that chose its capacities on few days."""
    return run(tiny_scenario(years=[2030, 2050], time=FEW), tmp_path_factory.mktemp("design"), folder=TINY).run_file


@pytest.fixture(scope="module")
def every_hour(designed):
    """Its dispatch over all hours of 2050, in steps of six hours, as the command makes it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SMR_GRID_NL_INPUTS", str(TINY.parent))
        assert main(["dispatch", str(designed), "--year", "2050", "--set", "time.step_hours=6", "--quiet"]) == 0
    return designed.with_name("tiny+dispatch2050+time.step_hours=6.nc")


def test_every_year_is_dispatched_alone_and_set_beside_the_run(designed, tmp_path, capsys):
    assert main(["dispatch", str(designed), "-o", str(tmp_path), "--json", *SAME_HOURS]) == 0
    captured = capsys.readouterr()
    answer = json.loads(captured.out)
    assert captured.err == "" and answer["status"] == "ok" and set(answer["years"]) == {"2030", "2050"}
    for year, found in answer["years"].items():
        name = f"tiny+dispatch{year}+time.mode=representative+time.step_hours=4.nc"
        assert (tmp_path / name).is_file() and found["run_file"] == str(tmp_path / name)
        # the same hours: the same money, the same failing
        assert found["difference_share"] == pytest.approx(0.0, abs=1e-6)
        assert found["dispatched"]["unserved"] == pytest.approx(found["run"]["unserved"], rel=1e-4, abs=1.0)
    power = answer["years"]["2050"]["dispatched"]
    assert 0 < power["unserved"]["electricity"] < 1e-3 * power["demand"]["electricity"]
    assert power["smr_energy"] / power["smr_capacity"] < 8760


def test_full_year_by_default_and_a_table_of_what_changes(designed, every_hour, capsys):
    from model.cube import open_run
    from model.report.dispatched import compare_dispatch, dispatch_report

    with open_run(designed) as design, open_run(every_hour) as dispatched:
        assert dispatched["inputs"].sizes["time"] == 8760 // 6
        comparisons = compare_dispatch(design, {2050: dispatched})
        text = str(dispatch_report(design, comparisons))
    (one,) = comparisons
    table = one.table()
    assert set(table.index) >= ROWS
    assert table.loc["cost, difference in %", "difference"] == pytest.approx(
        100 * (one.dispatched.cost / one.designed.cost - 1)
    )
    assert "every hour of a year, steps of 6 h" in text and "2050: the run, and what its capacities do" in text
    assert "week: from" in text
    assert one.dispatched.penalties <= one.dispatched.cost


def test_show_and_page_name_the_command_until_a_dispatch_lies_beside(designed, every_hour, tmp_path, capsys):
    for file, name in ((designed, "tiny.nc"), (every_hour, "other.nc")):
        (tmp_path / name).write_bytes(file.read_bytes())
    main(["show", str(tmp_path / "tiny.nc")])
    assert "python -m model dispatch" in capsys.readouterr().out
    (tmp_path / "other.nc").rename(tmp_path / "tiny+dispatch2050.nc")
    main(["show", str(tmp_path / "tiny.nc")])
    text = capsys.readouterr().out
    assert "Operated in 2050, every hour of a year, steps of 6 h" in text and "python -m model dispatch" not in text
    main(["show", str(tmp_path / "tiny+dispatch2050.nc")])
    assert "held: those of tiny.nc" in capsys.readouterr().out
    assert main(["report", str(tmp_path / "tiny.nc")]) == 0
    assert "Operated in 2050" in (tmp_path / "tiny.html").read_text(encoding="utf-8")


def test_a_dispatch_of_other_capacities_is_not_taken_for_this_run_s(designed, every_hour, tmp_path, capsys):
    other = run(tiny_scenario(years=[2030, 2050], time=FEW, reactors__enabled=False), tmp_path, folder=TINY).run_file
    other.with_name("tiny+dispatch2050.nc").write_bytes(every_hour.read_bytes())
    main(["show", str(other)])
    assert "tiny+dispatch2050.nc holds other capacities than this run" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--year", "2031", "2050"], "year: found '2031', expected a milestone year of the run (2030, 2050)"),
        (["--set", "time.stepp=3"], "found '3', expected a known key"),
        (["--set", "dispatch.years=[2050]"], "dispatch"),
        (["--set", "years=[2050]"], "expected those of the run"),
        (["--with", "no_such"], "no_such"),
    ],
)
def test_what_cannot_be_dispatched_is_exit_two(designed, arguments, words, capsys):
    before = sorted(designed.parent.iterdir())
    assert main(["dispatch", str(designed), *arguments]) == 2
    assert words in capsys.readouterr().err
    assert sorted(designed.parent.iterdir()) == before


def test_a_dispatch_is_not_dispatched_again(every_hour, capsys):
    assert main(["dispatch", str(every_hour), "--json"]) == 2
    answer = json.loads(capsys.readouterr().out)
    assert answer["status"] == "invalid"
    assert "expected a run that chose its capacities" in answer["error"]


def test_validate_says_both_stages(tmp_path, capsys):
    file = tmp_path / "both.yaml"
    file.write_text(
        "data: tiny\nyears: [2030, 2050]\nweather_years: [2019]\nprices: {fuel: reference, carbon: reference}\n"
        "time: {mode: full, step_hours: 6}\ndispatch: {years: [2050], design: {periods: 2, step_hours: 4}}\n",
        encoding="utf-8",
    )
    assert main(["validate", str(file)]) == 0
    text = capsys.readouterr().out
    assert text.index("design, which chooses") < text.index("dispatch, which holds") < text.index("together about")
    assert main(["validate", str(file), "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["scenarios"].values()
    design, dispatch = found["stages"]["design"], found["stages"]["dispatch"]
    assert design["nonzeros"] < dispatch["nonzeros"] == found["nonzeros"]
    assert found["seconds"] == pytest.approx(design["seconds"] + dispatch["seconds"])


def test_validate_of_capacities_of_a_run_looks_at_the_run(designed, capsys):
    of = ["--set", f"dispatch.capacities_of={designed}", "--set", "time.mode=full", "--set", "time.step_hours=6"]
    scenario = designed.with_name("again.yaml")
    scenario.write_text(tiny_scenario(years=[2030, 2050], time=FEW).to_yaml(), encoding="utf-8")
    assert main(["validate", str(scenario), *of]) == 0
    text = capsys.readouterr().out
    assert "dispatch, which holds" in text and "design, which" not in text
    assert main(["validate", str(scenario), "--set", "dispatch.capacities_of=no.nc"]) == 2
    assert "no.nc: expected an existing result file" in capsys.readouterr().err


def test_held_capacities_are_expected_to_be_quicker_than_free_ones():
    size = {"rows": 1, "columns": 1, "nonzeros": int(HELD_MEASURED_NONZEROS)}
    held, free = expectation(size, held=True), expectation(size)
    assert held.seconds == pytest.approx(HELD_MEASURED_SECONDS, rel=0.15)
    assert held.seconds < 0.2 * free.seconds and 9000 < held.memory_mb < 13000 < free.memory_mb
