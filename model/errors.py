"""What can go wrong, in the user's words.

Every error that a user can cause is one of these; the command line maps each to an exit code.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One fault in an input: where it stands, what stands there, and what was expected."""

    file: str
    row: str
    column: str
    value: str
    expected: str

    def __str__(self) -> str:
        """Write the fault as one line for a report."""
        place = ", ".join(part for part in (self.file, self.row and f"row {self.row}", self.column) if part)
        found = f" found {self.value!r}," if self.value != "" else ""
        return f"{place}:{found} expected {self.expected}"


class ImplausibleInput(UserWarning):
    """A figure that is possible and hardly meant; the model goes on with it."""

    def __init__(self, problem: Problem) -> None:
        """Keep where it stands, what stands there and what would be plausible."""
        self.problem = problem
        super().__init__(str(problem))


ALIKE_SHOWN = 5


def _place(problem: Problem) -> tuple[str, int, str, str, str, str]:
    """Order by file, then by row as a number where it is one."""
    row = int(problem.row) if problem.row.isdigit() else 0
    return problem.file, row, problem.row, problem.column, problem.value, problem.expected


def _folded(problems: list[Problem]) -> list[str]:
    """One line a problem; of table rows with the same column and expectation only the first few, then their number."""
    alike: dict[tuple[str, ...], list[Problem]] = {}
    for problem in problems:
        own = "" if problem.row.isdigit() else str(problem)
        alike.setdefault((problem.file, problem.column, problem.expected, own), []).append(problem)
    lines = []
    for group in alike.values():
        lines += [str(problem) for problem in group[:ALIKE_SHOWN]]
        hidden = len(group) - ALIKE_SHOWN
        if hidden > 0:
            lines.append(f"{group[0].file}, {group[0].column}: and {hidden} more rows like these")
    return lines


class ModelError(Exception):
    """Base of all errors that a user can cause or mend."""

    exit_code = 1


class InputError(ModelError):
    """The inputs hold faults; all of them are listed, nothing was solved or written."""

    exit_code = 2

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep the problems, sorted by place, and say them in the message: a few of those that are alike."""
        self.problems = sorted(set(problems), key=_place)
        count = len(self.problems)
        lines = "\n".join(f"  {line}" for line in _folded(self.problems))
        super().__init__(f"{count} problem{'s' if count != 1 else ''} in the inputs:\n{lines}")


class NotOptimal(ModelError):
    """The solver found no optimum; the diagnosis says why in terms of names and places."""

    exit_code = 3

    def __init__(self, status: str, diagnosis: str) -> None:
        """Keep the solver's status and the explanation."""
        self.status = status
        self.diagnosis = diagnosis
        super().__init__(f"No optimum ({status}).\n{diagnosis}")


class CheckFailed(ModelError):
    """A solution failed the independent check and was not written."""

    exit_code = 4

    def __init__(self, findings: Iterable[str]) -> None:
        """Keep what the check found."""
        self.findings = list(findings)
        super().__init__("The solution fails the independent check:\n" + "\n".join(f"  {f}" for f in self.findings))
