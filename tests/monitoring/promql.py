"""What a PromQL expression reads: for tests that compare it with what there is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import promql_parser
from promql_parser import (
    AggregateExpr,
    BinaryExpr,
    Call,
    MatrixSelector,
    NumberLiteral,
    ParenExpr,
    SubqueryExpr,
    UnaryExpr,
    VectorSelector,
)


@dataclass(frozen=True)
class Read:
    """One selector. matchers: label → value. calls: functions around it. span: its range."""

    metric: str
    matchers: dict[str, str]
    calls: tuple[str, ...]
    span: str | None


def reads(expr: str) -> Iterator[Read]:
    """Yield the selectors of an expression. Raises ValueError where Prometheus would refuse it."""
    yield from _reads(promql_parser.parse(expr), ())


def _reads(node, calls, span=None):
    match node:
        case VectorSelector():
            matchers = {one.name: one.value for one in node.matchers.matchers}
            yield Read(node.name, matchers, calls, span)
        case MatrixSelector():
            yield from _reads(node.vector_selector, calls, str(node.range))
        case Call():
            for argument in node.args:
                yield from _reads(argument, (*calls, node.func.name))
        case AggregateExpr() | ParenExpr() | SubqueryExpr() | UnaryExpr():
            yield from _reads(node.expr, calls, span)
        case BinaryExpr():
            yield from _reads(node.lhs, calls)
            yield from _reads(node.rhs, calls)


def grouped_by(expr: str) -> set[str]:
    """Return the labels of all by, on and group clauses."""
    clauses = re.findall(r"\b(?:by|on|group_left|group_right)\s*\(([^)]*)\)", expr)
    return {word.strip() for clause in clauses for word in clause.split(",") if word.strip()}


def cannot_be(expr: str) -> bool:
    """Tell whether an expression waits for what cannot be: count() == 0, rate() < 0, absent()."""
    return _cannot_be(promql_parser.parse(expr))


def _cannot_be(node):
    match node:
        case Call():
            return node.func.name.startswith("absent") or any(map(_cannot_be, node.args))
        case AggregateExpr() | ParenExpr() | SubqueryExpr() | UnaryExpr():
            return _cannot_be(node.expr)
        case BinaryExpr():
            return _is_impossible(node) or _cannot_be(node.lhs) or _cannot_be(node.rhs)
    return False


def _is_impossible(node):
    if not isinstance(node.rhs, NumberLiteral) or node.rhs.val != 0:
        return False
    match node.lhs:
        case AggregateExpr():
            return str(node.op) == "==" and str(node.lhs.op) == "count"
        case Call():
            return str(node.op) == "<" and node.lhs.func.name in ("rate", "irate", "increase")
    return False
