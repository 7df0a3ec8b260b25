"""From a program to a Pyomo model: lazy for the fast path, dense for reading, printing and comparing."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import reduce
from operator import mul
from typing import Any

import numpy as np
import pyomo.environ as pyo

from model.engine.faults import ProgramError, RuleError
from model.engine.labels import Tables
from model.engine.parameters import ArrayParam
from model.engine.program import Program, RowDeclaration, VariableDeclaration


@contextmanager
def paused_garbage_collector() -> Iterator[None]:
    """Pause the garbage collector: building many small objects with it running takes two to three times as long."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def build_model(program: Program, dense: bool = False, tables: Tables | None = None) -> pyo.ConcreteModel:
    """Build the Pyomo model of a program.

    Args:
        program: the declarations.
        dense: False gives sets, parameters and variables without elements, which is what the templates need and
            costs next to nothing; True gives an ordinary model with bounds, constraints and `total_cost`.
        tables: the label tables of the program, if they exist already.

    Raises:
        ProgramError: declarations that contradict one another.
        RuleError: (dense) a rule that raises, or a row that can never hold.
    """
    tables = tables or Tables(program)
    model = pyo.ConcreteModel()
    with paused_garbage_collector():
        _add_sets(model, program, tables)
        _add_parameters(model, program, tables)
        for variable in program.variables:
            _check_name(model, variable.name)
            model.add_component(variable.name, _variable(model, variable, program, dense))
        if dense:
            _add_rows(model, program)
    return model


def product_set(model: pyo.ConcreteModel, over: tuple[str, ...]) -> Any:
    """Return the lazy product of the named sets; None for no set (a scalar)."""
    if not over:
        return None
    return reduce(mul, (getattr(model, name) for name in over))


def _check_name(model: pyo.ConcreteModel, name: str) -> None:
    if model.component(name) is not None or not name.isidentifier() or hasattr(pyo.ConcreteModel, name):
        raise ProgramError(f"{name}: declared twice, or not usable as a name")


def _add_sets(model: pyo.ConcreteModel, program: Program, tables: Tables) -> None:
    for declaration in program.sets:
        _check_name(model, declaration.name)
        members = list(declaration.members)
        model.add_component(declaration.name, pyo.Set(initialize=members, dimen=declaration.dimen, ordered=True))
    for indexed in program.indexed_sets:
        _check_name(model, indexed.name)
        members_of = {key: list(members) for key, members in indexed.members.items()}
        index = product_set(model, indexed.over)
        component = pyo.Set(index, initialize=members_of, dimen=indexed.dimen, ordered=True)
        model.add_component(indexed.name, component)


def _add_parameters(model: pyo.ConcreteModel, program: Program, tables: Tables) -> None:
    for parameter in program.parameters:
        _check_name(model, parameter.name)
        values = np.asarray(parameter.values, dtype=float)
        component = (
            ArrayParam(product_set(model, parameter.over), values, tables.factors(parameter.over, parameter.name))
            if parameter.over
            else pyo.Param(initialize=float(values), within=pyo.Any)
        )
        model.add_component(parameter.name, component)
    for item in program.maps:
        _check_name(model, item.name)
        labels = tables.sets[item.to].members
        factors = tables.factors(item.over, item.name)
        component = ArrayParam(product_set(model, item.over), np.asarray(item.positions), factors, labels)
        model.add_component(item.name, component)


def _variable(model: pyo.ConcreteModel, declaration: VariableDeclaration, program: Program, dense: bool) -> pyo.Var:
    index = product_set(model, declaration.over)
    indexes = () if index is None else (index,)
    if not dense:
        return pyo.Var(*indexes, dense=False) if indexes else pyo.Var()

    def bound(m: Any, limit: float | str, labels: tuple[Any, ...]) -> float:
        if not isinstance(limit, str):
            return limit
        component = getattr(m, limit)
        return float(component[labels if len(labels) > 1 else labels[0]] if labels else pyo.value(component))

    def bounds(m: Any, *labels: Any) -> tuple[float, float]:
        return bound(m, declaration.lower, labels), bound(m, declaration.upper, labels)

    return pyo.Var(*indexes, bounds=bounds, domain=pyo.Integers if declaration.integer else pyo.Reals)


def _add_rows(model: pyo.ConcreteModel, program: Program) -> None:
    for row in program.rows:
        _check_name(model, row.name)
        index = product_set(model, row.over)
        rule = _dense_rule(row)
        model.add_component(row.name, pyo.Constraint(rule=rule) if index is None else pyo.Constraint(index, rule=rule))
    model.total_cost = pyo.Objective(expr=sum(_cost_rows(model, program)))


def _dense_rule(row: RowDeclaration) -> Callable[..., Any]:
    """Wrap a rule: a relation between two numbers comes back as True or False, which Pyomo does not take."""

    def rule(m: Any, *labels: Any) -> Any:
        relation = row.rule(m, *labels)
        if relation is False or relation is np.False_:
            raise RuleError(row.name, f"row {list(labels)} has no variable and cannot hold")
        return pyo.Constraint.Feasible if relation is True or relation is np.True_ else relation

    return rule


def _cost_rows(model: pyo.ConcreteModel, program: Program) -> Iterator[Any]:
    for row in program.costs:
        index = product_set(model, row.over)
        if index is None:
            yield row.rule(model)
        else:
            for labels in index:
                yield row.rule(model, *(labels if isinstance(labels, tuple) else (labels,)))
