"""Call a rule once with index templates and read what it returns.  The only file that touches Pyomo's template API.

Tried with Pyomo 6.10.1.  `templatize_rule` replaces `builtins.sum` and the iteration of sets for the whole process
while it runs, so there is one lock, and no other thread may be in Pyomo meanwhile.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Lock
from typing import Any

from pyomo.common.numeric_types import native_numeric_types
from pyomo.core.base.param import ParamData, ScalarParam
from pyomo.core.base.set import IndexedSet, SetData
from pyomo.core.base.var import IndexedVar, ScalarVar, VarData
from pyomo.core.expr.numeric_expr import (
    AbsExpression,
    DivisionExpression,
    NegationExpression,
    PowExpression,
    ProductExpression,
    SumExpression,
    UnaryFunctionExpression,
)
from pyomo.core.expr.relational_expr import EqualityExpression, InequalityExpression, RangedExpression
from pyomo.core.expr.template_expr import (
    GetItemExpression,
    IndexTemplate,
    TemplateSumExpression,
    templatize_rule,
)

from model.engine import grammar
from model.engine.build import product_set
from model.engine.faults import RuleError
from model.engine.parameters import ArrayParam
from model.engine.program import RowDeclaration

_LOCK = Lock()


def read_rule(model: Any, row: RowDeclaration, relation: bool) -> grammar.Template:
    """Call a rule once and return it as a template.

    Args:
        model: the lazy model (`build_model(program)`).
        row: the family.
        relation: True for constraints, False for costs and reported rows (linear expressions).

    Raises:
        RuleError: the rule raised, returned something else than asked, or holds a node that is not understood.
    """
    expression, indices = _call(model, row)
    reader = _Reader(row.name)
    numbers = tuple(index._id for index in indices)
    if relation:
        return reader.relation(expression, numbers)
    if expression is None or isinstance(expression, bool | tuple) or _is_relation(expression):
        raise RuleError(row.name, f"the rule returned {_shown(expression)}, a linear expression is needed")
    return grammar.Template(numbers, reader.node(expression))


def _call(model: Any, row: RowDeclaration) -> tuple[Any, tuple[Any, ...]]:
    def rule(block: Any, indices: tuple[Any, ...]) -> Any:
        return row.rule(block, *indices)

    logger = logging.getLogger("pyomo.core.expr.template_expr")
    with _LOCK:
        was_disabled, logger.disabled = logger.disabled, True  # the exception itself is raised, and says more
        try:
            expression, indices = templatize_rule(model, rule, product_set(model, row.over))
            return expression, indices
        except Exception as error:
            cause: BaseException = error
            while cause.__context__ is not None:  # an exception inside a sum surfaces as "Explicit iteration ..."
                cause = cause.__context__
            raise RuleError(row.name, f"the rule raised {type(cause).__name__}: {cause}") from error
        finally:
            logger.disabled = was_disabled


def _is_relation(expression: Any) -> bool:
    return isinstance(expression, EqualityExpression | InequalityExpression | RangedExpression)


def _shown(expression: Any) -> str:
    text = str(expression)
    return text if len(text) < 200 else text[:200] + " ..."


class _Reader:
    """Turns Pyomo's template nodes into the engine's own."""

    def __init__(self, family: str) -> None:
        self.family = family

    def fault(self, message: str) -> RuleError:
        return RuleError(self.family, message)

    def relation(self, expression: Any, numbers: tuple[int, ...]) -> grammar.Template:
        """Read a relation as lower <= body <= upper, the way Pyomo standardises it."""
        if isinstance(expression, tuple):
            return self._ranged(expression, numbers)
        if isinstance(expression, RangedExpression):
            return self._ranged(expression.args, numbers)
        if not isinstance(expression, EqualityExpression | InequalityExpression):
            raise self.fault(f"the rule returned {_shown(expression)}, a relation (==, <=, >=) is needed")
        equal = isinstance(expression, EqualityExpression)
        if not equal and expression.strict:
            raise self.fault("the relation is strict (< or >); use <= or >=")
        left, right = (self.node(argument) for argument in expression.args)
        if grammar.is_numeric(right):
            return self._checked(numbers, left, right if equal else None, right)
        if grammar.is_numeric(left):
            return self._checked(numbers, right, left, left if equal else None)
        zero = grammar.Number(0.0)
        terms = left.terms if isinstance(left, grammar.Sum) else (left,)
        body = grammar.Sum((*terms, grammar.Negation(right)))
        return self._checked(numbers, body, zero if equal else None, zero)

    def _ranged(self, parts: tuple[Any, ...], numbers: tuple[int, ...]) -> grammar.Template:
        if len(parts) != 3:
            raise self.fault(f"the rule returned a tuple of {len(parts)}, a relation or (low, body, high) is needed")
        low, body, high = (None if part is None else self.node(part) for part in parts)
        if body is None or any(limit is not None and not grammar.is_numeric(limit) for limit in (low, high)):
            raise self.fault("the limits of (low, body, high) must be numbers or parameters")
        return self._checked(numbers, body, low, high)

    def _checked(self, numbers: tuple[int, ...], body: Any, lower: Any, upper: Any) -> grammar.Template:
        if grammar.is_numeric(body):
            raise self.fault("the row has no variable")
        return grammar.Template(numbers, body, lower, upper)

    def node(self, item: Any) -> grammar.Node:
        """Read a numeric node."""
        if isinstance(item, bool) or item is None:
            raise self.fault(f"{item} stands where a number or a variable is needed")
        if item.__class__ in native_numeric_types:
            return grammar.Number(float(item))
        if isinstance(item, IndexTemplate):
            raise self.fault(f"the index {item} is used as a number; give a parameter its values instead")
        if isinstance(item, TemplateSumExpression):
            (term,) = item._local_args_
            return grammar.IndexedSum(tuple(self.iterator(group) for group in item.template_iters()), self.node(term))
        if isinstance(item, GetItemExpression):
            return self.item(item)
        if isinstance(item, ScalarVar):
            return grammar.VariableItem(item.local_name, ())
        if isinstance(item, VarData):
            index = item.index()
            labels = index if isinstance(index, tuple) else (index,)
            places = tuple(grammar.FixedLabel(label) for label in labels)
            return grammar.VariableItem(item.parent_component().local_name, places)
        if isinstance(item, ScalarParam | ParamData):
            return grammar.Number(float(item.value))
        return self.operation(item)

    def operation(self, item: Any) -> grammar.Node:
        """Read a sum, product, quotient or function."""
        if isinstance(item, SumExpression):
            return grammar.Sum(tuple(self.node(argument) for argument in item.args))
        if isinstance(item, NegationExpression):
            return grammar.Negation(self.node(item.args[0]))
        if isinstance(item, ProductExpression):
            left, right = (self.node(argument) for argument in item.args)
            if not grammar.is_numeric(left) and not grammar.is_numeric(right):
                raise self.fault(f"variable times variable in {_shown(item)}")
            return grammar.Product(left, right)
        if isinstance(item, DivisionExpression):
            left, right = (self.node(argument) for argument in item.args)
            if not grammar.is_numeric(right):
                raise self.fault(f"division by a variable in {_shown(item)}")
            return grammar.Quotient(left, right)
        if isinstance(item, PowExpression | AbsExpression | UnaryFunctionExpression):
            arguments = tuple(self.node(argument) for argument in item.args)
            if not all(grammar.is_numeric(argument) for argument in arguments):
                raise self.fault(f"a function of a variable in {_shown(item)}")
            return grammar.Function(_function(item), arguments)
        if _is_relation(item):
            raise self.fault(f"a relation inside the expression: {_shown(item)}")
        raise self.fault(f"cannot read {type(item).__name__} {_shown(item)}")

    def item(self, item: Any) -> grammar.Node:
        """Read a component at an index."""
        component, *arguments = item._args_
        places = self.places(arguments)
        if isinstance(component, IndexedVar):
            return grammar.VariableItem(component.local_name, places)
        if isinstance(component, ArrayParam):
            if component.is_map:
                raise self.fault(f"the map {component.local_name} leads to labels and is used as a number")
            return grammar.ParameterItem(component.local_name, places)
        raise self.fault(f"cannot read {_shown(item)}")

    def places(self, arguments: Any) -> tuple[grammar.Place, ...]:
        """Read the arguments of an index; a tuple (an index over pairs) is flattened."""
        places: list[grammar.Place] = []
        for argument in arguments:
            if isinstance(argument, tuple):
                places.extend(self.places(argument))
            elif isinstance(argument, IndexTemplate):
                places.append(grammar.Index(argument._id))
            elif isinstance(argument, str | int) and not isinstance(argument, bool):
                places.append(grammar.FixedLabel(argument))
            elif isinstance(argument, GetItemExpression) and getattr(argument._args_[0], "is_map", False):
                component, *inner = argument._args_
                places.append(grammar.MappedIndex(component.local_name, self.places(inner)))
            else:
                raise self.fault(f"{_shown(argument)} is not a label, an index or a map")
        return tuple(places)

    def iterator(self, group: tuple[Any, ...]) -> grammar.Iterator:
        """Read one `for ... in ...` of a sum."""
        numbers = tuple(index._id for index in group)
        source = group[0]._set
        if isinstance(source, GetItemExpression):
            component, *arguments = source._args_
            if isinstance(component, IndexedSet):
                return grammar.Iterator(numbers, component.local_name, self.places(arguments), True)
        elif isinstance(source, SetData) and source.parent_component().is_indexed():
            index = source.index()
            labels = index if isinstance(index, tuple) else (index,)
            places = tuple(grammar.FixedLabel(label) for label in labels)
            return grammar.Iterator(numbers, source.parent_component().local_name, places, True)
        elif isinstance(source, SetData):
            if source.parent_block() is None:
                raise self.fault(f"a sum runs over {_shown(source)}; declare it as a set")
            return grammar.Iterator(numbers, source.local_name, (), False)
        raise self.fault(f"a sum runs over {_shown(source)}; only declared sets are understood")


def _function(item: Any) -> Callable[..., float]:
    def apply(*values: float) -> float:
        return float(item._apply_operation(list(values)))

    return apply
