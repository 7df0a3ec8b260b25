"""YAML with line numbers: a strict reader that says where each key stands.

Stricter than YAML's usual reader where that reader guesses: a key that stands twice is a fault, only `true` and `false`
are truth values (`no` stays a word), and `1e6` is a number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path as FilePath
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


def read_file(path: FilePath, file: str) -> Marked:
    """Read the YAML mapping of a file (`file` is how it is called in faults), of which at least one key is expected."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        found = f"byte {error.object[error.start]:02X} (hexadecimal)"
        return Marked(problems=[Problem(file, str(line), "", found, "text in UTF-8")])
    except OSError as error:
        return Marked(problems=[Problem(file, "", "", error.strerror or str(error), "a file that can be read")])
    marked = read_yaml(text, file)
    if not marked.data and not marked.problems:
        expected = "at least one key, such as base: base"
        marked.problems.append(Problem(file, "1", "", "an empty file", expected))
    return marked


def places_in(value: Any, path: Path, place: Place) -> dict[Path, Place]:
    """Give a key and all keys and entries of its value the same place."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    places = {path: place}
    for key, item in inner:
        places |= places_in(item, (*path, str(key)), place)
    return places


def read_yaml(text: str, file: str) -> Marked:
    """Read a YAML mapping.

    Args:
        text: the YAML text.
        file: how the file is called in faults.

    Returns:
        The mapping with the place of every key; faults of the YAML itself stand in `problems`.
    """
    result = Marked()
    try:
        loader = _StrictLoader(text)
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1
        found = f"character {ord(text[error.position]):04X} (hexadecimal)"
        result.problems.append(Problem(file, str(line), "", found, "a text file without control characters"))
        return result
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
        result.problems.append(_syntax_problem(error, file))
    except (yaml.YAMLError, RecursionError) as error:
        words = " ".join(str(error).split())
        result.problems.append(Problem(file, "", "", "", f"YAML that can be read ({words})"))
    finally:
        loader.dispose()
    return result


def read_value(text: str) -> Any:
    """Read the value of a `key=value` setting: a YAML scalar, list or mapping.

    Raises:
        yaml.YAMLError: the text is not YAML.
    """
    return yaml.load(text, Loader=_StrictLoader)  # noqa: S506 - a safe loader


def _syntax_problem(error: yaml.MarkedYAMLError, file: str) -> Problem:
    """Say in which line and column the reader stopped, and of tabs, which YAML forbids, that they are tabs."""
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return Problem(file, "", "", "", f"YAML that can be read ({error.problem})")
    begun = error.context_mark
    since = f" {error.context} from line {begun.line + 1}" if error.context and begun and begun.line < mark.line else ""
    if "'\\t'" in str(error.problem):
        return Problem(
            file, str(mark.line + 1), f"column {mark.column + 1}", "a tab", "spaces: YAML allows no tabs here"
        )
    expected = f"YAML that can be read ({error.problem}{since})"
    return Problem(file, str(mark.line + 1), f"column {mark.column + 1}", "", expected)


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
