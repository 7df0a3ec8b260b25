"""What a study can be asked: settings that it cannot honour and figures that are none are refused, not passed over."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from model.errors import InputError, Problem

if TYPE_CHECKING:
    from model.data import Case
    from model.scenario import Scenario


def refuse_unable(scenario: Scenario) -> None:
    """Refuse a scenario that asks what no study of small reactors does.

    Raises:
        InputError: one problem for each setting.
    """
    reactors, found = scenario.reactors, list[tuple[str, Any, str]]()
    if not reactors.enabled:
        found.append(("reactors.enabled", "false", "true: the study asks about small reactors"))
    if scenario.foresight == "myopic":
        expected = "perfect: a study decides all years together; without foresight, compare runs"
        found.append(("foresight", "myopic", expected))
    if reactors.integer_modules:
        expected = (
            "false: a study forces exact amounts, which no whole number of modules gives, and reads marginal costs, "
            "which whole numbers do not have"
        )
        found.append(("reactors.integer_modules", "true", expected))
    if scenario.dispatch.holds:
        expected = "a scenario that chooses its capacities; this one operates those of another"
        found.append(("dispatch", "capacities held", expected))
    if found:
        raise InputError([Problem(scenario.name, "", key, value, expected) for key, value, expected in found])


def refuse_units(case: Case) -> None:
    """Refuse given numbers of small designs where the study itself says how many stand.

    Raises:
        InputError: one problem for each design.
    """
    small = case.reactors.index[case.reactors["kind"] == "smr"]
    found = [design for design in case.scenario.reactors.units if design in small]
    if found:
        expected = "large designs only: the study itself says how many small reactors stand"
        raise InputError([Problem(case.scenario.name, "", "reactors.units", design, expected) for design in found])


def sound_amount(option: str, amount: float, most: float = math.inf) -> float:
    """The amount, if it is above zero, finite and no more than `most`.

    Raises:
        InputError: it is not; the problem names the option.
    """
    if math.isfinite(amount) and 0.0 < amount <= most:
        return amount
    limit = f" and at most {most:g}" if math.isfinite(most) else ""
    raise InputError([Problem("command line", "", option, f"{amount:g}", f"a finite number above 0{limit}")])
