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
from model.cube.coordinates import COORDINATES, label_coordinates, time_coordinates, unit_coordinates
from model.cube.layout import Layout
from model.cube.ledgers import ledger_group
from model.cube.metadata import CAPACITY_UNIT, describe, describe_dual, energy_unit
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
            attributes = describe(registry, declared.name)
            variables[declared.name] = layout.variable(declared.over, declared.values, attributes)
    return with_coordinates(case, layout, variables)


def result_group(case: Any, program: Any, registry: Any, layout: Layout, solution: Any) -> xr.Dataset:
    """Every variable of the program, every reported family, and the yearly sum of every hourly power."""
    variables: dict[str, xr.Variable] = {}
    weight = np.asarray(case.time.weight, dtype=float)
    solved = [(declared, solution.values[declared.name]) for declared in program.variables]
    solved += [(declared, solution.reported_values[declared.name]) for declared in program.reported]
    for declared, values in solved:
        name, attributes = declared.name, describe(registry, declared.name)
        variables[name] = layout.variable(declared.over, values, attributes)
        unit = energy_unit(attributes["units"])
        if declared.over and declared.over[-1] == "time" and unit is not None:
            attributes = {**attributes, "units": unit, "long_name": f"Sum over the year: {attributes['long_name']}"}
            energy = np.asarray(values, dtype=float) @ weight / 1e6
            variables[f"annual_{name}"] = layout.variable(declared.over[:-1], energy, attributes)
    return with_coordinates(case, layout, variables)


def dual_group(case: Any, program: Any, registry: Any, layout: Layout, solution: Any) -> xr.Dataset:
    """The dual of every row family and of every bound that is a limit, in money of the year per unit of the limit."""
    variables: dict[str, xr.Variable] = {}
    for declared in program.rows:
        if declared.name not in solution.duals:
            continue
        equality = is_equality(registry.meta[declared.name])
        raw = np.asarray(solution.duals[declared.name], dtype=float)
        dims = layout.dims(declared.over)
        unit = describe(registry, declared.name)["units"]
        values = per_unit(case, layout, declared.over, raw if equality else np.abs(raw), unit)
        attributes = describe_dual(
            registry, declared.name, over_time="time" in dims, over_year="year" in dims, equality=equality
        )
        variables[declared.name] = layout.variable(declared.over, values, attributes)
    parameters = {declared.name: declared.values for declared in program.parameters}
    for declared in program.variables:
        held = declared.name in solution.held
        reduced = solution.reduced_costs.get(declared.name)
        limit = -reduced if held else bound_price(declared, reduced, parameters)
        if limit is None:
            continue
        dims = layout.dims(declared.over)
        unit = describe(registry, declared.name)["units"]
        attributes = describe_dual(
            registry, declared.name, over_time="time" in dims, over_year="year" in dims, equality=False
        )
        spoken = declared.name.replace("_", " ")
        attributes["long_name"] = f"Shadow price of the bound on {spoken}"
        if held:
            attributes["long_name"] = f"What one more unit of {spoken}, which is held, would save at most"
            attributes["sign"] = "positive: would save more than it costs; negative: costs more"
        priced = per_unit(case, layout, declared.over, limit, unit)
        variables[f"{declared.name}_bound"] = layout.variable(declared.over, priced, attributes)
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


def per_unit(case: Any, layout: Layout, over: tuple[str, ...], raw: np.ndarray, unit: str) -> np.ndarray:
    """Divide raw duals, one axis per index set, by how often the row's step occurs and by the year's discount weight.

    A step that stands for `weight` hours and is `length` hours long occurs `weight / length` times; a row in MW is
    worth `weight` MWh a year, a row in MWh (a stored amount) `weight / length`.
    """
    values = np.asarray(raw, dtype=float)
    for axis, name in enumerate(over):
        members = layout.member_labels(name)
        factor: np.ndarray | None = None
        if name == "time":
            weight = np.asarray(case.time.weight, dtype=float)
            factor = weight / np.asarray(case.time.length, dtype=float) if unit.startswith("MWh") else weight
        elif "year" in members:
            factor = case.discount_weight.reindex(members["year"]).to_numpy(dtype=float)
        if factor is not None:
            values = values / factor.reshape([-1 if place == axis else 1 for place in range(len(over))])
    return values


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
    if any(CAPACITY_UNIT in variable.attrs.get("units", "") for variable in variables.values()):
        labels.setdefault("technology", layout.labels("technology"))
    coordinates = label_coordinates(labels) | unit_coordinates(case, labels)
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
