"""A copy of the tiny data set for each test that spoils one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers import copy_tiny


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy_tiny(tmp_path)
