"""YAML with line numbers: a strict reader that says where each key stands.

Stricter than YAML's usual reader where that reader guesses: a key that stands twice is a fault, only `true` and `false`
are truth values (`no` stays a word), and `1e6` is a number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from model.errors import Problem

Path = tuple[str, ...]
Place = tuple[str, int]
"""File and line."""


class _StrictLoader(yaml.SafeLoader):
    """A safe loader with the truth values and numbers of YAML 1.2."""


_NUMBER = re.compile(r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")
_StrictLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag.rsplit(":", 1)[-1] in ("null", "merge")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for _tag, _pattern, _first in (
    ("bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), "tTfF"),
    ("int", re.compile(r"^[-+]?[0-9]+$"), "-+0123456789"),
    ("float", _NUMBER, "-+.0123456789"),
):
    _StrictLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", _pattern, list(_first))


def _construct_number(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> int:
    return int(loader.construct_scalar(node))


# YAML 1.1 reads 010 as eight; here a leading zero means nothing.
_StrictLoader.add_constructor("tag:yaml.org,2002:int", _construct_number)


@dataclass
class Marked:
    """A mapping read from YAML, the place of each key, and the faults found on the way."""

    data: dict[Any, Any] = field(default_factory=dict)
    places: dict[Path, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read_yaml(text: str, file: str) -> Marked:
    """Read a YAML mapping.

    Args:
        text: the YAML text.
        file: how the file is called in faults.

    Returns:
        The mapping with the place of every key; faults of the YAML itself stand in `problems`.
    """
    result = Marked()
    loader = _StrictLoader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return result
        if not isinstance(node, yaml.MappingNode):
            expected = "a mapping of keys to values"
            result.problems.append(Problem(file, str(node.start_mark.line + 1), "", text[:40].strip(), expected))
            return result
        result.data = _mapping(loader, node, (), file, result)
    except yaml.MarkedYAMLError as error:
        line = str(error.problem_mark.line + 1) if error.problem_mark else ""
        result.problems.append(Problem(file, line, "", "", f"YAML that can be read ({error.problem})"))
    except yaml.YAMLError as error:
        result.problems.append(Problem(file, "", "", "", f"YAML that can be read ({error})"))
    finally:
        loader.dispose()
    return result


def read_value(text: str) -> Any:
    """Read the value of a `key=value` setting: a YAML scalar, list or mapping.

    Raises:
        yaml.YAMLError: the text is not YAML.
    """
    return yaml.load(text, Loader=_StrictLoader)  # noqa: S506 - a safe loader


def _mapping(loader: Any, node: yaml.MappingNode, path: Path, file: str, result: Marked) -> dict[Any, Any]:
    data: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        key = loader.construct_object(key_node, deep=True)
        if isinstance(key, list | dict):
            result.problems.append(Problem(file, str(line), ".".join(path), str(key), "a key of one word"))
            continue
        here = (*path, str(key))
        if key in data:
            expected = f"each key once (it stands in line {result.places[here][1]} already)"
            result.problems.append(Problem(file, str(line), ".".join(here), str(key), expected))
            continue
        result.places[here] = (file, line)
        data[key] = _value(loader, value_node, here, file, result)
    return data


def _value(loader: Any, node: yaml.Node, path: Path, file: str, result: Marked) -> Any:
    if isinstance(node, yaml.MappingNode):
        return _mapping(loader, node, path, file, result)
    if isinstance(node, yaml.SequenceNode):
        for position, item in enumerate(node.value):
            result.places[(*path, str(position))] = (file, item.start_mark.line + 1)
        return [_value(loader, item, (*path, str(position)), file, result) for position, item in enumerate(node.value)]
    return loader.construct_object(node, deep=True)
