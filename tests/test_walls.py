"""The walls of the house: imports run one way (architecture.md), and feature rooms meet in balances, not in imports."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent / "model"
MAY_IMPORT = {
    "errors": set(),
    "memory": set(),
    "scenario": {"errors"},
    "data": {"scenario", "sdepp", "errors"},
    "core": {"data", "engine", "errors"},
    "technologies": {"core", "data", "errors"},
    "sites": {"core", "data", "errors"},
    "grid": {"core", "data", "errors"},
    "policy": {"core", "data", "errors"},
    "engine": {"errors"},
    "sdepp": {"errors"},
    "cube": {"engine", "core", "data", "errors", "scenario"},
    "report": {"cube", "core", "data", "errors"},
    "exchange": {"cube", "engine", "core", "data", "errors", "scenario"},
    "studies": {
        "core",
        "data",
        "engine",
        "cube",
        "report",
        "scenario",
        "sdepp",
        "errors",
        "job",
        "memory",
        "dispatch",
        "grid_rounds",
    },
}
SDEPP_NEEDS = {"numpy", "pandas", "pydantic"}


def imports_of(path: Path) -> set[tuple[str, int]]:
    """Rooms of `model` that a file imports, with the line; imports for type checking do not count."""
    found = set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            parts = name.split(".")
            if parts[0] == "model" and len(parts) > 1:
                found.add((parts[1], node.lineno))
    return found


def rooms_that_stand() -> list[str]:
    """Rooms that hold any code yet."""
    return sorted(room for room in MAY_IMPORT if list((ROOT / room).glob("*.py")) or (ROOT / f"{room}.py").exists())


@pytest.mark.parametrize("room", rooms_that_stand())
def test_imports_run_one_way(room):
    folder = ROOT / room
    files = sorted(folder.rglob("*.py")) if folder.is_dir() else [ROOT / f"{room}.py"]
    wrong = [
        f"{path.relative_to(ROOT.parent)}:{line} imports model.{other}"
        for path in files
        for other, line in sorted(imports_of(path))
        if other != room and other not in MAY_IMPORT[room]
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("room", ["technologies", "sites", "grid", "policy"])
def test_feature_files_do_not_import_one_another(room):
    wrong = [
        f"{path.name}:{line}"
        for path in sorted((ROOT / room).glob("*.py"))
        for other, line in imports_of(path)
        if other == room
    ]
    assert not wrong


def test_sdepp_could_be_published_on_its_own():
    """It needs arrays, tables and schemas, and of this model its errors."""
    wrong = set()
    for path in (ROOT / "sdepp").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            tops = {name.split(".")[0] for name in names} - {"model"}
            wrong |= {f"{path.name} imports {top}" for top in tops - sys.stdlib_module_names - SDEPP_NEEDS}
    assert not wrong


def test_files_are_small():
    long = {
        str(path.relative_to(ROOT)): count
        for path in ROOT.rglob("*.py")
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert not long
