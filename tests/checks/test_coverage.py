"""Every feature brings its check: who adds physics without one is told so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from model.core.checking import Tally, above, apart, below, step_before, yearly_payment
from model.core.features import load_features
from tests.helpers import tiny_case

PHYSICS = ("variable", "row", "balance", "cost", "contribution")
CHECKS = ("check", "checked_supply", "checked_charge")


def test_every_feature_with_physics_brings_a_check():
    registry = load_features()
    having = {record.file for kind in PHYSICS for record in registry.of_kind(kind)}
    checked = {record.file.replace("_check.py", ".py") for kind in CHECKS for record in registry.of_kind(kind)}
    assert sorted(having - checked) == []


def test_checks_know_neither_matrix_nor_program():
    """They import nothing of the engine, of the program's build, or of the feature that they check."""
    rooms = Path(__file__).resolve().parents[2] / "model"
    for path in [*rooms.glob("*/*_check.py"), rooms / "core" / "checking.py"]:
        text = path.read_text(encoding="utf-8")
        assert "model.engine" not in text and "core.build" not in text and "core.sets" not in text, path
        assert f"import {path.stem.removesuffix('_check')}\n" not in text, path


def test_every_cost_item_and_contribution_is_found_anew():
    registry = load_features()
    for kind, wanted in (("cost", "checked_charge"), ("contribution", "checked_supply")):
        files = {record.file.replace(".py", "_check.py") for record in registry.of_kind(kind)}
        assert files <= {record.file for record in registry.of_kind(wanted)}


def test_tally_keeps_the_worst_and_a_nan_above_all():
    tally = Tally("limit")
    tally.look(np.array([[0.0, 0.2], [0.1, 0.0]]), ["a", "b"], where=2030)
    tally.look(np.array([0.15]), [("c", "d")], where=2040)
    assert (tally.finding.place, tally.finding.amount) == ("a, 2030, step 1", 0.2)
    tally.look(np.array([0.0, np.nan]), ["e", "f"])
    tally.look(np.array([9.0]), ["g"])
    assert tally.finding.place == "f"
    assert not tally.finding.passed


def test_differences_are_relative_to_the_quantity_but_never_to_a_small_one():
    assert above(np.array([2e6 + 2.0, 1.0, 5.0]), np.array([2e6, 0.0, np.inf])) == pytest.approx([1e-6, 1e-3, 0.0])
    assert below(np.array([-1.0, 3.0]), 0.0) == pytest.approx([1e-3, 0.0])
    assert apart(np.array([1.0, 1e6]), np.array([2.0, 1.1e6])) == pytest.approx([1e-3, 0.1 / 1.1])


def test_step_before_comes_from_the_periods_alone():
    time = tiny_case(years=[2050]).time
    assert (step_before(tiny_case(years=[2050])) == np.asarray(time.previous)).all()


@pytest.mark.parametrize(("rate", "life", "payment"), [(0.0, 20.0, 0.05), (0.06, 1.0, 1.06), (0.07, 25.5, 0.085173)])
def test_yearly_payment(rate, life, payment):
    assert yearly_payment(rate, life) == pytest.approx(payment, rel=1e-4)
