"""The grammar of rules: what a template would drop in silence is refused at registration."""

from __future__ import annotations

import pytest

from model.core.grammar import RuleError, parse_rule


def accepted_row(m, a, y, t):
    """A relation of sums, products, maps and quotients."""
    return m.x[a, y, t] - m.x[a, y, m.previous_time[t]] <= 2.0 * m.p[a] / m.q[a] + sum(
        m.x[b, y, t] for b in m.others[a] for _ in m.all
    )


def ranged_row(m, a):
    """A ranged relation."""
    return (m.low[a], m.x[a], 3)


def scalar_cost(m, y):
    """An expression with a scalar component."""
    return -m.price * (m.x[y] + 1)


def with_filter(m, a):
    return sum(m.x[b] for b in m.others if b != a) == 0


def with_condition(m, a):
    return m.x[a] == (1 if a == "z" else 0)


def with_call(m, a):
    return m.x[a] == max(m.p[a], 0)


def with_two_returns(m, a):
    y = m.x[a]
    return y == 0


def with_list_sum(m, a):
    return sum([m.x[a], m.x[a]]) == 0


def with_arithmetic_index(m, t):
    return m.x[t] == m.x[t - 1]


def with_foreign_name(m, a):
    return m.x[a] == other  # noqa: F821


def with_unknown_label(m, a):
    return m.x[b] == 0  # noqa: F821


def with_chain(m, a):
    return 0 <= m.x[a] <= 1


def with_strict(m, a):
    return m.x[a] < 1


def with_truth(m, a):
    return m.x[a] == True  # noqa: E712


def with_start_value(m, a):
    return sum((m.x[b] for b in m.others), 1) == 0


def with_quicksum(m, a):
    return quicksum(m.x[b] for b in m.others) == 0  # noqa: F821


def without_relation(m, a):
    return m.x[a]


@pytest.mark.parametrize("rule", [accepted_row, ranged_row])
def test_accepts_relations(rule):
    assert parse_rule(rule, relation=True).arguments == tuple(rule.__code__.co_varnames[1 : rule.__code__.co_argcount])


def test_remembers_what_a_rule_uses():
    parsed = parse_rule(accepted_row, relation=True)
    assert parsed.components == {"x", "previous_time", "p", "q", "others", "all"}
    assert parsed.summed_sets == {"others", "all"}


def test_accepts_expressions():
    assert parse_rule(scalar_cost, relation=False).components == {"price", "x"}


@pytest.mark.parametrize(
    "rule",
    [
        with_filter,
        with_condition,
        with_call,
        with_two_returns,
        with_list_sum,
        with_arithmetic_index,
        with_foreign_name,
        with_unknown_label,
        with_chain,
        with_strict,
        with_truth,
        with_start_value,
        with_quicksum,
        without_relation,
    ],
)
def test_refuses_what_a_template_would_drop(rule):
    with pytest.raises(RuleError, match=rule.__name__):
        parse_rule(rule, relation=True)


def test_refuses_a_relation_as_an_expression():
    with pytest.raises(RuleError):
        parse_rule(ranged_row, relation=False)
