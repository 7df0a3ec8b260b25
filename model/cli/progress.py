"""A bar on the screen while a run goes on: on stderr, and only where somebody is looking."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from model.job import SOLVE, STAGES, Progress

BAR = "{bar:24} {desc} [{elapsed}]"


@contextmanager
def progress_bar(show: bool) -> Iterator[Progress | None]:
    """Give a function that moves the bar to a stage, or None where nothing is to be shown."""
    if not show or not sys.stderr.isatty():
        yield None
        return
    from tqdm import tqdm

    with tqdm(total=len(STAGES), file=sys.stderr, leave=False, bar_format=BAR) as bar:
        ticker = _Ticker(bar)

        def tell(stage: str, text: str) -> None:
            bar.set_description_str(f"{stage}: {text}"[:100] if text else stage)
            if text:
                return
            ticker.stop()
            bar.n = STAGES.index(stage)
            bar.refresh()
            # Only while HiGHS runs: elsewhere a second thread could meet Pyomo's templates, which replace `sum`.
            if stage == SOLVE:
                ticker.start()

        try:
            yield tell
        finally:
            ticker.stop()


class _Ticker:
    """Keeps the clock of the bar going while the solver works."""

    def __init__(self, bar: Any) -> None:
        self._bar = bar
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._stopped.clear()
        self._thread = threading.Thread(target=self._tick, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _tick(self) -> None:
        while not self._stopped.wait(1.0):
            self._bar.refresh()
