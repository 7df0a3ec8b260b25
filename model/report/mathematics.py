"""The mathematics page: every declaration of the registry with its sentence, formula, unit and source.

The formula is written from the rule's own syntax tree, so the page cannot drift from the program.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from model.core.registry import Meta, Registry

RELATIONS = {ast.Eq: "=", ast.LtE: r"\le", ast.GtE: r"\ge"}
KINDS = frozenset(
    {"set", "indexed_set", "parameter", "map", "variable", "balance", "row", "contribution", "cost", "reported"}
)
OPERATORS = {ast.Add: "+", ast.Sub: "-"}


def mathematics_page(registry: Registry) -> str:
    """Markdown with one section per feature file: sets, parameters, variables, rows, contributions and costs."""
    files = sorted({record.file for record in registry.meta.values() if record.kind in KINDS}, key=_room_first)
    parts = [
        "# The mathematics",
        "",
        "Generated from the registry by `make docs`: each formula is the rule's own syntax, read by a program.",
        "Upright names are decisions, slanted ones are data. "
        "$t$ time step, $y$ year, $n$ node, $a$ asset, $c$ carrier, $l$ corridor, $r$ region or run, $s$ store or "
        "site, $i$ interconnector, $g$ technology or group, $v$ build year, $k$ cycle or month, $p$ period.",
        "",
        "The objective is the sum of all costs below, in EUR of the price year, discounted to the first milestone "
        "year. A dual is the cost of one more unit on the right-hand side; the cube divides duals of hourly rows by "
        "the weight of the hour and of the year.",
        "",
    ]
    for file in files:
        parts += _section(registry, file)
    return "\n".join(parts).rstrip() + "\n"


def _room_first(file: str) -> tuple[int, str]:
    rooms = ("model/core", "model/technologies", "model/sites", "model/grid", "model/policy")
    return next((order for order, room in enumerate(rooms) if file.startswith(room)), len(rooms)), file


def _section(registry: Registry, file: str) -> list[str]:
    records = [record for record in registry.meta.values() if record.file == file and record.kind in KINDS]
    variables = {record.name for record in registry.meta.values() if record.kind == "variable"}
    parts = [f"## `{file}`", ""]
    parts += _table("Variables", [r for r in records if r.kind == "variable"], registry, bounds=True)
    for title, kinds in (
        ("Rows", ("balance", "row")),
        ("Contributions to shared balances", ("contribution",)),
        ("Costs", ("cost",)),
        ("Reported", ("reported",)),
    ):
        chosen = [record for record in records if record.kind in kinds]
        if chosen:
            parts += [f"### {title}", ""]
        for record in chosen:
            parts += _formula(record, registry, variables)
    parts += _table("Parameters", [r for r in records if r.kind == "parameter"], registry)
    parts += _table("Sets and maps", [r for r in records if r.kind in ("set", "indexed_set", "map")], registry)
    return parts


def _table(title: str, records: Iterable[Meta], registry: Registry, bounds: bool = False) -> list[str]:
    rows = list(records)
    if not rows:
        return []
    lines = [f"### {title}", "", "| name | over | unit | what it is |", "| --- | --- | --- | --- |"]
    for record in rows:
        sentence = " ".join(record.doc.split())
        if bounds:
            sentence += f" Between {_bound(record.lower)} and {_bound(record.upper)}."
        if record.source:
            sentence += f" Source: {record.source}."
        over = " × ".join(record.over) or (", ".join(record.dims) if record.dims else "—")
        if record.kind == "map":
            over += f" → {record.to}"
        elif record.kind == "indexed_set":
            over += f": {', '.join(record.dims)}"
        lines.append(f"| `{record.name}` | {over} | {record.unit or '—'} | {sentence} |")
    return [*lines, ""]


def _bound(value: float | str) -> str:
    if isinstance(value, str):
        return f"`{value}`"
    return {float("inf"): "∞", float("-inf"): "−∞"}.get(value, f"{value:g}")


def _formula(record: Meta, registry: Registry, variables: set[str]) -> list[str]:
    assert record.parsed is not None
    writer = _Writer(variables)
    body = writer.write(record.parsed.body)
    if record.kind == "balance":
        left = r" + ".join(
            rf"\mathrm{{{_escape(part.name)}}}"
            for part in registry.of_kind("contribution")
            if part.balance == record.name
        )
        body = rf"{left} = {body}"
    indices = ", ".join(record.parsed.arguments)
    where = f" for every ({indices}) in {' × '.join(record.over)}" if record.over else ""
    lines = [f"**`{record.name}`**{where}", "", " ".join(record.doc.split()), "", "$$", body, "$$", ""]
    facts = []
    if record.kind in ("row", "balance"):
        facts.append(f"Unit: {record.unit}; dual in {record.dual_unit}.")
    if record.kind == "cost":
        facts.append(f"Cost item: `{record.item}`, EUR.")
    if record.kind == "contribution":
        facts.append(f"Adds to `{record.balance}`.")
    if record.source:
        facts.append(f"Source: {record.source}.")
    return [*lines, " ".join(facts), ""]


def _escape(name: str) -> str:
    return name.replace("_", r"\_")


class _Writer:
    """Writes the grammar of rules as LaTeX."""

    def __init__(self, variables: set[str]) -> None:
        self._variables = variables

    def write(self, node: ast.expr) -> str:
        if isinstance(node, ast.Compare):
            sign = RELATIONS[type(node.ops[0])]
            return f"{self.write(node.left)} {sign} {self.write(node.comparators[0])}"
        if isinstance(node, ast.Tuple):
            return r" \le ".join(self.write(part) for part in node.elts)
        if isinstance(node, ast.UnaryOp):
            return f"-{self._factor(node.operand)}"
        if isinstance(node, ast.BinOp):
            return self._operation(node)
        if isinstance(node, ast.Constant):
            return f"{node.value!r}"
        if isinstance(node, ast.Call):
            return self._sum(node)
        return self._component(node)

    def _operation(self, node: ast.BinOp) -> str:
        if isinstance(node.op, ast.Mult):
            return rf"{self._factor(node.left)} \cdot {self._factor(node.right)}"
        if isinstance(node.op, ast.Div):
            return rf"\frac{{{self.write(node.left)}}}{{{self.write(node.right)}}}"
        right = self._factor(node.right) if isinstance(node.op, ast.Sub) else self.write(node.right)
        return f"{self.write(node.left)} {OPERATORS[type(node.op)]} {right}"

    def _factor(self, node: ast.expr) -> str:
        text = self.write(node)
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
            return rf"\left( {text} \right)"
        return text

    def _sum(self, node: ast.Call) -> str:
        generator = node.args[0]
        assert isinstance(generator, ast.GeneratorExp)
        clauses = ", ".join(
            rf"{self._label(clause.target)} \in {self._component(clause.iter)}" for clause in generator.generators
        )
        return rf"\sum_{{{clauses}}} {self._factor(generator.elt)}"

    def _component(self, node: ast.expr) -> str:
        if isinstance(node, ast.Subscript):
            labels = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            return f"{self._name(node.value)}_{{{', '.join(self._label(label) for label in labels)}}}"
        return self._name(node)

    def _name(self, node: ast.expr) -> str:
        assert isinstance(node, ast.Attribute)
        font = "mathrm" if node.attr in self._variables else "mathit"
        return rf"\{font}{{{_escape(node.attr)}}}"

    def _label(self, node: ast.expr) -> str:
        if isinstance(node, ast.Name):
            return node.id
        if isinstance(node, ast.Tuple):
            return f"({', '.join(self._label(part) for part in node.elts)})"
        if isinstance(node, ast.Constant):
            return str(node.value)
        return self._component(node)
