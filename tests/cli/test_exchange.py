"""The commands of `exchange`, from the file of another model to a result and back."""

from __future__ import annotations

import json
from pathlib import Path

import pypsa
import pytest

from model.cli.main import main
from tests.exchange.networks import rich_network, total_cost

pytestmark = pytest.mark.filterwarnings("ignore")
REFERENCE = Path(__file__).parents[1] / "data_sets" / "reference"


def told(capsys, *words: str, code: int = 0):
    """What a command prints as JSON."""
    assert main([*words, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def test_a_case_comes_in_and_runs_at_once(capsys, tmp_path):
    case = REFERENCE / "pglib_opf" / "pglib_opf_case5_pjm.m"
    words = ("exchange", "import-matpower", str(case), "--convention", "powermodels", "-o", str(tmp_path / "five"))
    told(capsys, *words)
    assert told(capsys, "validate", str(tmp_path / "five"))["status"] == "ok"
    result = told(capsys, "run", str(tmp_path / "five"), "-o", str(tmp_path / "out"))
    assert result["objective"] == pytest.approx(17479.896925, rel=1e-9)
    assert main(["show", result["run_file"]]) == 0
    assert main(["explain", result["run_file"], "--node", "bus 2", "--time", "0"]) == 0
    assert main(["report", result["run_file"], "-o", str(tmp_path / "page.html")]) == 0
    text = capsys.readouterr().out
    assert "17,479.896925 EUR" in text and "generator" in text
    told(capsys, *words)  # an earlier import may be written over


def test_what_has_no_solution_is_explained_in_words(capsys, tmp_path):
    case = REFERENCE / "pglib_opf" / "pglib_opf_case5_pjm__sad.m"
    words = ("exchange", "import-matpower", str(case), "--convention", "matpower", "-o", str(tmp_path / "sad"))
    scenario = told(capsys, *words)["scenario"]
    assert main(["run", scenario, "-o", str(tmp_path / "out")]) == 3
    text = "".join(capsys.readouterr())
    assert "At bus 2 50.22 MW of electricity cannot be served." in text
    assert "its ends may differ by 1.332 degrees in voltage angle (its rating is 400 MW)" in text


@pytest.mark.slow
def test_a_network_goes_round_and_keeps_its_objective(capsys, tmp_path):
    network = rich_network()
    for name in ("wind sites", "new lines"):
        network.remove("GlobalConstraint", name)
    network.export_to_netcdf(str(tmp_path / "network.nc"))
    words = ("exchange", "import-pypsa", str(tmp_path / "network.nc"), "-o", str(tmp_path / "rich"))
    result = told(capsys, "run", told(capsys, *words)["scenario"], "-o", str(tmp_path / "out"))
    expected = total_cost(network)
    assert result["objective"] == pytest.approx(expected, rel=1e-7)
    for target in ("back.nc", "back"):
        told(capsys, "exchange", "export-pypsa", result["run_file"], "-o", str(tmp_path / target))
        assert total_cost(pypsa.Network(str(tmp_path / target))) == pytest.approx(expected, rel=1e-7)


def test_storage_hvdc_goes_round(capsys, tmp_path):
    words = ("exchange", "import-pypsa", str(REFERENCE / "pypsa" / "storage-hvdc"), "-o", str(tmp_path / "hvdc"))
    result = told(capsys, "run", told(capsys, *words)["scenario"], "-o", str(tmp_path / "out"))
    told(capsys, "exchange", "export-pypsa", result["run_file"], "-o", str(tmp_path / "back.nc"))
    assert total_cost(pypsa.Network(str(tmp_path / "back.nc"))) == pytest.approx(15881838.605836, rel=1e-7)


def test_without_a_folder_an_import_goes_to_networks_by_its_name(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    case = REFERENCE / "pglib_opf" / "pglib_opf_case5_pjm.m"
    answer = told(capsys, "exchange", "import-matpower", str(case), "--convention", "matpower")
    assert answer["folder"] == "networks/pglib_opf_case5_pjm" and Path(answer["scenario"]).is_file()
    second = Path(answer["scenario"]).with_name("other.yaml")
    second.write_text(Path(answer["scenario"]).read_text(encoding="utf-8"), encoding="utf-8")
    assert main(["run", answer["folder"]]) == 2
    assert "other.yaml" in "".join(capsys.readouterr())


def test_a_folder_that_is_no_import_is_left_alone(capsys, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear", encoding="utf-8")
    case = REFERENCE / "pglib_opf" / "pglib_opf_case5_pjm.m"
    words = ["exchange", "import-matpower", str(case), "--convention", "matpower", "-o", str(tmp_path / "mine")]
    assert main(words) == 2
    assert (tmp_path / "mine" / "letter.txt").read_text(encoding="utf-8") == "dear"
