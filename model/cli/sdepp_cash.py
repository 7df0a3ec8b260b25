"""`sdepp cash`: read, reckon, write, and say what will be paid."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from model.cli.plain import plain
from model.errors import InputError, Problem
from model.sdepp.cash import CashOutflow, Scheme, cash_outflow, load_scheme, together
from model.sdepp.categories import OWN_YEAR
from model.sdepp.letter import TOTAL
from model.sdepp.payments import PaymentRules
from model.sdepp.portfolios import (
    chosen_rounds,
    load_cash_rounds,
    portfolio_awards,
    read_earlier,
    read_grants,
    read_tender,
)
from model.sdepp.reading import nearest

ALL = "all"


def reckon_cash(options: argparse.Namespace) -> tuple[str, Any]:
    """Reckon the table for each price scenario; gives the text, and the object for `--json`."""
    folder = Path(options.tables) if options.tables else None
    known = load_cash_rounds(folder)
    scheme = load_scheme(folder, options.attrition == "expected")
    rounds = _sound(options, scheme, known)
    schemes = {OWN_YEAR: scheme}
    for table in sorted(set(rounds["categories"]) - {OWN_YEAR}):
        schemes[table] = load_scheme(folder, options.attrition == "expected", table)
    awards = _awards(options, rounds, schemes, folder)
    earlier = read_earlier(Path(options.earlier)) if options.earlier else None
    rules = PaymentRules(
        advance_share=options.advance_share,
        over_production_limit=options.over_production,
        excess_profit=options.excess_profit,
    )
    names = list(scheme.prices.scenarios) if ALL in options.prices else list(dict.fromkeys(options.prices))

    def one(name: str) -> CashOutflow:
        parts = [
            cash_outflow(part, schemes[table], name, rules, options.negative_hours, options.inflation)
            for table, part in awards.items()
        ]
        return together(parts, earlier)

    found = [one(name) for name in names]
    files = _write(found, Path(options.output)) if options.output else {}
    text = "\n\n".join(_told(outflow) for outflow in found)
    if files:
        text += f"\n\nwritten: {options.output}"
    return text, plain({"status": "ok", "files": files, "scenarios": {one.scenario: _as_data(one) for one in found}})


def _sound(options: argparse.Namespace, scheme: Scheme, rounds: pd.DataFrame) -> pd.DataFrame:
    """Give the chosen rounds, or say all that is wrong with the options."""
    problems = []
    if not 0.0 <= options.advance_share <= 1.0:
        problems.append(Problem("--advance-share", "", "", f"{options.advance_share:g}", "a share between 0 and 1"))
    if not -0.1 <= options.inflation <= 0.5:
        problems.append(Problem("--inflation", "", "", f"{options.inflation:g}", "a yearly share, such as 0.02"))
    problems += [
        Problem("--tender", "", "", text, "ID=FILE, such as 2024=applications.csv")
        for text in options.tender
        if not all(text.partition("="))
    ]
    known = [*scheme.prices.scenarios, ALL]
    problems += [
        Problem("--prices", "", "", name, f"one of {', '.join(known)}{nearest(name, known)}")
        for name in options.prices
        if name not in known
    ]
    chosen = rounds
    try:
        chosen = chosen_rounds(rounds, options.rounds)
    except InputError as error:
        problems += error.problems
    if problems:
        raise InputError(problems)
    return chosen


def _awards(
    options: argparse.Namespace, rounds: pd.DataFrame, schemes: Mapping[str, Scheme], folder: Path | None
) -> dict[str, pd.DataFrame]:
    """Awards of the rounds by table of categories: the user's where they are given, the assumed mix else."""
    given, problems = [], list[Problem]()
    tables = dict(zip(map(str, rounds.index), rounds["categories"], strict=True))
    held = dict.fromkeys(text.partition("=")[0] for text in options.tender)
    if len(held) < len(options.tender):
        problems.append(Problem("--tender", "", "", " ".join(options.tender), "every round once"))
    for text in options.tender:
        name, _, file = text.partition("=")
        scheme = schemes[tables.get(name, OWN_YEAR)]
        try:
            given.append(read_tender(Path(file), name, rounds, scheme.terms))
        except InputError as error:
            problems += error.problems
    if options.grants:
        try:
            granted = _granted(Path(options.grants), rounds, schemes)
        except InputError as error:
            problems += error.problems
        else:
            given.append(granted)
            problems += [
                Problem(options.grants, "", "round", name, "a round that --tender does not give too")
                for name in sorted(set(granted["round"]) & set(held))
            ]
    if problems:
        raise InputError(problems)
    told = {*held, *(name for table in given for name in table["round"])}
    for table, scheme in schemes.items():
        assumed = rounds[~rounds["round"].isin(list(told)) & (rounds["categories"] == table)]
        if len(assumed):
            given.append(portfolio_awards(assumed, scheme.terms, scheme.base, folder))
    filled = [table.astype({"built_share": float, "delay_years": float}) for table in given if len(table)]
    if not filled:
        raise InputError([Problem("sdepp cash", "", "awards", "", "at least one award in the chosen rounds")])
    whole = pd.concat(filled, ignore_index=True)
    of = whole["round"].map(tables)
    return {table: whole[of == table].reset_index(drop=True) for table in schemes if (of == table).any()}


def _granted(path: Path, rounds: pd.DataFrame, schemes: Mapping[str, Scheme]) -> pd.DataFrame:
    """A user's grants; their categories and amounts are those of the table of their round."""
    terms = {table: scheme.terms for table, scheme in schemes.items()}
    return read_grants(path, rounds, terms, {table: scheme.base for table, scheme in schemes.items()})


def _told(outflow: CashOutflow) -> str:
    figures = outflow.titled().to_string(float_format=lambda number: f"{number:,.0f}")
    rounds = outflow.by_round.rename(index=lambda name: f"Round {name}")
    years = [name for name in outflow.table.columns if name != TOTAL]
    shown = rounds.reindex(columns=years, fill_value=0.0)
    parts = shown.assign(**{TOTAL: shown.sum(axis=1)}).to_string(float_format=lambda number: f"{number:,.0f}")
    return "\n".join([f"prices: {outflow.scenario}", figures, "", parts, "", *outflow.notes])


def _as_data(outflow: CashOutflow) -> dict[str, Any]:
    def rows(table: pd.DataFrame, name: str) -> pd.DataFrame:
        return table.rename_axis(name).rename(columns=str)

    return {
        "table": rows(outflow.table, "item"),
        "letter": rows(outflow.letter, "item"),
        "by_round": rows(outflow.by_round, "round"),
        "by_technique": rows(outflow.by_technique, "technique"),
        "rounds": rows(outflow.rounds, "round"),
        "unit": "million EUR",
        "notes": list(outflow.notes),
    }


def _write(found: list[CashOutflow], folder: Path) -> dict[str, Path]:
    """Write all tables aside first, so that a folder never holds half of them."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {}
    with TemporaryDirectory(dir=folder) as aside:
        for outflow in found:
            for name, table in _as_data(outflow).items():
                if isinstance(table, pd.DataFrame):
                    file = f"{outflow.scenario}_{name}.csv"
                    table.to_csv(Path(aside) / file, lineterminator="\n", encoding="utf-8")
                    files[f"{outflow.scenario}_{name}"] = folder / file
        for path in files.values():
            os.replace(Path(aside) / path.name, path)
    return files
