"""`python -m model sdepp …`: one command each for what is asked of the subsidy scheme."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any


def run_sdepp(options: argparse.Namespace) -> tuple[str, Any]:
    """Run the command that was asked for; gives its text and its object for `--json`."""
    return SDEPP[options.question](options)


def _categories(options: argparse.Namespace) -> tuple[str, Any]:
    from model.cli.sdepp_tender import list_categories

    return list_categories(options)


def _tender(options: argparse.Namespace) -> tuple[str, Any]:
    from model.cli.sdepp_tender import hold_tender

    return hold_tender(options)


def _cash(options: argparse.Namespace) -> tuple[str, Any]:
    from model.cli.sdepp_cash import reckon_cash

    return reckon_cash(options)


def _candidates(options: argparse.Namespace) -> tuple[str, Any]:
    from model.cli.sdepp_questions import draw_candidates

    return draw_candidates(options)


def _question(options: argparse.Namespace) -> tuple[str, Any]:
    from model.cli.sdepp_questions import answer_question

    return answer_question(options)


def _equilibrium(options: argparse.Namespace) -> tuple[str, Any]:
    from model.cli.sdepp_equilibrium import look_for_equilibrium

    return look_for_equilibrium(options)


def _report(options: argparse.Namespace) -> tuple[str, Any]:
    from model.cli.sdepp_questions import draw_report

    return draw_report(options)


SDEPP: dict[str, Callable[[argparse.Namespace], tuple[str, Any]]] = {
    "categories": _categories,
    "tender": _tender,
    "cash": _cash,
    "equilibrium": _equilibrium,
    "candidates": _candidates,
    "ceilings": _question,
    "hekjes": _question,
    "losers": _question,
    "non-firm": _question,
    "own-use": _question,
    "smr": _question,
    "outcomes": _question,
    "report": _report,
}
