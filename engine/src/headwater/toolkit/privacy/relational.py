"""The methods that are SQL: one expression per column."""

from __future__ import annotations

from datetime import date

from headwater.toolkit.expressions.checked import CheckedExpression
from headwater.toolkit.expressions.nodes import Node
from headwater.toolkit.privacy.generalizing import generalized
from headwater.toolkit.privacy.hashing import hashed, typed_null
from headwater.toolkit.privacy.masking import masked
from headwater.toolkit.privacy.methods import AnyMethod, Generalize, Hash, Mask, Nullify, Redact
from headwater.toolkit.privacy.redacting import redacted

RELATIONAL = (Hash, Mask, Redact, Nullify, Generalize)


def protected(value: CheckedExpression, method: AnyMethod, *, place: str, today: date) -> CheckedExpression | None:
    """The expression that hides the value; None for a method that works on batches. Raises ConfigError."""
    node = _node(value.root, method, place, today)
    return None if node is None else CheckedExpression(node)


def _node(node: Node, method: AnyMethod, place: str, today: date) -> Node | None:
    match method:
        case Hash():
            return hashed(node, method, place=place)
        case Mask():
            return masked(node, method, place=place)
        case Redact():
            return redacted(node, method, place=place)
        case Nullify():
            return typed_null(node)
        case Generalize():
            return generalized(node, method, place=place, today=today)
        case _:
            return None
