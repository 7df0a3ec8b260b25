"""Warnings of implausible inputs: told on stderr as they come, so before any solve, and kept for `--json`."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from model.errors import ImplausibleInput


@contextmanager
def doubts_told(told: list[dict[str, Any]], show: bool) -> Iterator[None]:
    """Add the warnings of implausible inputs to `told`, each once, and print them where `show` is true."""
    with warnings.catch_warnings():
        warnings.simplefilter("always", ImplausibleInput)
        others = warnings.showwarning

        def tell(message: Any, category: Any, *place: Any, **more: Any) -> None:
            if not isinstance(message, ImplausibleInput):
                return others(message, category, *place, **more)
            if vars(message.problem) not in told:
                told.append(dict(vars(message.problem)))
                if show:
                    print(f"warning: {message}", file=sys.stderr)

        warnings.showwarning = tell
        yield
