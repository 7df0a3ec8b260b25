"""What a data set gives one by one: series by snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Given:
    """Machines, stores and loads that are given one by one, with their series.

    Args:
        series: by label, values at the steps (NaN where a step has none).
    """

    series: Mapping[str, np.ndarray] = field(default_factory=dict)

    def one(self, label: str) -> np.ndarray:
        """The series of a label at the steps; a blank label is one in every step."""
        return self.series[label] if label else np.ones(1)
