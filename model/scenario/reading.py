"""From scenario files to one `Scenario`: base, overlays, settings, in that order.

Later wins, key by key: the `base` file, then the overlays of `with` in their order, then the file's own keys, then the
overlays and `key=value` settings given when loading. Mappings are merged, everything else is replaced.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from model.errors import InputError, Problem
from model.scenario.faults import SETTING, problems_of, unknown_name
from model.scenario.marks import Path as KeyPath
from model.scenario.marks import Place, places_in, read_file, read_value
from model.scenario.settings import Scenario

_OWN_KEYS = ("name", "title", "description", "variant")
"""Keys that belong to one file and are not inherited from its base."""


def inputs_folder() -> Path:
    """Return the folder of the data sets.

    That is $SMR_GRID_NL_INPUTS where it is set, else `inputs` beside the package, else `inputs` in the working folder.
    """
    named = os.environ.get("SMR_GRID_NL_INPUTS")
    if named:
        return Path(named)
    beside = Path(__file__).resolve().parents[2] / "inputs"
    return beside if beside.is_dir() else Path("inputs")


def data_folder(scenario: Scenario) -> Path:
    """Folder of the data set of a scenario: a path where it names one, else a folder of `inputs_folder()`."""
    named = Path(scenario.data)
    return named if named.is_absolute() or scenario.data.startswith(".") else inputs_folder() / named


def list_scenarios() -> dict[str, Path]:
    """Return the scenarios that ship, by name."""
    return _listing(_scenario_folders())


def list_overlays() -> dict[str, Path]:
    """Return the overlays that ship, by name."""
    return _listing([folder / "overlays" for folder in _scenario_folders()])


def load_scenario(
    name_or_path: str | Path,
    overrides: Sequence[str] | Mapping[str, Any] = (),
    overlays: Sequence[str | Path] = (),
) -> Scenario:
    """Load a scenario by name (`quick`) or path, lay overlays and settings over it, and check it.

    Args:
        name_or_path: name of a scenario in `inputs/<data>/scenarios`, the path of a YAML file, or the folder of a data
            set with one scenario in it.
        overrides: settings as `key=value` with dotted keys (`time.periods=4`), or a mapping of such keys to values.
        overlays: names or paths of overlay files, laid over the scenario in this order, before the overrides.

    Returns:
        The checked scenario. What was laid over it stands in its `variant`.

    Raises:
        InputError: files that cannot be found or read, unknown keys, wrong values; all of them at once.
    """
    merge = _Merge()
    path = merge.find("scenario", name_or_path, _beside(None), list_scenarios())
    if path is not None:
        merge.scenario(path, ())
    for overlay in overlays:
        merge.overlay(overlay, None)
    settings = list(_settings(overrides, merge.problems))
    for text, key, value in settings:
        merge.put(key, value, text)
    shown = _shown(path) if path is not None else str(name_or_path)
    if path is None:
        raise InputError(merge.problems)
    merge.data.setdefault("name", path.stem)
    merge.data["variant"] = [
        *(merge.data.get("variant") or []),
        *(Path(overlay).stem for overlay in overlays),
        *(text for text, _, _ in settings),
    ]
    try:
        scenario = Scenario.model_validate(merge.data)
    except ValidationError as error:
        raise InputError([*merge.problems, *problems_of(error, merge.places, shown, merge.data)]) from None
    if merge.problems:
        raise InputError(merge.problems)
    return scenario


@dataclass
class _Merge:
    """What has been read so far, with the place of each key."""

    data: dict[Any, Any] = field(default_factory=dict)
    places: dict[KeyPath, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def scenario(self, path: Path, chain: tuple[Path, ...]) -> None:
        """Lay a scenario file over what is there: its base first, then its overlays, then its own keys."""
        shown = _shown(path)
        marked = read_file(path, shown)
        self.problems += marked.problems
        line = {key: str(place[1]) for (key, *rest), place in marked.places.items() if not rest}
        base = marked.data.pop("base", None)
        if base is not None:
            found = self.find("scenario", base, _beside(path), list_scenarios(), shown, line["base"], "base")
            if found is not None and found.resolve() in (*(one.resolve() for one in chain), path.resolve()):
                expected = "a base that does not lead back to this file"
                self.problems.append(Problem(shown, line["base"], "base", str(base), expected))
            elif found is not None:
                self.scenario(found, (*chain, path))
                for key in _OWN_KEYS:
                    self.data.pop(key, None)
        for overlay in self._names(marked.data.pop("with", []), shown, line.get("with", "")):
            self.overlay(overlay, path, shown, line["with"])
        if str(marked.data.get("data", "")).startswith("."):
            marked.data["data"] = _from_here(path.parent / str(marked.data["data"]))
        self._lay(marked.data, marked.places)

    def overlay(self, name: str | Path, beside: Path | None, file: str = "--with", line: str = "") -> None:
        """Lay an overlay file over what is there."""
        path = self.find("overlay", name, _beside(beside), list_overlays(), file, line, "with")
        if path is None:
            return
        marked = read_file(path, _shown(path))
        self.problems += marked.problems
        for key in ("base", "with", *_OWN_KEYS):
            if key in marked.data:
                value = str(marked.data.pop(key))
                expected = "no such key in an overlay (it belongs to scenario files)"
                self.problems.append(Problem(_shown(path), str(marked.places[(key,)][1]), key, value, expected))
        self._lay(marked.data, marked.places)

    def put(self, key: tuple[str | int, ...], value: Any, text: str) -> None:
        """Set one dotted key."""
        nested: Any = value
        for part in reversed(key):
            nested = {part: nested}
        path = tuple(str(part) for part in key)
        place = (f"{SETTING}{text}", 0)
        above = {path[:length]: place for length in range(1, len(path)) if path[:length] not in self.places}
        self._lay(nested, {**above, **places_in(value, path, place)})

    def find(
        self,
        kind: str,
        name: str | Path,
        folders: Sequence[Path],
        known: Mapping[str, Path],
        file: str = "",
        line: str = "",
        key: str = "",
    ) -> Path | None:
        """Find a file by path or name; add a problem where there is none."""
        text = str(name)
        inside = _scenarios_inside(Path(text)) if kind == "scenario" and not file else []
        if len(inside) > 1:
            expected = f"one of the scenarios of the folder: {', '.join(map(_shown, inside))}"
            self.problems.append(Problem(text, "", "", "", expected))
            return None
        candidates = [*inside, *(folder / text for folder in folders if text.endswith((".yaml", ".yml")))]
        if kind == "overlay":
            folders = [*folders, *(folder / "overlays" for folder in folders)]
        if file:
            candidates += [folder / f"{text}.yaml" for folder in folders]
        for path in candidates:
            if path.is_file():
                return path
        if text in known:
            return known[text]
        self.problems.append(Problem(file or text, line, key, text if file else "", unknown_name(kind, text, [*known])))
        return None

    def _names(self, value: Any, file: str, line: str) -> list[str]:
        names = [value] if isinstance(value, str) else value
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            self.problems.append(Problem(file, line, "with", str(value), "a list of overlays, like [quick_time]"))
            return []
        return names

    def _lay(self, data: Mapping[Any, Any], places: Mapping[KeyPath, Place]) -> None:
        self.data = _merged(self.data, data)
        self.places.update(places)


def _merged(below: Mapping[Any, Any], above: Mapping[Any, Any]) -> dict[Any, Any]:
    result = dict(below)
    for key, value in above.items():
        both = isinstance(value, Mapping) and isinstance(result.get(key), Mapping)
        result[key] = _merged(result[key], value) if both else value
    return result


def _settings(
    overrides: Sequence[str] | Mapping[str, Any], problems: list[Problem]
) -> Iterator[tuple[str, tuple[str | int, ...], Any]]:
    """Yield (text, key, value) of each setting; a word that cannot be read becomes a problem."""
    if isinstance(overrides, Mapping):
        for dotted, value in overrides.items():
            yield f"{dotted}={value}", _key(dotted), value
        return
    for text in [overrides] if isinstance(overrides, str) else overrides:
        dotted, equals, written = text.partition("=")
        if not equals or not all(dotted.strip().split(".")):
            problems.append(Problem("--set", "", "", text, "key=value with a dotted key, like time.periods=4"))
            continue
        try:
            yield text, _key(dotted), read_value(written)
        except yaml.YAMLError:
            problems.append(Problem("--set", "", dotted, written, "a value: number, word, [list] or {mapping}"))


def _key(dotted: str) -> tuple[str | int, ...]:
    return tuple(int(part) if part.isdigit() else part for part in dotted.strip().split("."))


def _scenario_folders() -> list[Path]:
    folders = sorted(inputs_folder().glob("*/scenarios"))
    return sorted(folders, key=lambda folder: folder.parent.name != "nl")


def _listing(folders: Sequence[Path]) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for folder in folders:
        for path in sorted(folder.glob("*.yaml")):
            found.setdefault(path.stem, path)
    return found


def _scenarios_inside(folder: Path) -> list[Path]:
    """Scenarios in the folder of a data set; none where it is no such folder."""
    return sorted((folder / "scenarios").glob("*.yaml")) if folder.is_dir() else []


def _beside(path: Path | None) -> list[Path]:
    return [Path()] if path is None else [path.parent, Path()]


def _from_here(folder: Path) -> str:
    """A folder as a path from the working folder that begins with a point; absolute where it lies elsewhere."""
    shown = _shown(folder.resolve())
    return shown if Path(shown).is_absolute() else f"./{shown}"


def _shown(path: Path) -> str:
    """Name a file as the user would: from the working folder where it lies below it."""
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return str(path)
