"""Units, sentences and sign rules of the cube's variables, from the registry's declarations."""

from __future__ import annotations

from typing import Any

SIGN_OF_LIMIT = "positive: relaxing the limit by one unit lowers the cost by so much"
SIGN_OF_PRICE = "positive: one more unit taken at this place raises the cost by so much"
SIGN_OF_SUPPLY = "positive: given; negative: taken"
SIGN_OF_EMISSION = "positive: released; negative: taken out of the air for good"
SIGN_OF_MONEY = "positive: a cost; negative: an income"
CAPACITY_UNIT = "capacity_unit(technology)"
"""What `units` says where every technology has its own: the name and dimension of the coordinate that holds it."""
GROUP_UNIT = "group_unit(group)"
"""The same for groups of assets that share a potential."""
OWN_UNITS = {
    "capacity unit": CAPACITY_UNIT,
    "group unit": GROUP_UNIT,
    "award unit": "award_unit(category)",
    "output unit": "output_unit(category)",
    "cap unit": "cap_unit(cap)",
    "limit unit": "limit_unit(limit)",
}
"""Words of a declaration for units that differ, and the coordinate that holds each."""
POWER_TO_ENERGY = {
    "MW": "MWh",
    "MW_e": "MWh_e",
    "MW_th": "MWh_th",
    "MWh": "MWh",
    "MWh_e": "MWh_e",
    "MWh_th": "MWh_th",
    CAPACITY_UNIT: "MWh",
}


def describe(registry: Any, name: str) -> dict[str, str]:
    """Attributes `units`, `long_name`, `declared_in` of a declared quantity; `sign` and `source` where it has them.

    Units that differ by technology or group are named by the coordinate that holds them.

    Raises:
        LookupError: the registry has no record, unit or sentence for it; the cube holds nothing unexplained.
    """
    record = registry.meta.get(name)
    if record is None or not record.unit or not record.doc:
        raise LookupError(f"{name!r} has no unit or no sentence in the registry")
    unit = record.unit
    for words, coordinate in OWN_UNITS.items():
        unit = unit.replace(words, coordinate)
    attributes = {"units": unit, "long_name": sentence(record.doc), "declared_in": str(record.file)}
    for name in ("sign", "source"):
        if getattr(record, name):
            attributes[name] = str(getattr(record, name))
    return attributes


def describe_dual(registry: Any, name: str, *, over_time: bool, over_year: bool, equality: bool) -> dict[str, str]:
    """Attributes of the dual of a row family: unit in money per unit of the limit, what it is the dual of, its sign."""
    described = describe(registry, name)
    stated = registry.meta[name].dual_unit
    plain = not stated or stated == f"EUR/({registry.meta[name].unit})"
    per = dual_unit(described["units"], over_time=over_time, over_year=over_year) if plain else stated
    return {
        "units": per,
        "long_name": f"Shadow price of {name.replace('_', ' ')}: {described['long_name']}",
        "dual_of": name,
        "sign": SIGN_OF_PRICE if equality else SIGN_OF_LIMIT,
        "scaling": scaling_text(over_time=over_time, over_year=over_year),
        "declared_in": described["declared_in"],
    }


def dual_unit(unit: str, *, over_time: bool, over_year: bool) -> str:
    """Unit of a dual: `MW` becomes `EUR/MWh` in hourly rows and `EUR/MW/year` in yearly ones; `t/year` `EUR/t`."""
    if over_time:
        return f"EUR/{POWER_TO_ENERGY[unit]}" if unit in POWER_TO_ENERGY else f"EUR/({unit} h)"
    if over_year:
        return f"EUR/{unit.removesuffix('/year')}" if unit.endswith("/year") else f"EUR/{unit}/year"
    return f"EUR/{unit}"


def scaling_text(*, over_time: bool, over_year: bool) -> str:
    """What the raw dual of the program was divided by."""
    if over_time:
        return "raw dual divided by the hours of the year that the step stands for and by the year's discount weight"
    if over_year:
        return "raw dual divided by the year's discount weight"
    return "raw dual of the discounted objective"


def sentence(doc: str) -> str:
    """The first sentence or paragraph of a docstring on one line."""
    return " ".join(doc.strip().split("\n\n")[0].split())


def energy_unit(unit: str) -> str | None:
    """Unit of the yearly sum of an hourly power, in TWh; None where the quantity is not a power."""
    return {"MW": "TWh/year", "MW_e": "TWh_e/year", "MW_th": "TWh_th/year", CAPACITY_UNIT: "TWh/year"}.get(unit)


def ledger_attributes(file: str, units: str, long_name: str, sign: str = "") -> dict[str, str]:
    """Attributes of a ledger made in a file; `sign` says what positive and negative mean, where both occur."""
    attributes = {"units": units, "long_name": long_name, "declared_in": file}
    return attributes | ({"sign": sign} if sign else {})
