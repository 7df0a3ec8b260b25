"""One self-contained page of a run: interactive pictures without network, readable in light and dark."""

from __future__ import annotations

import json
import os
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

import xarray as xr

from model.report.page_data import page_data
from model.report.page_sdepp import sdepp_data

SCRIPTS = ("base.js", "charts.js", "map.js", "sections.js", "sdepp.js", "themes.js", "page.js")


def write_page(cube: xr.DataTree, path: str | Path, run_file: str | Path | None = None) -> Path:
    """Write the page of a run as one HTML file that opens from disk; it asks no server for anything.

    Args:
        cube: an opened run.
        path: file to write, replaced if it exists.
        run_file: the run's file; with it the page says what a dispatch that lies beside it found.

    Returns:
        The path written.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.part")
    try:
        data = {**page_data(cube, run_file), "sdepp": sdepp_data(cube)}
        temporary.write_text(page_html(data), encoding="utf-8")
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
    return target


def page_html(data: dict[str, Any]) -> str:
    """The page as text: frame, style, data and scripts in one."""
    # `<` is escaped so that no text of the run can end the script element.
    payload = json.dumps(data, separators=(",", ":"), ensure_ascii=False, allow_nan=False).replace("<", "\\u003c")
    parts = {
        "{{title}}": escape(f"{data['scenario']}: {data['title']}"),
        "{{style}}": asset("page.css"),
        "{{scripts}}": "\n".join(asset(name) for name in SCRIPTS),
        "{{data}}": payload,
    }
    html = asset("page.html")
    for mark, text in parts.items():
        html = html.replace(mark, text)
    return html


def asset(name: str) -> str:
    """Text of a file that ships with the package."""
    return files("model.report").joinpath("assets", name).read_text(encoding="utf-8")
