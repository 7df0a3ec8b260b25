"""Ctrl-C during a solve: HiGHS runs outside Python, so the signal is noted and passed on at its next call-back."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def interruptible(solver: Any) -> Iterator[None]:
    """Let Ctrl-C end a run of HiGHS; signals reach the main thread only, elsewhere nothing changes.

    Raises:
        KeyboardInterrupt: after the run has ended, if the signal came.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    pressed = threading.Event()

    def note(number: int, frame: Any) -> None:
        pressed.set()

    def stop(event: Any) -> None:
        if pressed.is_set():
            event.interrupt()

    before = signal.signal(signal.SIGINT, note)
    for callback in (solver.cbIpmInterrupt, solver.cbSimplexInterrupt):
        callback.subscribe(stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        solver.disableCallbacks()
    if pressed.is_set():
        raise KeyboardInterrupt
