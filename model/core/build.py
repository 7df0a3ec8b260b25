"""From a case to a program: evaluates what the feature files declare and hands pure data to the engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from model.core.features import load_features
from model.core.registry import Meta, Registry
from model.core.sets import SetValues, call_with_sets
from model.engine.program import (
    IndexedSetDeclaration,
    MapDeclaration,
    ParameterDeclaration,
    Program,
    RowDeclaration,
    SetDeclaration,
    VariableDeclaration,
)

if TYPE_CHECKING:
    from model.data.case import Case


def build_program(case: Case, registry: Registry | None = None) -> Program:
    """Evaluate every declaration of the feature files for one case.

    Args:
        case: the validated, labelled case.
        registry: declarations; by default those of all feature rooms.

    Returns:
        The linear program as pure data: sets, parameters, variables, rows and costs, nothing expanded yet.

    Raises:
        ValueError: a parameter outside its declared bounds or with a missing value, by name and member.
        KeyError: members of an indexed set under a key that does not exist.
    """
    registry = registry or load_features()
    sets = SetValues(registry, case)
    set_records = registry.of_kind("set")
    family_records = registry.of_kind("indexed_set")
    for record in family_records:
        sets.check_keys(record.name)
    return Program(
        sets=[SetDeclaration(record.name, sets[record.name], len(record.dims)) for record in set_records],
        indexed_sets=[_indexed_set(record, sets) for record in family_records],
        parameters=[_parameter(record, case, sets) for record in registry.of_kind("parameter")],
        maps=[_map(record, case, sets) for record in registry.of_kind("map")],
        variables=[
            VariableDeclaration(record.name, record.over, record.lower, record.upper, record.integer)
            for record in registry.of_kind("variable")
        ],
        rows=[
            *(_balance(record, registry, sets) for record in registry.of_kind("balance")),
            *(_row(record) for record in registry.of_kind("row")),
        ],
        costs=[_row(record) for record in registry.of_kind("cost")],
        reported=[_row(record) for record in registry.of_kind("reported")],
    )


def _row(record: Meta) -> RowDeclaration:
    assert record.function is not None
    return RowDeclaration(record.name, record.over, record.function)


def _indexed_set(record: Meta, sets: SetValues) -> IndexedSetDeclaration:
    found = sets.family(record.name)
    members = {key: found.get(key, []) for key in sets[record.over[0]]}
    return IndexedSetDeclaration(record.name, record.over, members, len(record.dims))


def _balance(record: Meta, registry: Registry, sets: SetValues) -> RowDeclaration:
    """One row family whose left side is the sum of all contributions; those with nothing to give are left out."""
    assert record.function is not None
    parts: list[Callable[..., Any]] = [
        part.function
        for part in registry.of_kind("contribution")
        if part.balance == record.name and part.function is not None and _gives(part, registry, sets)
    ]
    right_side = record.function

    def rule(model: Any, *labels: Any) -> Any:
        left = parts[0](model, *labels)
        for part in parts[1:]:
            left = left + part(model, *labels)
        return left == right_side(model, *labels)

    rule.__name__ = record.name
    return RowDeclaration(record.name, record.over, rule)


def _gives(part: Meta, registry: Registry, sets: SetValues) -> bool:
    """Whether any set that the contribution sums over has a member."""
    assert part.parsed is not None
    summed = [name for name in part.parsed.summed_sets if registry.meta[name].kind == "indexed_set"]
    return not summed or any(sets.family(name) for name in summed)


def _map(record: Meta, case: Case, sets: SetValues) -> MapDeclaration:
    assert record.function is not None
    labels = call_with_sets(record.function, case, sets)
    if isinstance(labels, np.ndarray) and labels.dtype.kind == "i" and isinstance(sets[record.to], range):
        return MapDeclaration(record.name, record.over, record.to, labels)
    positions = sets.positions(record.to)
    unknown = [label for label in labels if label not in positions]
    if unknown:
        raise KeyError(f"map {record.name}: {unknown[0]!r} is not in {record.to}")
    return MapDeclaration(
        record.name, record.over, record.to, np.array([positions[label] for label in labels], dtype=np.int64)
    )


def _parameter(record: Meta, case: Case, sets: SetValues) -> ParameterDeclaration:
    assert record.function is not None
    shape = tuple(len(sets[name]) for name in record.over)
    given = call_with_sets(record.function, case, sets)
    values = _aligned(record, given, [sets[name] for name in record.over])
    if values.shape != shape:
        values = np.broadcast_to(values, shape)
    _check_bounds(record, values, [sets[name] for name in record.over])
    return ParameterDeclaration(record.name, record.over, values)


def _aligned(record: Meta, given: Any, members: list[Sequence[Any]]) -> np.ndarray:
    if isinstance(given, (pd.Series, pd.DataFrame)):
        aligned = given.reindex(_index(members[0], given.index))
        if record.default is not None:
            aligned = aligned.fillna(record.default)
        return aligned.to_numpy(dtype=float)
    return np.asarray(given, dtype=float)


def _index(members: Sequence[Any], like: pd.Index) -> pd.Index:
    if isinstance(like, pd.MultiIndex):
        return pd.MultiIndex.from_tuples(list(members), names=like.names) if len(members) else like[:0]
    plain: pd.Index = pd.Index(list(members))
    return plain


def _check_bounds(record: Meta, values: np.ndarray, members: list[Sequence[Any]]) -> None:
    wrong = ~((values >= record.minimum) & (values <= record.maximum))
    if not wrong.any():
        return
    place = np.unravel_index(int(np.argmax(wrong)), values.shape)
    labels = [axis[int(position)] for axis, position in zip(members, place, strict=True)]
    raise ValueError(
        f"parameter {record.name}[{', '.join(map(str, labels))}] is {values[place]}, "
        f"expected {record.minimum} to {record.maximum} {record.unit} ({record.file})"
    )
