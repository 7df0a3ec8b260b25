"""The study of adequacy on a run of the tiny data set: fleets and loads from tables and results, files, refusals."""

from __future__ import annotations

import json

import numpy as np
import pytest

from model.cli.main import main
from model.cube import open_run
from model.data.validation import validate_folder
from model.errors import InputError
from model.job import run
from model.studies.adequacy import ALONE, adequacy, expectation
from model.studies.adequacy_answer import answer_of
from model.studies.framework.page import page_html, write_answer
from tests.helpers import TINY, copy_tiny, tiny_scenario


@pytest.fixture(scope="module")
def run_file(tmp_path_factory):
    scenario = tiny_scenario(years=[2050], time={"periods": 1, "step_hours": 6, "spell_days": 1})
    return run(scenario, tmp_path_factory.mktemp("design"), folder=TINY).run_file


@pytest.fixture(scope="module")
def found(run_file):
    return adequacy(run_file, draws=20, seed=3, folder=TINY)


def test_fleets_have_the_capacity_of_the_run_and_the_availability_of_the_tables(run_file, found):
    with open_run(run_file) as cube:
        capacity = cube["results"]["capacity"].sel(year=2050).to_series().dropna()
    case = found.case
    flows = case.flows.xs(("electricity", 2050), level=("carrier", "year"))["coefficient"]
    for fleet in found.fleets:
        assert 0 < fleet.derating <= 1 and fleet.capacity > 0
    drawn = {fleet.technology for fleet in found.fleets if fleet.drawn}
    assert drawn and drawn <= {"gas_ccgt", "wind_offshore", *case.reactors.index}
    for name in {f.technology for f in found.fleets if not f.abroad} - set(case.reactors.index):
        own = case.assets.index[case.assets["technology"] == name]
        whole = sum(capacity.get(asset, 0.0) * flows.get(asset, 0.0) for asset in own)
        assert sum(f.capacity for f in found.fleets if f.technology == name) == pytest.approx(whole, rel=1e-6)
    reactor = next(fleet for fleet in found.fleets if fleet.technology == "cls_lwr")
    asset = case.assets.index[case.assets["technology"] == "cls_lwr"][0]
    assert reactor.size == float(case.reactors.at["cls_lwr", "unit_size_e"])
    assert reactor.derating == pytest.approx(min(1.0, case.asset_years["availability"][asset, 2050] / 0.95))


def test_the_same_seed_gives_the_same(run_file, found):
    again = adequacy(run_file, draws=20, seed=3, firm=False, folder=TINY)
    one, other = found.shortages[ALONE][2019], again.shortages[ALONE][2019]
    assert one.energy.std() > 0 and np.array_equal(one.energy, other.energy)


def test_firm_power_is_less_than_capacity_and_keeps_the_energy_unserved(found):
    firm = found.firm.dropna()
    assert len(firm) and ((firm["firm"] > 0) & (firm["firm"] < firm["capacity"])).all()


def test_expectation_is_the_mean_of_years_with_the_interval_of_the_draws():
    """Years of mean 2 and 6, variances 2 and 8 over 2 draws: 4 +- 1.96 x sqrt(2/2 + 8/2) / 2."""
    mean, width = expectation({2010: np.array([1.0, 3.0]), 2011: np.array([4.0, 8.0])})
    assert mean == pytest.approx(4.0) and width == pytest.approx(1.96 * np.sqrt(5.0) / 2.0)


def test_the_page_and_its_files(found, tmp_path):
    answer = answer_of(found)
    html = page_html(answer)
    assert "Hours and energy that are short" in html and "<svg" in html and "firm power" in html
    files = write_answer(answer, tmp_path)
    points = json.loads(files["json"].read_text(encoding="utf-8"))["points"]
    assert {point["weather_year"] for point in points} == {"all", "2019"}


def test_what_cannot_be_asked_is_refused(run_file, tmp_path, capsys):
    for words in ({"year": 2040}, {"draws": 1}):
        with pytest.raises(InputError):
            adequacy(run_file, **words)
    assert main(["study", "adequacy", str(tmp_path / "none.nc"), "--json"]) == 2
    assert "a result file" in capsys.readouterr().out


def test_units_without_an_owner_and_outages_too_short_are_refused(tmp_path):
    other = copy_tiny(tmp_path)
    text = (other / "units.csv").read_text(encoding="utf-8")
    (other / "units.csv").write_text(text.replace("gas_ccgt", "gas_cgt").replace("0.02,100", "0.6,1"), encoding="utf-8")
    said = [str(problem) for problem in validate_folder(other)]
    assert any(
        "units.csv, row 2, technology" in line and "reactor design or an interconnector" in line for line in said
    )
    assert any("units.csv, row 3, repair_time" in line and "at least 1.5 h" in line for line in said)
