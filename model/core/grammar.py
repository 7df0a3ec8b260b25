"""The grammar of a rule: one relation of sums and products, and nothing that a template would drop in silence.

Pyomo's templates evaluate a rule once with symbolic indices.  A condition on a label then vanishes *without a word*
(`if a != "x"` in a sum, `a in [...]`, an index in an f-string), so registration reads the rule's syntax tree and
refuses whatever is outside the grammar: one return of one relation (`==`, `<=`, `>=`, or `(low, body, high)`) of
`+ - * /` and `sum(... for ... in m.some_set[...])`.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


class RuleError(TypeError):
    """A rule is outside the grammar; the message names the rule, the line and what to write instead."""


@dataclass(frozen=True)
class ParsedRule:
    """A rule read as syntax: its index letters, its body and the component names that it uses."""

    arguments: tuple[str, ...]
    body: ast.expr
    components: frozenset[str]
    summed_sets: frozenset[str]


_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div)
_RELATIONS = (ast.Eq, ast.LtE, ast.GtE)


def parse_rule(rule: Callable[..., Any], relation: bool) -> ParsedRule:
    """Read a rule's source and check it against the grammar.

    Args:
        rule: a function `(m, *labels)` defined in a file.
        relation: True for constraints (a relation is returned), False for costs and contributions (an expression).

    Raises:
        RuleError: where the rule holds something that a template would not carry faithfully.
    """
    tree = ast.parse(textwrap.dedent(inspect.getsource(rule)))
    function = tree.body[0]
    if not isinstance(function, ast.FunctionDef):
        raise RuleError(f"{rule.__name__}: a rule is a plain function, not {type(function).__name__}")
    checker = _Checker(rule.__name__, tuple(argument.arg for argument in function.args.args))
    body = checker.returned(function)
    checker.relation(body) if relation else checker.expression(body)
    return ParsedRule(checker.arguments[1:], body, frozenset(checker.components), frozenset(checker.summed_sets))


class _Checker:
    """Walks one rule; remembers the names in scope and the components used."""

    def __init__(self, name: str, arguments: tuple[str, ...]) -> None:
        self.name = name
        self.arguments = arguments
        self.scope = set(arguments[1:])
        self.components: set[str] = set()
        self.summed_sets: set[str] = set()

    def refuse(self, node: ast.AST, what: str) -> RuleError:
        return RuleError(
            f"rule {self.name}, line {getattr(node, 'lineno', '?')}: {what}. A rule is one return of one relation of "
            "+ - * / and sum(... for ... in m.some_set[...]); put conditions into index sets and numbers into tables."
        )

    def returned(self, function: ast.FunctionDef) -> ast.expr:
        statements = [
            statement
            for statement in function.body
            if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))
        ]
        if len(statements) != 1 or not isinstance(statements[0], ast.Return) or statements[0].value is None:
            raise self.refuse(function, "more than one return statement")
        return statements[0].value

    def relation(self, node: ast.expr) -> None:
        if isinstance(node, ast.Tuple) and len(node.elts) == 3:
            for part in node.elts:
                self.expression(part)
        elif isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], _RELATIONS):
            self.expression(node.left)
            self.expression(node.comparators[0])
        else:
            raise self.refuse(node, "no single relation is returned")

    def expression(self, node: ast.expr) -> None:
        if isinstance(node, ast.BinOp) and isinstance(node.op, _OPERATORS):
            self.expression(node.left)
            self.expression(node.right)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            self.expression(node.operand)
        elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
            return
        elif isinstance(node, ast.Call):
            self.summation(node)
        elif isinstance(node, ast.Subscript):
            self.component(node.value)
            for label in node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]:
                self.label(label)
        elif isinstance(node, ast.Attribute):
            self.component(node)
        else:
            raise self.refuse(node, f"{type(node).__name__} is not allowed")

    def summation(self, node: ast.Call) -> None:
        generator = node.args[0] if len(node.args) == 1 else None
        is_sum = isinstance(node.func, ast.Name) and node.func.id == "sum" and not node.keywords
        if not is_sum or not isinstance(generator, ast.GeneratorExp):
            raise self.refuse(node, "only sum(... for ... in ...) may be called")
        added: set[str] = set()
        for clause in generator.generators:
            if clause.ifs or clause.is_async:
                raise self.refuse(node, "a filter inside a sum")
            self.summed_sets.add(self.set_of(clause.iter))
            names = clause.target.elts if isinstance(clause.target, ast.Tuple) else [clause.target]
            added |= {name.id for name in names if isinstance(name, ast.Name)} - self.scope
            self.scope |= added
        self.expression(generator.elt)
        self.scope -= added

    def set_of(self, node: ast.expr) -> str:
        if isinstance(node, ast.Subscript):
            for label in node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]:
                self.label(label)
            return self.component(node.value)
        return self.component(node)

    def component(self, node: ast.expr) -> str:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == self.arguments[0]:
            self.components.add(node.attr)
            return node.attr
        raise self.refuse(node, "only components of the model (m.name) may be used")

    def label(self, node: ast.expr) -> None:
        if isinstance(node, ast.Name) and node.id in self.scope:
            return
        if isinstance(node, ast.Constant) and isinstance(node.value, (str, int)):
            return
        if isinstance(node, ast.Subscript):  # a label-valued map
            self.expression(node)
            return
        raise self.refuse(node, "an index must be a label in scope or a map of labels")
