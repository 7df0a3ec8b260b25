"""From a solution's arrays to the cube: six groups, every variable with its unit and its sentence.

The cube is an `xarray.DataTree`; `cube["results"]["activity"]` is a labelled `DataArray`.  Whoever has the cube needs
neither the inputs nor the program to read it.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from model.cube.accounts import cost_group
from model.cube.coordinates import COORDINATES, label_coordinates, time_coordinates
from model.cube.layout import Layout
from model.cube.ledgers import ledger_group
from model.cube.metadata import describe, describe_dual, energy_unit
from model.cube.record import run_group
from model.cube.tables import case_tables

GROUPS = ("inputs", "results", "duals", "ledgers", "costs", "run")


def assemble(
    case: Any, program: Any, registry: Any, solution: Any, statistics: Mapping[str, Any] | None = None
) -> xr.DataTree:
    """Build the cube of a solved case.

    Args:
        case: the validated `Case` that the program was built from.
        program: the `Program` of declarations.
        registry: the declarations' metadata: `meta[name]` with `unit, doc, file`, `sets[name].dims`.
        solution: the optimal `Solution`, its arrays shaped one axis per index set.
        statistics: numbers on the build for the run group, such as rows, columns, nonzeros, seconds, peak_mb.

    Raises:
        LookupError: a quantity has no unit or sentence in the registry.
        ValueError: values do not fit their index.
    """
    layout = Layout(case, program, registry)
    groups = {
        "inputs": input_group(case, program, registry, layout),
        "results": result_group(case, program, registry, layout, solution),
        "duals": dual_group(case, program, registry, layout, solution),
        "costs": cost_group(case, program, registry, layout, solution),
    }
    groups["ledgers"] = with_coordinates(case, layout, ledger_group(case, program, registry, layout, solution, groups))
    groups["run"] = run_group(case, solution, statistics or {}, groups["costs"])
    return xr.DataTree.from_dict({name: groups[name] for name in GROUPS})


def input_group(case: Any, program: Any, registry: Any, layout: Layout) -> xr.Dataset:
    """The case's tables that are needed to read the result alone, and every declared parameter of the program."""
    variables: dict[str, xr.Variable | xr.DataArray] = dict(case_tables(case))
    for declared in program.parameters:
        if declared.name not in variables and declared.name not in COORDINATES:
            dims, values = layout.scatter(declared.over, declared.values)
            variables[declared.name] = xr.Variable(dims, values, describe(registry, declared.name))
    return with_coordinates(case, layout, variables)


def result_group(case: Any, program: Any, registry: Any, layout: Layout, solution: Any) -> xr.Dataset:
    """Every variable of the program, every reported family, and the yearly sum of every hourly power."""
    variables: dict[str, xr.Variable] = {}
    for declared in program.variables:
        dims, values = layout.scatter(declared.over, solution.values[declared.name])
        variables[declared.name] = xr.Variable(dims, values, describe(registry, declared.name))
    for declared in program.reported:
        dims, values = layout.scatter(declared.over, solution.reported_values[declared.name])
        variables[declared.name] = xr.Variable(dims, values, describe(registry, declared.name))
    weight = np.asarray(case.time.weight, dtype=float)
    for name, variable in list(variables.items()):
        unit = energy_unit(variable.attrs["units"])
        if "time" in variable.dims and unit is not None:
            variables[f"annual_{name}"] = yearly_sum(variable, weight, unit)
    return with_coordinates(case, layout, variables)


def yearly_sum(variable: xr.Variable, weight: np.ndarray, unit: str) -> xr.Variable:
    """Energy of the year in TWh: power times the hours that each step stands for; NaN where nothing is declared."""
    axis = variable.dims.index("time")
    energy = np.tensordot(variable.values, weight, axes=([axis], [0])) / 1e6
    attributes = {**variable.attrs, "units": unit, "long_name": f"Sum over the year: {variable.attrs['long_name']}"}
    return xr.Variable([dim for dim in variable.dims if dim != "time"], energy, attributes)


def dual_group(case: Any, program: Any, registry: Any, layout: Layout, solution: Any) -> xr.Dataset:
    """The dual of every row family and of every bound that is a limit, in money of the year per unit of the limit."""
    variables: dict[str, xr.Variable] = {}
    for declared in program.rows:
        if declared.name not in solution.duals:
            continue
        equality = is_equality(registry.meta[declared.name])
        dims, raw = layout.scatter(declared.over, solution.duals[declared.name])
        values = raw if equality else np.abs(raw)
        unit = describe(registry, declared.name)["units"]
        values = per_unit(case, layout, dims, values, unit)
        attributes = describe_dual(
            registry, declared.name, over_time="time" in dims, over_year="year" in dims, equality=equality
        )
        variables[declared.name] = xr.Variable(dims, values, attributes)
    parameters = {declared.name: declared.values for declared in program.parameters}
    for declared in program.variables:
        limit = bound_price(declared, solution.reduced_costs.get(declared.name), parameters)
        if limit is None:
            continue
        dims, values = layout.scatter(declared.over, limit)
        unit = describe(registry, declared.name)["units"]
        attributes = describe_dual(
            registry, declared.name, over_time="time" in dims, over_year="year" in dims, equality=False
        )
        attributes["long_name"] = f"Shadow price of the bound on {declared.name.replace('_', ' ')}"
        variables[f"{declared.name}_bound"] = xr.Variable(dims, per_unit(case, layout, dims, values, unit), attributes)
    return with_coordinates(case, layout, variables)


def is_equality(record: Any) -> bool:
    """Whether a row family is an equation: its dual then keeps its sign, and is a price."""
    if record.kind == "balance":
        return True
    body = record.parsed.body
    return isinstance(body, ast.Compare) and isinstance(body.ops[0], ast.Eq)


def bound_price(declared: Any, reduced_costs: Any, parameters: Mapping[str, np.ndarray]) -> np.ndarray | None:
    """What widening a variable's bounds by one unit saves, in raw money; None where its only bound is zero below.

    A lower bound of zero is nature's, not a limit that anyone could relax, so its price is left out; what is left of a
    reduced cost where there is no finite bound is the solver's dust.
    """
    if reduced_costs is None:
        return None
    lower = parameters[declared.lower] if isinstance(declared.lower, str) else np.asarray(declared.lower)
    upper = parameters[declared.upper] if isinstance(declared.upper, str) else np.asarray(declared.upper)
    limits_below, limits_above = np.isfinite(lower) & (lower != 0.0), np.isfinite(upper)
    if not limits_below.any() and not limits_above.any():
        return None
    reduced = np.asarray(reduced_costs, dtype=float)
    return np.where(limits_above, np.maximum(-reduced, 0.0), 0.0) + np.where(
        limits_below, np.maximum(reduced, 0.0), 0.0
    )


def per_unit(case: Any, layout: Layout, dims: tuple[str, ...], raw: np.ndarray, unit: str) -> np.ndarray:
    """Divide raw duals by how often the row's step occurs and by the year's discount weight.

    A step that stands for `weight` hours and is `length` hours long occurs `weight / length` times; a row in MW is
    worth `weight` MWh a year, a row in MWh (a stored amount) `weight / length`.
    """
    values = raw
    if "time" in dims:
        weight = np.asarray(case.time.weight, dtype=float)
        occurrences = weight / np.asarray(case.time.length, dtype=float) if unit.startswith("MWh") else weight
        values = values / along(occurrences, "time", dims)
    if "year" in dims:
        discount = case.discount_weight.reindex(layout.labels("year")).to_numpy(dtype=float)
        values = values / along(discount, "year", dims)
    return values


def along(values: np.ndarray, dim: str, dims: tuple[str, ...]) -> np.ndarray:
    """Shape a vector so that it broadcasts along one dimension."""
    return values.reshape([-1 if name == dim else 1 for name in dims])


def with_coordinates(case: Any, layout: Layout, variables: Mapping[str, xr.Variable | xr.DataArray]) -> xr.Dataset:
    """A dataset on the labels of every dimension in use, and what each step of time stands for.

    Arrays that bring their own labels (tables of the case) are laid on those of the program; labels that only they have
    come last.
    """
    labels: dict[str, pd.Index] = {}
    for variable in variables.values():
        for dim in variable.dims:
            name = str(dim)
            if name not in labels and layout.has(name):
                labels[name] = layout.labels(name)
            if isinstance(variable, xr.DataArray) and name in variable.coords:
                own = pd.Index(variable.coords[name].values)
                known = labels.setdefault(name, own)
                labels[name] = known.append(own.difference(known, sort=False))
    coordinates = label_coordinates(labels)
    if "time" in labels:
        coordinates |= time_coordinates(case, labels["time"])
    laid = {name: on_labels(layout, labels, variable) for name, variable in variables.items()}
    return xr.Dataset(laid, coords=coordinates)


def on_labels(layout: Layout, labels: Mapping[str, pd.Index], variable: xr.Variable | xr.DataArray) -> xr.Variable:
    """A variable on the given labels; cells that it lacks are NaN, or empty text."""
    own = dict(variable.coords) if isinstance(variable, xr.DataArray) else {}
    wanted = {}
    for dim in map(str, variable.dims):
        if dim not in labels:
            continue
        held = pd.Index(own[dim].values) if dim in own else layout.labels(dim)
        if not held.equals(labels[dim]):
            wanted[dim] = labels[dim]
            own[dim] = xr.DataArray(held, dims=[dim])
    plain = variable.variable if isinstance(variable, xr.DataArray) else variable
    if not wanted:
        return plain
    array = xr.DataArray(plain, coords={dim: own[dim] for dim in wanted})
    return array.reindex(wanted, fill_value="" if array.dtype == object else np.nan).variable
