"""How much memory this process has taken, and how much the machine has: for reports and expectations."""

from __future__ import annotations

import sys


def peak_memory() -> float:
    """Return the highest resident memory of this process so far, MB (10^6 bytes); nan where it cannot be told."""
    if sys.platform == "win32":
        return _peak_on_windows()
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux counts kibibytes, macOS bytes.
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


def machine_memory() -> float:
    """Return the memory of this machine, MB; nan where the system does not tell."""
    import os

    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e6
    except (AttributeError, ValueError, OSError):
        return float("nan")


def _peak_on_windows() -> float:
    import ctypes
    from ctypes import wintypes

    class Counters(ctypes.Structure):
        _fields_ = [
            ("size", wintypes.DWORD),
            ("page_faults", wintypes.DWORD),
            *((f"counter_{position}", ctypes.c_size_t) for position in range(8)),
        ]

    counters = Counters()
    counters.size = ctypes.sizeof(counters)
    windows = getattr(ctypes, "windll")  # noqa: B009 - exists on Windows only
    handle = windows.kernel32.GetCurrentProcess()
    if not windows.psapi.GetProcessMemoryInfo(wintypes.HANDLE(handle), ctypes.byref(counters), counters.size):
        return float("nan")
    return counters.counter_0 / 1e6
