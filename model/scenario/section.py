"""What all sections of a scenario share: years, names and numbers with their bounds, and faults between keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

FIRST_YEAR, LAST_YEAR = 2020, 2100
Year = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]
WeatherYear = Annotated[int, Field(ge=1950, le=2100)]
Week = Annotated[int, Field(ge=1, le=53)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]

Keys = tuple[str, ...]
Fault = tuple[Keys, Any, str, tuple[Keys, ...]]
"""Where (keys inside the section), what stands there, what was expected, and the other keys that take part in it."""


class ScenarioFaults(ValueError):
    """Faults that show only when several keys are read together."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        """Keep the faults; the reader turns each into a `Problem`."""
        self.faults = list(faults)
        super().__init__("; ".join(f"{'.'.join(path)}: expected {expected}" for path, _, expected, _ in self.faults))


def increasing(values: list[int]) -> list[int]:
    """Refuse numbers that are not in increasing order, or stand there twice."""
    if values != sorted(set(values)):
        proper = ", ".join(str(value) for value in sorted(set(values)))
        raise ScenarioFaults([((), values, f"numbers in increasing order, each once: [{proper}]", ())])
    return values


def distinct(values: list[str]) -> list[str]:
    """Refuse a name that stands there twice."""
    if len(set(values)) != len(values):
        raise ScenarioFaults([((), values, "each name once", ())])
    return values


class Section(BaseModel):
    """A section of a scenario: unknown keys, wrong types and changes after loading are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True)

    def faults(self) -> Iterator[Fault]:
        """Yield what is wrong between the keys of this section."""
        return iter(())

    @model_validator(mode="after")
    def _no_faults(self) -> Section:
        found = list(self.faults())
        if found:
            raise ScenarioFaults(found)
        return self
