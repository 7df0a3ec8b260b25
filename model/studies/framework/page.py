"""What a study leaves behind: CSV, JSON, NetCDF and one self-contained page with its tables and pictures."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from model.report.page import asset
from model.report.tables import Report, Section, cell_text

if TYPE_CHECKING:
    import xarray as xr

    from model.data import Case
    from model.scenario import Scenario

STYLE = """
main { max-width: 900px; } header { max-width: 900px; }
figure { margin: 12px 0 18px; } figcaption { font-weight: 600; font-size: 14px; margin-bottom: 4px; }
td, th { overflow-wrap: break-word; } td:first-child { min-width: 11em; }
.hint { display: none; color: var(--soft); font-size: 13px; margin: 0 0 4px; } .hint.wide { display: block; }
@media (max-width: 820px) { .hint { display: block; } }
.scroll {
  background: linear-gradient(to right, var(--paper) 40%, transparent) 0 0 / 48px 100% no-repeat local,
    linear-gradient(to left, var(--paper) 40%, transparent) 100% 0 / 48px 100% no-repeat local,
    linear-gradient(to right, rgb(0 0 0 / .22), transparent) 0 0 / 16px 100% no-repeat scroll,
    linear-gradient(to left, rgb(0 0 0 / .22), transparent) 100% 0 / 16px 100% no-repeat scroll;
}
"""
"""Tables wrap to fit; one that does not is scrolled, and shadows at its edges and a line above it say so."""
WIDE, LONG = 8, 300
"""Columns above which a table is said to be wide, and characters above which a fact is folded."""


@dataclass(frozen=True)
class Chapter:
    """A part of the page: a heading that says what to see, words, pictures with a caption, a table.

    Attributes:
        title: heading.
        words: paragraphs, plain text.
        pictures: (caption, SVG), see `pictures`.
        table: figures; the index is shown where it has a name.
        folded: shown only when opened.
    """

    title: str
    words: Sequence[str] = ()
    pictures: Sequence[tuple[str, str]] = ()
    table: pd.DataFrame | None = None
    folded: bool = False


@dataclass(frozen=True)
class Answer:
    """The answer of a study, ready to be written.

    Attributes:
        name: name of the files.
        title: heading of the page.
        subtitle: what was asked of which scenario.
        held_equal: what is the same in everything that is compared; stands at the top of the page.
        chapters: the page.
        table: all figures, one row per point: the CSV and the JSON.
        dataset: the same with labels and units: the NetCDF.
        facts: where the figures come from.
        warnings: what must be known before any figure is quoted; stands above everything else.
    """

    name: str
    title: str
    subtitle: str
    held_equal: Sequence[str]
    chapters: Sequence[Chapter]
    table: pd.DataFrame
    dataset: xr.Dataset
    facts: Mapping[str, str] = field(default_factory=dict)
    warnings: Sequence[str] = ()

    def report(self) -> Report:
        """The same as text for a terminal."""
        shown = [chapter for chapter in self.chapters if chapter.table is not None and not chapter.folded]
        return Report(
            title=self.title,
            facts={"asked": self.subtitle, "held equal": " ".join(self.held_equal)},
            sections=[Section(chapter.title, chapter.table) for chapter in shown if chapter.table is not None],
            warnings=list(self.warnings),
        )


def write_answer(answer: Answer, folder: Path) -> dict[str, Path]:
    """Write the files of a study, each replaced whole.

    Returns:
        Paths by kind: page, csv, json, nc.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = {kind: folder / f"{answer.name}.{kind}" for kind in ("html", "csv", "json", "nc")}
    rows = [{key: _plain(value) for key, value in row.items()} for row in answer.table.to_dict("records")]
    whole = {
        "title": answer.title,
        "warnings": list(answer.warnings),
        "held_equal": list(answer.held_equal),
        "facts": dict(answer.facts),
        "points": rows,
    }
    dataset = answer.dataset.assign_attrs(warnings="\n".join(answer.warnings))
    _replace(paths["html"], lambda path: path.write_text(page_html(answer), encoding="utf-8"))
    _replace(paths["csv"], lambda path: answer.table.to_csv(path, index=False, lineterminator="\n"))
    _replace(paths["json"], lambda path: path.write_text(json.dumps(whole, indent=1), encoding="utf-8"))
    _replace(paths["nc"], lambda path: dataset.to_netcdf(path, engine="netcdf4"))
    return {"page": paths["html"], "csv": paths["csv"], "json": paths["json"], "nc": paths["nc"]}


def page_html(answer: Answer) -> str:
    """The page as text; it needs no network and no script."""
    body = "".join(_chapter(chapter) for chapter in answer.chapters)
    held = "".join(f"<li>{escape(line)}</li>" for line in answer.held_equal)
    facts = "".join(f"<tr><td>{escape(name)}</td><td>{_fact(text)}</td></tr>" for name, text in answer.facts.items())
    warnings = "".join(f"<p><b>{escape(text)}</b></p>" for text in answer.warnings)
    warned = f'<div class="notice" id="warnings">{warnings}</div>' if warnings else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{escape(answer.title)}</title><style>{asset('page.css')}{STYLE}</style></head><body>"
        f'<header><h1>{escape(answer.title)}</h1><p class="muted">{escape(answer.subtitle)}</p>'
        f'{warned}<div class="notice"><p>What is held equal</p><ul>{held}</ul></div></header><main>{body}'
        f'<section><h2>Where these figures come from</h2><div class="scroll"><table id="facts">{facts}</table></div>'
        "</section></main></body></html>\n"
    )


def facts_of(case: Case) -> dict[str, str]:
    """Scenario, time, data and versions of a study, in words."""
    from model.cube.record import as_json, versions

    time = case.scenario.time
    return {
        "scenario": case.scenario.run_name,
        "title": case.scenario.title,
        "years": ", ".join(map(str, case.years)),
        "weather years": ", ".join(map(str, case.scenario.weather_years)),
        "time": f"{time.mode}, {len(case.time.periods)} periods, {case.time.count} steps of {time.step_hours} h a year",
        "money": f"EUR of {case.scenario.finance.price_year}; discounted at {case.scenario.finance.discount_rate:.2%} "
        "a year where it says so",
        "versions": as_json(versions()),
        "input files": as_json(dict(case.checksums)),
        "settings": case.scenario.to_yaml(),
    }


def money_held(scenario: Scenario) -> list[str]:
    """What cost means where the objective holds more than system cost; nothing where it does not."""
    if not scenario.sites.pays_tariffs:
        return []
    kind = "the private account of the sites" if scenario.sites.objective == "private" else "system cost"
    return [
        f"The objective is {kind} with the tariffs of sites in it, as the scenario asks: where cost stands here, "
        "payments between parties are part of it."
    ]


def region_names(case: Case) -> dict[str, str]:
    """Names of regions as a reader knows them, by code; a region without a name keeps its code."""
    table = case.tables.get("regions")
    known = {} if table is None else dict(zip(table["region"].map(str), table["name"].map(str), strict=True))
    return {str(region): known.get(str(region)) or str(region) for region in case.nodes["region"].unique()}


def described(dataset: xr.Dataset, units: Mapping[str, tuple[str, str]], facts: Mapping[str, Any]) -> xr.Dataset:
    """Give every variable its unit and sentence, and the dataset its provenance.

    Raises:
        KeyError: a variable without unit and sentence.
    """
    for name in dataset.data_vars:
        unit, sentence = units[str(name)]
        dataset[name].attrs.update(units=unit, long_name=sentence)
    return dataset.assign_attrs(dict(facts))


def _fact(text: str) -> str:
    """A fact; a long one (checksums, settings) is folded and keeps its lines."""
    if len(text) <= LONG:
        return escape(text)
    shown = text
    if text.startswith("{"):
        pairs = json.loads(text)
        shown = "\n".join(f"{name}: {value}" for name, value in pairs.items())
        return f"<details><summary>{len(pairs)} entries</summary><pre>{escape(shown)}</pre></details>"
    return f"<details><summary>{len(shown.splitlines())} lines</summary><pre>{escape(shown)}</pre></details>"


def _chapter(chapter: Chapter) -> str:
    words = "".join(f"<p>{escape(text)}</p>" for text in chapter.words)
    shown = "".join(
        f"<figure><figcaption>{escape(caption)}</figcaption>{svg}</figure>" for caption, svg in chapter.pictures
    )
    table = _table(chapter.table) if chapter.table is not None else ""
    if chapter.folded:
        return f"<section><details><summary>{escape(chapter.title)}</summary>{words}{shown}{table}</details></section>"
    return f"<section><h2>{escape(chapter.title)}</h2>{words}{shown}{table}</section>"


def _table(table: pd.DataFrame) -> str:
    shown = table.reset_index() if any(table.index.names) else table
    head = "".join(f"<th>{escape(str(name))}</th>" for name in shown.columns)
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(cell_text(_number(value)))}</td>" for value in row) + "</tr>"
        for row in shown.itertuples(index=False)
    )
    kind = "hint wide" if len(shown.columns) > WIDE else "hint"
    hint = f'<p class="{kind}">Wider than the page: scroll the table sideways.</p>'
    return f'{hint}<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'


def _number(value: Any) -> Any:
    return float(value) if isinstance(value, np.floating) else value


def _plain(value: Any) -> Any:
    if isinstance(value, float | np.floating):
        return float(value) if math.isfinite(value) else None
    return value.item() if isinstance(value, np.generic) else value


def _replace(path: Path, write: Callable[[Path], Any]) -> None:
    """Write beside and move, so that no half-written file is left."""
    part = path.with_name(f".{path.name}.part")
    try:
        write(part)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
