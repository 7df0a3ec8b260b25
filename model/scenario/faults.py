"""Faults of a scenario in the user's words: which key, in which line, and the nearest name that exists."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from model.errors import Problem
from model.scenario.marks import Path, Place
from model.scenario.section import FIRST_YEAR, LAST_YEAR, ScenarioFaults
from model.scenario.settings import Scenario

READER_KEYS = ("base", "with")
"""Keys of a file that say how to put the scenario together."""

SETTING = "--set "
"""How the place of a setting of the command line begins."""

_WORDS = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "string_type": "a word or text",
    "list_type": "a list, like [a, b]",
    "dict_type": "a mapping of names to values",
    "model_type": "a section: keys below it, indented",
    "missing": "a value",
    "string_pattern_mismatch": "a name of letters, digits, '_', '-' and '.'",
}
_LIMITS = {
    "greater_than": ("gt", "a number above {}"),
    "greater_than_equal": ("ge", "a number of at least {}"),
    "less_than": ("lt", "a number below {}"),
    "less_than_equal": ("le", "a number of at most {}"),
    "too_short": ("min_length", "at least {} entries"),
}


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known name nearest to `word`, or an empty string where none is near."""
    names = sorted(set(known))
    lower = {name.lower(): name for name in names}
    matches = difflib.get_close_matches(word.lower(), lower, n=1, cutoff=0.6)
    return lower[matches[0]] if matches else ""


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return '; did you mean NAME?' or nothing."""
    name = nearest(word, known)
    return f"; did you mean {name!r}?" if name else ""


def dotted_keys(model: type[BaseModel] = Scenario, prefix: Path = ()) -> Iterator[Path]:
    """Yield the path of every key that a scenario knows, sections included."""
    for name, info in model.model_fields.items():
        yield (*prefix, name)
        kind = info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from dotted_keys(kind, (*prefix, name))


def problems_of(
    error: ValidationError, places: Mapping[Path, Place], file: str, data: Mapping[Any, Any]
) -> list[Problem]:
    """Turn pydantic's errors into problems with file, line, key, value and expectation.

    Args:
        error: what pydantic found.
        places: where each key stands.
        file: file named where a key stands nowhere (a missing one).
        data: the settings as they were written.
    """
    problems = []
    for item in error.errors(include_url=False):
        path = tuple(str(part) for part in item["loc"] if part != "[key]")
        cause = item.get("ctx", {}).get("error")
        if isinstance(cause, ScenarioFaults):
            for inner, value, expected, others in cause.faults:
                place = (*path, *inner)
                taking_part = [place, *((*path, *other) for other in others)]
                blamed = _blamed(taking_part, places, file)
                problems.append(_problem(place, _written(data, place, value), expected, blamed))
        else:
            problems.append(_problem(path, item["input"], _expected(item, path), _place(path, places, file)))
    return problems


def _problem(path: Path, value: Any, expected: str, place: Place) -> Problem:
    file, line = place
    return Problem(file, str(line) if line else "", ".".join(path), _shown(value), expected)


def _place(path: Path, places: Mapping[Path, Place], file: str) -> Place:
    """Where a key stands, or the section around it."""
    return next((places[path[:length]] for length in range(len(path), 0, -1) if path[:length] in places), (file, 0))


def _blamed(paths: Sequence[Path], places: Mapping[Path, Place], file: str) -> Place:
    """Of the keys that contradict one another, the one set last: files lay down what a setting then breaks."""
    found = [_place(path, places, file) for path in paths]
    # A section that only stands around the key says nothing about who set it.
    own = [places[path] for path in paths if path in places]
    return next((place for place in own if place[0].startswith(SETTING)), found[0])


def _written(data: Any, path: Path, otherwise: Any) -> Any:
    """Find what was written at a path, where pydantic has changed its type since (900 to 900.0)."""
    for part in path:
        by_text = {str(key): value for key, value in data.items()} if isinstance(data, Mapping) else {}
        if part not in by_text:
            return otherwise
        data = by_text[part]
    return data


def _shown(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _expected(item: Mapping[str, Any], path: Path) -> str:
    kind, context = item["type"], item.get("ctx", {})
    if path[0] == "years" and kind in _LIMITS and len(path) > 1:
        return f"a year from {FIRST_YEAR} to {LAST_YEAR}"
    if kind == "extra_forbidden":
        return _unknown_key(path)
    if kind == "literal_error":
        allowed = [part.strip().strip("'") for part in context["expected"].replace(" or ", ", ").split(",")]
        return "one of " + ", ".join(allowed) + suggestion(str(item["input"]), allowed)
    if kind in _LIMITS:
        name, text = _LIMITS[kind]
        limit = context.get(name)
        return text.format(f"{limit:g}" if isinstance(limit, float) else limit)
    return _WORDS.get(kind, str(item["msg"]))


def _unknown_key(path: Path) -> str:
    """Name the same key in another section, else the nearest key of this section, else the nearest of all."""
    known = list(dotted_keys())
    siblings = [key[-1] for key in known if key[:-1] == path[:-1]]
    if len(path) == 1:
        siblings += READER_KEYS
    elsewhere = {key[-1]: ".".join(key) for key in reversed(known)}
    near = "" if path[-1] in elsewhere else nearest(path[-1], siblings)
    if near:
        return f"a known key; did you mean {'.'.join((*path[:-1], near))!r}?"
    near = nearest(path[-1], elsewhere)
    if near:
        return f"a known key; did you mean {elsewhere[near]!r}?"
    return "a known key, one of " + ", ".join(siblings)


def unknown_name(kind: str, name: str, known: Sequence[str]) -> str:
    """Say that a named file does not exist, and which do."""
    listed = ", ".join(known) if known else "none found"
    return f"a path of a file ({kind}), or one of: {listed}{suggestion(name, known)}"
