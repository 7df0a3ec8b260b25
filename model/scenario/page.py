"""The page of the documentation that lists every key of a scenario, written from the settings themselves."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Sequence
from typing import Any

import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from model.scenario.settings import Scenario

_HEAD = """# Keys of a scenario

Written by `make docs` from `model/scenario/settings.py`. A scenario file may also say `base:` (a scenario to start
from) and `with:` (a list of overlays). Later wins, key by key: base, overlays in their order, the file's own keys,
`--with`, `--set`. Mappings are merged, everything else is replaced. Editors that know JSON Schema complete and check
these keys: `python -m model schema -o scenario.schema.json`.
"""


def scenario_page() -> str:
    """Return the page as Markdown."""
    return "\n".join([_HEAD, *_section("(top level)", Scenario)]).rstrip() + "\n"


def _section(title: str, model: type[BaseModel]) -> Iterator[str]:
    yield f"## {title}\n"
    yield f"{(model.__doc__ or '').strip()}\n"
    yield "| key | values | default | meaning |\n| --- | --- | --- | --- |"
    inner = {}
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            inner[name] = field.annotation
        elif name != "variant":
            meaning = " ".join((field.description or "").split())
            yield f"| `{name}` | {_values(field)} | {_default(field)} | {meaning} |"
    yield ""
    for name, section in inner.items():
        yield from _section(name, section)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "the file's name"
    text = yaml.safe_dump(field.default, default_flow_style=True, width=1000).replace("\n...", "").strip()
    return f"`{text}`"


def _values(field: FieldInfo) -> str:
    return _kind(field.annotation, field.metadata)


def _kind(kind: Any, metadata: Sequence[Any] = ()) -> str:
    """A type in words, with the limits and the pattern that its annotations give."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        return _kind(arguments[0], [*_flat(arguments[1:]), *metadata])
    if origin is typing.Literal:
        words = ", ".join(str(argument) for argument in arguments)
        return words if len(arguments) == 1 else f"one of {words}"
    if origin in (types.UnionType, typing.Union):
        return " or ".join("null" if argument is type(None) else _kind(argument, metadata) for argument in arguments)
    if origin is list:
        return f"list of {_kind(arguments[0])}"
    if origin is dict:
        return f"mapping of {_kind(arguments[0])} to {_kind(arguments[1])}"
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return f"mapping with the keys of `{kind.__name__.lower()}`"
    if kind is str:
        # A pattern makes a name: a text that can be a part of a path.
        named = any(getattr(item, "pattern", None) for item in metadata)
        return "name (letters, digits, `_`, `-`, `.`)" if named else "text"
    return {bool: "true or false", int: "whole number", float: "number"}[kind] + _limits(metadata)


def _flat(annotations: Sequence[Any]) -> list[Any]:
    """Limits stand in a field's own metadata, which pydantic splits into one item a limit."""
    return [part for item in annotations for part in (item.metadata if isinstance(item, FieldInfo) else [item])]


def _limits(metadata: Sequence[Any]) -> str:
    signs = {"gt": ">", "ge": "≥", "lt": "<", "le": "≤"}
    found = [
        f"{sign} {getattr(item, key)}"
        for item in metadata
        for key, sign in signs.items()
        if getattr(item, key, None) is not None
    ]
    return f" {', '.join(found)}" if found else ""
