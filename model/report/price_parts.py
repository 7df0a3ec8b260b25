"""A price as a sum of costs and limits, and what one more MWh would set in motion: tables and sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from model.report.derivation import RUNNING_ABOVE, Derivation, Derivations
from model.report.reading import group
from model.report.stationarity import Conditions, Labelled

SMALLEST_PART, SMALLEST_SHARE = 0.005, 1e-4
"""Parts below this, EUR/MWh, or below this share of the price are put together."""
SMALLEST_CHANGE = 0.001
MOST_IN_SENTENCE = 4
PART_COLUMNS = ["carrier", "part", "of", "when", "kind", "per MWh", "worth", "unit", "EUR/MWh"]
CHANGE_COLUMNS = ["carrier", "what moves", "of", "when", "MWh per MWh"]
COST, CAPACITY, LIMIT, YEARLY, GIVEN, REST = (
    "cost",
    "scarce capacity",
    "limit",
    "limit of the year",
    "price taken as it is",
    "rest",
)


@dataclass(frozen=True)
class Part:
    """One summand of a price: so much of it for each MWh, times what it is worth."""

    kind: str
    what: str
    of: str
    step: int | None
    worth: float
    unit: str
    money: float
    """EUR/MWh of the price explained."""
    note: str = ""

    @property
    def amount(self) -> float:
        """Units of the part for each MWh."""
        return self.money / self.worth if self.worth else float("nan")


@dataclass(frozen=True)
class Explained:
    """A price taken apart."""

    carrier: str
    price: float
    parts: list[Part]
    changes: pd.DataFrame
    steps: dict[int, float]
    """Other steps that the price is tied to, with the MWh that are taken or given there for each MWh here."""
    stores: tuple[str, ...] = ()
    """What ties them."""

    @property
    def rest(self) -> float:
        """What no cost or limit accounts for, EUR/MWh."""
        return sum(part.money for part in self.parts if part.kind == REST)


class Words:
    """Puts rows, columns and steps of a run into words."""

    def __init__(self, conditions: Conditions) -> None:
        """Read the clock of the run."""
        inputs = group(conditions.cube, "inputs")
        self._clock = [pd.Timestamp(instant).strftime("%m-%d %H:%M") for instant in inputs["local_time"].values]

    def when(self, step: int | None) -> str:
        """A step by its local time; all of the year where there is none."""
        return "year" if step is None else self._clock[step]


def explained(conditions: Conditions, node: str, carriers: Sequence[str], year: int, step: int) -> list[Explained]:
    """Take the prices of carriers at a node in a step apart.

    Args:
        conditions: the run's optimality conditions.
        node: label of the node.
        carriers: those of which the price is asked.
        year: milestone year.
        step: position of the step.

    Returns:
        Per carrier the parts, which add up to the price, dearest first; a carrier that nobody gives or takes has none.
    """
    starts = {carrier: conditions.balance_row(node, carrier, year, step) for carrier in carriers}
    known = {carrier: row for carrier, row in starts.items() if row is not None}
    derivations = Derivations(conditions, list(known.values()))
    words = Words(conditions)
    found = []
    for carrier, row in known.items():
        price = float(conditions.dual[row] / conditions.scale[row])
        derivation = derivations.of(row)
        if derivation is None:
            found.append(Explained(carrier, price, [], pd.DataFrame(columns=CHANGE_COLUMNS), {}))
            continue
        unit = float(conditions.scale[row])
        moved = changes(conditions, words, derivation, carrier, unit)
        found.append(
            Explained(
                carrier,
                price,
                parts_of(conditions, derivation, unit, price),
                moved,
                ties(conditions, derivation, row),
                tuple(sorted({conditions.column(one).of for one in derivation.columns if conditions.hands_on(one)})),
            )
        )
    return found


def parts_of(conditions: Conditions, derivation: Derivation, unit: float, price: float) -> list[Part]:
    """The parts of a price, dearest first, those that are dust put together so that the sum is kept."""
    parts = [
        *cost_parts(conditions, derivation, unit),
        *limit_parts(conditions, derivation, unit),
        *bound_parts(conditions, derivation, unit),
    ]
    smallest = max(SMALLEST_PART, SMALLEST_SHARE * abs(price))
    kept = [part for part in parts if abs(part.money) >= smallest and part.kind != REST]
    rest = price - sum(part.money for part in kept)
    kept.sort(key=lambda part: -abs(part.money))
    if abs(rest) >= SMALLEST_PART or not kept:
        kept.append(Part(REST, "small parts and rounding", "", None, 0.0, "", rest))
    return kept


def cost_parts(conditions: Conditions, derivation: Derivation, unit: float) -> list[Part]:
    """What the columns that move cost, by cost item."""
    parts = []
    for column, moved in derivation.columns.items():
        if not conditions.compiled.cost[column]:
            continue
        named = conditions.column(column)
        scale = scale_of(conditions, named)
        for item, cost in conditions.costs_of(column).items():
            words = item.replace("_", " ")
            parts.append(Part(COST, words, named.of, named.step, cost / scale, "EUR/MWh", moved * cost / unit))
    return parts


def limit_parts(conditions: Conditions, derivation: Derivation, unit: float) -> list[Part]:
    """What the limits on the way cost, and the equations that are taken as they are."""
    parts = []
    for row, weight in derivation.rows.items():
        money = weight * float(conditions.dual[row]) / unit
        if abs(money) < 1e-9:
            continue
        named = conditions.row(row)
        stated = group(conditions.cube, "duals")[named.family].attrs["units"]
        worth = float(abs(conditions.dual[row]) / conditions.scale[row])
        kind, note = kind_of_limit(conditions, row, named)
        parts.append(Part(kind, named.family.replace("_", " "), named.of, named.step, worth, stated, money, note))
    return parts


def kind_of_limit(conditions: Conditions, row: int, named: Labelled) -> tuple[str, str]:
    """Whether a row is a limit of the year, of an hour, or of a capacity that could be larger; with what that earns."""
    if conditions.equation[row]:
        return GIVEN, trade_in_words(conditions, named)
    if named.step is None:
        return YEARLY, ""
    sizes = conditions.sizes_of(row)
    if not sizes:
        return LIMIT, ""
    year = float(conditions.case.discount_weight[named.labels["year"]])
    here, all_year = max((rent(conditions, size, row) for size in sizes), key=lambda pair: pair[0])
    if all_year <= 0:
        return CAPACITY, ""
    share, earned = here / all_year, all_year / year
    return CAPACITY, f"this step pays {share:.1%} of the {earned:,.0f} EUR a year that one more MW there is worth"


def trade_in_words(conditions: Conditions, held: Labelled) -> str:
    """When and at what price somebody who carries energy through time takes it in and gives it back, over the year."""
    own = {dim: label for dim, label in held.labels.items() if dim != "time"}
    balance = conditions.family_of_rows("carrier_balance")
    trades: dict[bool, list[tuple[float, float, int]]] = {True: [], False: []}
    for column in conditions.columns_labelled(own).tolist():
        rows, values = conditions.rows_of(column)
        for row, value in zip(rows.tolist(), values.tolist(), strict=True):
            if balance.start <= row < balance.stop and conditions.value[column] > RUNNING_ABOVE:
                named = conditions.row(row)
                energy = abs(value) * conditions.value[column] * float(conditions.case.time.weight[named.step])
                price = float(conditions.dual[row] / conditions.scale[row])
                trades[value > 0].append((energy, price, int(named.step or 0)))
    if not all(trades.values()):
        return ""
    words = Words(conditions)
    texts = []
    for given, verb in ((False, "takes in"), (True, "gives")):
        total = sum(energy for energy, _, _ in trades[given])
        mean = sum(energy * price for energy, price, _ in trades[given]) / total
        most = words.when(max(trades[given])[2])
        texts.append(f"{verb} {total:,.0f} MWh at {mean:,.2f} EUR/MWh on average, most at {most}")
    return f"over the year it {texts[0]}, and {texts[1]}"


def rent(conditions: Conditions, size: int, row: int) -> tuple[float, float]:
    """What a unit of a capacity earns by one hourly limit, and by all of them."""
    rows, values = conditions.rows_of(size)
    worth = values * conditions.dual[rows]
    hourly = np.array([conditions.is_hourly_row(one) for one in rows.tolist()])
    return abs(float(worth[rows == row].sum())), abs(float(worth[hourly].sum()))


def bound_parts(conditions: Conditions, derivation: Derivation, unit: float) -> list[Part]:
    """What fixed bounds of the columns that move cost; a reduced cost without a bound is what the solver left open."""
    parts = []
    for column, weight in derivation.bounds.items():
        reduced, value = conditions.reduced_cost[column], conditions.value[column]
        money = weight * float(reduced) / unit
        named = conditions.column(column)
        bound = conditions.compiled.column_upper[column] if reduced < 0 else conditions.compiled.column_lower[column]
        near = abs(value - bound) <= max(RUNNING_ABOVE, 1e-3 * abs(bound))
        words = f"bound of {named.family.replace('_', ' ')}"
        worth = abs(float(reduced)) / scale_of(conditions, named)
        parts.append(Part(LIMIT if near else REST, words, named.of, named.step, worth, "EUR/MWh", money))
    return parts


def scale_of(conditions: Conditions, named: Labelled) -> float:
    """Money of the objective per EUR of a column's step, or year."""
    year = named.labels.get("year")
    discount = float(conditions.case.discount_weight[year]) if year is not None else 1.0
    return discount * (float(conditions.case.time.weight[named.step]) if named.step is not None else 1.0)


def changes(conditions: Conditions, words: Words, derivation: Derivation, carrier: str, unit: float) -> pd.DataFrame:
    """What one more MWh sets in motion: hourly columns, from the place outward; levels are left out."""
    rows: list[tuple[str, str, str, str, float]] = []
    for column, moved in derivation.columns.items():
        named = conditions.column(column)
        if named.step is None or conditions.hands_on(column):
            continue
        amount = moved * scale_of(conditions, named) / unit
        if abs(amount) >= SMALLEST_CHANGE:
            rows.append((carrier, named.family.replace("_", " "), named.of, words.when(named.step), amount))
    return pd.DataFrame(rows, columns=CHANGE_COLUMNS)


def ties(conditions: Conditions, derivation: Derivation, start: int) -> dict[int, float]:
    """Other steps in which balances move, with the MWh there for each MWh here: what stores tie together."""
    here = conditions.row(start)
    found: dict[int, float] = {}
    for row, weight in derivation.through.items():
        named = conditions.row(row)
        same = (named.family, named.labels.get("carrier")) == (here.family, here.labels["carrier"])
        if same and named.step is not None and named.step != here.step:
            amount = weight * conditions.scale[row] / conditions.scale[start]
            if abs(amount) > abs(found.get(named.step, 0.0)):
                found[named.step] = float(amount)
    return found


def part_table(conditions: Conditions, prices: Sequence[Explained]) -> pd.DataFrame:
    """All parts of all prices, each price closed by its sum."""
    words = Words(conditions)
    rows = []
    for one in prices:
        rows += [
            (
                one.carrier, part.what, part.of, words.when(part.step), part.kind,
                part.amount, part.worth if part.worth else float("nan"), part.unit, part.money,
            )
            for part in one.parts
        ]  # fmt: skip
        if one.parts:
            total = sum(part.money for part in one.parts)
            rows.append((one.carrier, "= price", "", "", "", float("nan"), float("nan"), "", total))
    return pd.DataFrame(rows, columns=PART_COLUMNS)


def sentences(conditions: Conditions, prices: Sequence[Explained]) -> list[str]:
    """One sentence for each price, and one for each tie to another step and each scarce capacity."""
    words = Words(conditions)
    lines = []
    for one in prices:
        head = f"{one.carrier}, {one.price:,.2f} EUR/MWh: "
        if not one.parts:
            lines.append(f"{head}nobody gives or takes any here; the price is what the first MWh would cost at most.")
            continue
        lines.append(f"{head}{in_words(one.parts)}.")
        for step, amount in list(one.steps.items())[:2]:
            lines.append(
                f"  Energy in {' and '.join(one.stores) or 'stores'} ties it to {words.when(step)}: "
                f"{abs(amount):,.2f} MWh there for each MWh here."
            )
        lines += [f"  {part.what} of {part.of}: {part.note}." for part in one.parts[:MOST_IN_SENTENCE] if part.note]
    return lines


def in_words(parts: Sequence[Part]) -> str:
    """The largest parts as a sum, the costs of one supplier in one bracket."""
    shown = [(part.money, f"{part.what}{f' of {part.of}' if part.of else ''}") for part in parts[:MOST_IN_SENTENCE]]
    if len(parts) > MOST_IN_SENTENCE:
        shown.append((sum(part.money for part in parts[MOST_IN_SENTENCE:]), "for the rest"))
    first, *others = [(f"{abs(money):,.2f} {text}", money < 0) for money, text in shown]
    return ("-" if first[1] else "") + first[0] + "".join(f" {'-' if less else '+'} {text}" for text, less in others)
