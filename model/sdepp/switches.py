"""Open points of the legal text as switches, each with the default of the rules; and the lottery that ties need."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from model.errors import InputError, Problem
from model.sdepp.reading import nearest

Straddle = Literal["draw_general", "general_only"]
NotFitting = Literal["skip", "stop"]
DoubleHekje = Literal["first", "last"]


@dataclass(frozen=True)
class Switches:
    """Readings of the text where it leaves a choice.

    Args:
        straddle: an application across the edge of its reserve takes what is left of it and the rest from the general
            pot (`draw_general`), or all of it from the general pot, and the reserve stays for smaller ones
            (`general_only`).
        not_fitting: an application that does not fit is passed over and the next is tried (`skip`), or it closes the
            general pot: from then on only what lies wholly inside a reserve is awarded (`stop`).
        double_hekje: a category that stands in two domains (art. 63: process-integrated heat pumps) belongs to the
            `first` (high temperature), or the `last` (low temperature).
        seed: of the lottery among equal ranking amounts on one day.
    """

    straddle: Straddle = "draw_general"
    not_fitting: NotFitting = "skip"
    double_hekje: DoubleHekje = "first"
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse words that are no reading."""
        known = {
            "straddle": get_args(Straddle),
            "not_fitting": get_args(NotFitting),
            "double_hekje": get_args(DoubleHekje),
        }
        problems = []
        for field in fields(self):
            value = getattr(self, field.name)
            words = known.get(field.name, ())
            if words and value not in words:
                expected = "one of " + ", ".join(words) + nearest(str(value), words)
                problems.append(Problem("switches", "", field.name, str(value), expected))
        if problems:
            raise InputError(problems)


DEFAULT = Switches()


def lot(identities: Iterable[str], seed: int, draw: str = "lottery") -> NDArray[np.uint64]:
    """Draw one number per id, from the id and the seed alone, so that no order of the input matters.

    Args:
        identities: ids, such as those of applications.
        seed: of the draw.
        draw: name of the draw; draws with different names are independent.

    Returns:
        Numbers of 64 bits, in the order of the ids.
    """
    texts = (f"{draw}:{seed}:{identity}".encode() for identity in identities)
    drawn = [int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big") for text in texts]
    return np.array(drawn, dtype=np.uint64)


def uniform_lot(identities: Iterable[str], seed: int, draw: str) -> NDArray[np.float64]:
    """Draw numbers of at least 0 and below 1, as `lot` does."""
    # 53 bits are what a float holds exactly.
    return np.asarray((lot(identities, seed, draw) >> np.uint64(11)) / 2.0**53, dtype=np.float64)
