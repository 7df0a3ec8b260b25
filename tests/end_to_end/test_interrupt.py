"""Ctrl-C during a solve ends it, and the run, without a result."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path


def test_interrupt_during_the_solve_is_exit_130_and_leaves_no_file(tmp_path):
    command = [sys.executable, "-m", "model", "run", "quick", "-o", str(tmp_path), "--set", "time.step_hours=6"]
    root = Path(__file__).resolve().parents[2]
    process = subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and "Solving the presolved LP" not in "".join(
        path.read_text(errors="replace") for path in tmp_path.glob("*.log")
    ):
        time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == 130
    assert not list(tmp_path.glob("*.nc"))
