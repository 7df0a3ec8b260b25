"""The registry is the only list: every declaration has a sentence, a unit and a place; nothing is declared twice."""

from __future__ import annotations

import subprocess
import sys

import pytest

from model.core.features import load_features
from model.core.registry import Meta, Registry


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_features()


def test_everything_has_a_sentence_and_a_file(registry):
    for record in registry.meta.values():
        assert record.doc.strip(), record.name
        assert record.file.startswith("model/"), record.name


def test_numbers_and_rows_have_units(registry):
    for kind in ("parameter", "variable", "row", "balance", "cost", "reported"):
        for record in registry.of_kind(kind):
            assert record.unit, f"{record.name} has no unit"


def test_rules_use_only_declared_names(registry):
    for record in registry.meta.values():
        if record.parsed is not None:
            unknown = record.parsed.components - set(registry.meta)
            assert not unknown, f"{record.name} uses {unknown}"


def test_rules_take_as_many_labels_as_their_sets_have(registry):
    dims = {name: len(record.dims) for name, record in registry.sets.items()}
    for kind in ("row", "balance", "cost", "reported"):
        for record in registry.of_kind(kind):
            assert record.parsed is not None
            assert len(record.parsed.arguments) == sum(dims[name] for name in record.over), record.name


def test_bounds_by_name_are_parameters_over_the_same_sets(registry):
    for record in registry.of_kind("variable"):
        for bound in (record.lower, record.upper):
            if isinstance(bound, str):
                assert registry.meta[bound].over == record.over, record.name


def test_refuses_a_second_declaration_elsewhere():
    registry = Registry()
    registry.add(Meta(name="x", kind="variable", doc="A number.", file="model/a.py"))
    with pytest.raises(ValueError, match=r"model/a\.py.*model/b\.py"):
        registry.add(Meta(name="x", kind="variable", doc="Another.", file="model/b.py"))


def test_refuses_a_declaration_without_a_sentence():
    with pytest.raises(ValueError, match="no sentence"):
        Registry().add(Meta(name="x", kind="variable", doc="", file="model/a.py"))


def test_declaring_needs_neither_pyomo_nor_xarray():
    code = (
        "import sys; from model.core.features import load_features; load_features();"
        "print([name for name in ('pyomo', 'xarray', 'highspy') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
