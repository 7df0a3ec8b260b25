"""Who gives and who takes at every balance: the contributions of the feature files, told apart by member."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from model.cube.metadata import SIGN_OF_SUPPLY, sentence
from model.cube.numeric import Members, NumericModel

BALANCE = "carrier_balance"
SMALLEST_POWER = 1e-6
"""Terms that never exceed this, MW, are left out of the cube."""


class Term(NamedTuple):
    """One party to a balance: positive gives, negative takes, MW in every step."""

    node: str
    carrier: str
    year: int
    family: str
    member: str
    technology: str
    values: np.ndarray


def balance_terms(case: Any, program: Any, registry: Any, solution: Any) -> Iterator[Term]:
    """Every term of every balance that is not zero all the time; the demand is a term of family `demand`."""
    model = NumericModel(program, solution.values)
    contributions = [record for record in registry.of_kind("contribution") if record.balance == BALANCE]
    technologies = case.assets["technology"].to_dict() | groups_of_devices(case)
    families = {declared.name for declared in program.indexed_sets}
    for node, carrier, year in getattr(model, row_set(program)):
        key = (node, carrier, year)
        for record in contributions:
            summed = sorted(record.parsed.summed_sets & families)
            for member, values in told_apart(model, record.function, summed, key):
                if np.abs(values).max(initial=0.0) > SMALLEST_POWER:
                    label = member_label(member, node)
                    yield Term(*key, record.name, label, technologies.get(label, ""), values)
        wanted = -spread(model, registry.meta[BALANCE].function(model, *key, model.all_time))
        if np.abs(wanted).max(initial=0.0) > SMALLEST_POWER:
            yield Term(*key, "demand", "", "", wanted)


def groups_of_devices(case: Any) -> dict[str, str]:
    """Group of the device of a port, by the port's label in the terms."""
    groups = case.given.devices["group"].to_dict() if hasattr(case, "given") else {}
    return {f"{device}, {port}": groups[device] for device, port in case.given.device_ports.index} if groups else {}


def row_set(program: Any) -> str:
    """Name of the set of triples that the balance runs over."""
    return next(declared.over[0] for declared in program.rows if declared.name == BALANCE)


def told_apart(model: Any, function: Any, summed: list[str], key: tuple[Any, ...]) -> Iterator[tuple[Any, np.ndarray]]:
    """Values of a contribution by member of the set it sums over; whole where it sums over none or several."""
    sets: list[Members] = [getattr(model, name) for name in summed]
    if sets and not any(len(members.of(key)) for members in sets):
        return
    if len(sets) != 1:
        yield "", spread(model, function(model, *key, model.all_time))
        return
    members = sets[0]
    for member in members.of(key):
        members.only = member
        try:
            yield member, spread(model, function(model, *key, model.all_time))
        finally:
            members.only = None


def member_label(member: Any, node: str) -> str:
    """Text of a member, without the node where it only repeats it."""
    parts = [str(part) for part in (member if isinstance(member, tuple) else (member,))]
    return ", ".join(part for part in parts if part != node)


def spread(model: Any, values: Any) -> np.ndarray:
    """A value in every step."""
    return np.broadcast_to(np.asarray(values, dtype=float), (len(model.all_time),))


def term_group(case: Any, program: Any, registry: Any, solution: Any) -> dict[str, xr.Variable]:
    """The terms as ledgers over `term` and `time`, labelled by node, carrier, year, family and member."""
    terms = list(balance_terms(case, program, registry, solution))
    weight = np.asarray(case.time.weight, dtype=float)
    hourly = np.array([term.values for term in terms]).reshape(len(terms), len(weight))
    sentences = {"demand": "Demand"} | {
        record.name: sentence(record.doc) for record in registry.of_kind("contribution") if record.balance == BALANCE
    }

    signed = {"sign": SIGN_OF_SUPPLY}

    def text(values: list[str], long_name: str) -> xr.Variable:
        return xr.Variable("term", np.array(values, dtype=object), labelled("text", long_name))

    return {
        "term_node": text([term.node for term in terms], "Node of the balance"),
        "term_carrier": text([term.carrier for term in terms], "Carrier of the balance"),
        "term_year": xr.Variable(
            "term", np.array([term.year for term in terms], dtype=np.int64), labelled("1", "Year")
        ),
        "term_family": text([term.family for term in terms], "Contribution that the term belongs to"),
        "term_sentence": text([sentences[term.family] for term in terms], "What the contribution is"),
        "term_member": text([term.member for term in terms], "Asset, corridor or other member that gives or takes"),
        "term_technology": text([term.technology for term in terms], "Technology of the member, if it is an asset"),
        "supply": xr.Variable(
            ("term", "time"),
            hourly,
            labelled("MW", "Power given to a balance (positive) or taken from it (negative)") | signed,
        ),
        "annual_supply": xr.Variable(
            "term",
            hourly @ weight / 1e6,
            labelled("TWh/year", "Energy given to a balance, or taken (negative)") | signed,
        ),
    }


def labelled(units: str, long_name: str) -> dict[str, str]:
    """Attributes of a ledger."""
    return {"units": units, "long_name": long_name, "declared_in": "model/cube/terms.py"}
