"""`sdepp candidates` and the questions to a round: read or draw, hold, write, and say what was found."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pandas as pd

from model.cli.plain import plain
from model.errors import InputError, Problem
from model.sdepp.applications import read_applications
from model.sdepp.categories import OWN_YEAR, load_categories
from model.sdepp.limits import load_limits
from model.sdepp.reading import nearest, records
from model.sdepp.rounds import Round, load_round, load_rounds
from model.sdepp.switches import Switches
from model.sdepp.tender import categories_of
from model.studies.sdepp_candidates import Candidates, written
from model.studies.sdepp_questions import Answer, Tender, ceilings, hekjes, losers
from model.studies.sdepp_world import ASSUMED, Ground, ground

if TYPE_CHECKING:
    from model.sdepp.cash import Scheme


def draw_candidates(options: argparse.Namespace) -> tuple[str, Any]:
    """Draw the candidates of a round and write them as a table of applications."""
    path = Path(options.output)
    if path.suffix != ".csv":
        raise InputError([Problem("--output", "", "", options.output, "a file that ends in .csv")])
    found = drawn(options, usual(options))
    files = written(found, path)
    table, room = found.by_category(), found.headroom
    text = "\n".join(
        [
            f"{len(found.applications):,} applications of {len(found.projects):,} candidate projects in "
            f"{table['applying'].gt(0).sum()} categories, round {options.year}, seed {options.seed}",
            "",
            "MW or t CO2 per hour, EUR per kWh or t CO2",
            figures(table),
            "",
            "room of the grid by region and direction, MW",
            figures(room, 0),
            "",
            *_left_out(found),
            *(sentence.format(seed=options.seed) for sentence in ASSUMED),
            "",
            *(f"{name + ':':<14}{file}" for name, file in files.items()),
        ]
    )
    tables = {"by_category": table, "headroom": room, "left_out": found.left_out}
    return text, plain({"status": "ok", "files": files, "assumptions": list(ASSUMED), **tables})


def _left_out(found: Candidates) -> list[str]:
    reasons = Counter(str(reason) for reason in found.projects["reason"] if reason)
    lines = [f"{count:,} projects do not apply: {reason}" for reason, count in reasons.items()]
    names = [f"{row.category} {row.asset or row.technology}: {row.reason}" for row in records(found.left_out)]
    return [*lines, *(f"left out: {name}" for name in names)]


def usual(options: argparse.Namespace) -> Ground:
    """The ground of a command: its scenario, round and tables."""
    folder = Path(options.tables) if options.tables else None
    return ground(options.scenario, options.year, options.settings, options.overlays, folder, the_round(options))


def drawn(options: argparse.Namespace, under: Ground) -> Candidates:
    """Candidates as the options want them."""
    return under.drawn(options.seed, options.scale, not options.each_alone)


def the_round(options: argparse.Namespace) -> Round:
    """The round, with another ceiling or other categories where they are given; its reserves stay."""
    held = load_round(options.year, Path(options.tables) if options.tables else None)
    ceiling, categories = getattr(options, "ceiling", None), getattr(options, "categories", None)
    held = held.but(categories=categories) if categories else held
    return held if ceiling is None else held.but(ceiling=ceiling)


def transport(options: argparse.Namespace) -> tuple[str, ...] | None:
    """Techniques that need a transport indication; None: those of the round."""
    if options.transport_indication is None:
        return None
    words = options.transport_indication.replace(",", " ").split()
    return () if words == ["none"] else tuple(words)


def asked(options: argparse.Namespace) -> Tender:
    """Applications of a file, or candidates, in the round that the options name."""
    if not options.applications:
        under = usual(options)
        return under.tender(drawn(options, under), options.seed, transport(options))
    folder = Path(options.tables) if options.tables else None
    held = the_round(options)
    categories = load_categories(held.categories, folder) if held.categories else categories_of(held)
    applications = read_applications(Path(options.applications), held, categories)
    said = (f"Applications are those of {Path(options.applications).name}.",)
    limits = load_limits(categories, folder)
    return Tender(applications, held, categories, Switches(seed=options.seed), transport(options), said, limits)


def _non_firm(options: argparse.Namespace) -> Answer:
    from model.studies.sdepp_connection import non_firm

    scheme = _scheme(options, [options.prices])
    reserving = not options.each_alone
    return non_firm(usual(options), scheme, options.seed, options.scale, options.prices, reserving, options.feed_in)


def _own_use(options: argparse.Namespace) -> Answer:
    from model.studies.sdepp_own_use import own_use

    scheme, folder = _scheme(options, options.prices), Path(options.tables) if options.tables else None
    return own_use(
        usual(options),
        scheme,
        options.shares,
        options.retail_price,
        options.seed,
        options.scale,
        options.prices,
        folder,
    )


def _smr(options: argparse.Namespace) -> Answer:
    from model.studies.sdepp_projects import load_project_tables
    from model.studies.sdepp_reactors import reactor_effect

    folder = Path(options.tables) if options.tables else None
    held = the_round(options)
    categories = load_categories(held.categories, folder) if held.categories else categories_of(held)
    return reactor_effect(
        [Path(options.with_reactors), Path(options.without_reactors)],
        held,
        categories,
        load_project_tables(categories, folder),
        _scheme(options, []),
        options.milestone,
        options.seed,
        folder,
    )


def _outcomes(options: argparse.Namespace) -> Answer:
    from model.sdepp.attrition import load_attrition
    from model.sdepp.realised import load_realised
    from model.studies.sdepp_outcomes import outcomes

    folder = Path(options.tables) if options.tables else None
    realised = load_realised(folder)
    names = list(dict.fromkeys(options.rounds or realised["round"]))
    rounds = load_rounds(folder)
    able = [name for name in names if name in rounds and rounds[name].categories and name in set(realised["round"])]
    held = []
    if able:
        under = ground(options.scenario, able[0], options.settings, options.overlays, folder)
        held = [
            one.tender(drawn(options, one), options.seed) for one in (under.of(rounds[name], folder) for name in able)
        ]
    attrition = load_attrition(folder) if options.attrition == "drawn" else None
    return outcomes(realised, held, attrition, options.seed, names)


def _scheme(options: argparse.Namespace, prices: Sequence[str]) -> Scheme:
    """Tables of payment; refuses price scenarios that they do not know before anything is reckoned."""
    from model.sdepp.cash import load_scheme

    held = the_round(options)
    scheme = load_scheme(Path(options.tables) if options.tables else None, table=held.categories or OWN_YEAR)
    known = list(scheme.prices.scenarios)
    expected = f"one of {', '.join(known)}"
    wrong = [name for name in prices if name not in known]
    if wrong:
        raise InputError([Problem("--prices", "", "", name, expected + nearest(name, known)) for name in wrong])
    return scheme


QUESTIONS: dict[str, Callable[[argparse.Namespace], Answer]] = {
    "ceilings": lambda options: ceilings(asked(options), options.ceilings),
    "hekjes": lambda options: hekjes(asked(options), options.reserves, options.ceilings),
    "losers": lambda options: losers(asked(options)),
    "non-firm": _non_firm,
    "own-use": _own_use,
    "smr": _smr,
    "outcomes": _outcomes,
}


def answer_question(options: argparse.Namespace) -> tuple[str, Any]:
    """Answer the question that was asked; gives its text and its object for `--json`."""
    answer = QUESTIONS[options.question](options)
    files = write_tables(answer.tables, Path(options.output)) if options.output else {}
    lines = [answer.question, ""]
    for name, table in answer.tables.items():
        lines += [name.replace("_", " "), figures(table), ""]
    lines += [*answer.findings, "", *(f"Assumed: {sentence}" for sentence in answer.assumptions)]
    lines += [f"written: {file}" for file in files.values()]
    told = {
        "status": "ok",
        "question": answer.question,
        "findings": list(answer.findings),
        "assumptions": list(answer.assumptions),
        "tables": dict(answer.tables),
        "files": files,
    }
    return "\n".join(lines), plain(told)


def draw_report(options: argparse.Namespace) -> tuple[str, Any]:
    """Write the page of pictures of a round over its candidates."""
    from model.studies.framework.page import write_answer
    from model.studies.sdepp_report import round_page

    scheme, under = _scheme(options, options.prices), usual(options)
    page = round_page(under, drawn(options, under), scheme, list(dict.fromkeys(options.prices)), options.seed)
    files = write_answer(page, Path(options.output or f"results/sdepp/report_{options.year}"))
    lines = [page.title, page.subtitle, ""]
    lines += [f"- {chapter.title}" for chapter in page.chapters]
    lines += ["", *(f"Assumed: {sentence}" for sentence in page.held_equal), ""]
    lines += [f"{kind + ':':<6}{path}" for kind, path in files.items()]
    told = {"status": "ok", "files": files, "chapters": [chapter.title for chapter in page.chapters]}
    return "\n".join(lines), plain({**told, "assumptions": list(page.held_equal)})


def write_tables(tables: Any, folder: Path) -> dict[str, Path]:
    """Write tables into a folder, all of them or none."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {name: folder / f"{name}.csv" for name in tables}
    with TemporaryDirectory(dir=folder) as aside:
        for name, table in tables.items():
            named = any(table.index.names)
            table.to_csv(Path(aside) / f"{name}.csv", index=named, lineterminator="\n", encoding="utf-8")
        for name, path in files.items():
            (Path(aside) / f"{name}.csv").replace(path)
    return files


def figures(table: pd.DataFrame, decimals: int | None = None) -> str:
    """Lay a table out for a terminal; whole numbers for what is large, four digits for what is small."""

    def number(value: float) -> str:
        if decimals is not None:
            return f"{value:,.{decimals}f}"
        size = abs(value)
        return f"{value:,.0f}" if size >= 1000 else f"{value:,.1f}" if size >= 10 else f"{value:,.4g}"

    return str(table.to_string(float_format=number, na_rep="-"))
