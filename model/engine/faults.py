"""What a program or a rule can get wrong, said with family, component and labels."""

from __future__ import annotations

from model.errors import ModelError


class ProgramError(ModelError):
    """A declaration is not consistent with the others (unknown set, wrong shape, double member, NaN)."""


class RuleError(ModelError):
    """A rule cannot be turned into rows: unknown member, wrong number of indices, not linear, not understood."""

    def __init__(self, family: str, message: str) -> None:
        """Keep the family and say it first."""
        self.family = family
        super().__init__(f"{family}: {message}")
