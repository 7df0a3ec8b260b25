"""Reads the command line, calls the command, and turns every outcome into words and an exit code."""

from __future__ import annotations

import argparse
import json
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Any, NoReturn

from model.cli.commands import COMMANDS
from model.cli.doubts import doubts_told
from model.cli.parser import UsageError, make_parser
from model.errors import InputError, ModelError

INTERRUPTED = 130
READING = ("run", "validate", "dispatch")
"""Commands that read tables, and tell what is implausible in them."""


def console() -> NoReturn:
    """Run the command line and leave with its exit code."""
    sys.exit(main())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: the command line without the program's name; by default that of the process.

    Returns:
        The exit code: 0 done, 1 unexpected, 2 bad input, 3 no optimum, 4 check failed, 130 interrupted.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    as_json = "--json" in words
    doubts: list[dict[str, Any]] = []
    try:
        options = make_parser().parse_args(words)
        return _call(options, doubts)
    except SystemExit as leaving:  # --help and --version
        return int(leaving.code or 0)
    except BrokenPipeError:
        # The reader of our output (head, less) has had enough; keep Python from complaining at its exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return _failed(as_json, "interrupted", "Interrupted; no result was written.", INTERRUPTED)
    except UsageError as error:
        return _failed(as_json, "usage", f"{error.usage}{error}", error.exit_code)
    except ModelError as error:
        problems = [vars(problem) for problem in error.problems] if isinstance(error, InputError) else []
        return _failed(as_json, _status(error), str(error), error.exit_code, problems, doubts)
    except Exception as error:
        if not as_json:
            traceback.print_exc()
        return _failed(as_json, "unexpected", f"Unexpected error, {type(error).__name__}: {error}", 1)


def _call(options: argparse.Namespace, doubts: list[dict[str, Any]]) -> int:
    with doubts_told(doubts, show=not (options.json or options.quiet)):
        answer = COMMANDS[options.command](options)
    if options.json:
        data = {**answer.data, "warnings": doubts} if options.command in READING else answer.data
        print(json.dumps(data, default=str, allow_nan=False))
    elif answer.text and not options.quiet:
        print(answer.text)
    return 0


def _status(error: ModelError) -> str:
    return {2: "invalid", 3: "no_optimum", 4: "check_failed"}.get(error.exit_code, "failed")


def _failed(
    as_json: bool,
    status: str,
    message: str,
    exit_code: int,
    problems: Sequence[dict[str, Any]] = (),
    doubts: Sequence[dict[str, Any]] = (),
) -> int:
    if as_json:
        print(json.dumps({"status": status, "error": message, "problems": list(problems), "warnings": list(doubts)}))
    else:
        print(message, file=sys.stderr)
    return exit_code
