"""The frame: versions and dependencies in step, a quick import, links that lead somewhere."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

import model

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

CONDA_NAMES = {"tzdata": "python-tzdata"}
"""Packages that conda-forge calls differently."""


def ranges(requirements: list[str]) -> dict[str, str]:
    found = {}
    for requirement in requirements:
        name, limits = re.fullmatch(r"([A-Za-z0-9_.-]+)\s*(.*)", requirement).groups()
        found[name.lower()] = ",".join(sorted(limits.split(",")))
    return found


def pins(name: str) -> dict[str, str]:
    lines = (ROOT / "requirements" / name).read_text(encoding="utf-8").splitlines()
    return dict(line.lower().replace("_", "-").split("==") for line in lines if line and not line.startswith("#"))


def test_version_is_the_same_everywhere():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert model.__version__ == PROJECT["version"] == citation["version"]


def test_environment_is_in_step_with_pyproject():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    from_pip = next(entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict))
    listed = [entry for entry in environment["dependencies"] if isinstance(entry, str)]
    found = ranges([entry for entry in [*listed, *from_pip] if entry not in ("pip", "-e .")])
    assert found.pop("python") == PROJECT["requires-python"]
    wanted = ranges([*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["test"]])
    assert found == {CONDA_NAMES.get(name, name): limits for name, limits in wanted.items()}


@pytest.mark.parametrize(("file", "extras"), [("run.txt", []), ("test.txt", ["test", "dev", "weather", "peers"])])
def test_pins_hold_every_dependency_within_its_range(file, extras):
    from packaging.requirements import Requirement

    pinned = pins(file)
    wanted = [*PROJECT["dependencies"], *(one for extra in extras for one in PROJECT["optional-dependencies"][extra])]
    for requirement in map(Requirement, wanted):
        name = requirement.name.lower().replace("_", "-")
        assert requirement.specifier.contains(pinned[name]), f"{requirement} against {name}=={pinned[name]}"


def test_test_pins_hold_the_run_pins():
    assert pins("run.txt").items() <= pins("test.txt").items()


def test_licence_is_the_full_text():
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text and "END OF TERMS AND CONDITIONS" in text


def test_importing_the_package_is_quick_and_loads_nothing_heavy():
    code = """
import json, sys, time
begin = time.perf_counter()
import model
seconds = time.perf_counter() - begin
heavy = sorted({"pyomo", "xarray", "highspy", "plotly", "pandas", "numpy", "pydantic"} & set(sys.modules))
print(json.dumps([seconds, heavy, dir(model)]))
"""
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    seconds, heavy, names = json.loads(answer.stdout)
    assert heavy == []
    assert seconds < 1.0
    assert {"load_scenario", "build", "solve", "run", "open_results"} <= set(names)


def test_unknown_name_of_the_package_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'solvee'"):
        model.solvee  # noqa: B018


MODULES = {"pyyaml": "yaml", "highspy-extras": "highspy_extras"}
"""Packages whose module is called differently."""


def third_parties(folder: str) -> set[str]:
    found = set()
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                found.add(node.module.split(".")[0])
    own = {"model", *(path.stem for path in (ROOT / folder).iterdir())}
    return found - set(sys.stdlib_module_names) - own


@pytest.mark.parametrize(
    ("folder", "extras"), [("model", ["weather", "peers"]), ("scripts", ["weather", "peers", "test"])]
)
def test_every_import_is_declared(folder, extras):
    declared = [*PROJECT["dependencies"], *(one for extra in extras for one in PROJECT["optional-dependencies"][extra])]
    modules = {MODULES.get(name, name) for name in ranges(declared)}
    assert {name.lower() for name in third_parties(folder)} <= modules


PAGES = sorted({*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "results" / "README.md"})


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page):
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert missing == []


def test_scenario_page_is_up_to_date():
    from model.scenario.page import scenario_page

    written = (ROOT / "docs" / "reference" / "scenario.md").read_text(encoding="utf-8")
    assert written == scenario_page(), "run `make docs`"


def test_no_test_is_left_out_where_something_is_missing():
    """A peer or a package that is not there is a failure: a suite that leaves tests out would pass without them."""
    ways = ("importor" + "skip", "pytest.ski" + "p(", "mark.ski" + "p")
    found = [
        f"{path.relative_to(ROOT)}: {way}"
        for path in sorted((ROOT / "tests").rglob("*.py"))
        for way in ways
        if way in path.read_text(encoding="utf-8")
    ]
    assert not found, "\n".join(found)
