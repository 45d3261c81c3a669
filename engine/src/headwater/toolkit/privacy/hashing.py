"""`hash`: HMAC-SHA-256 as SQL. Source: RFC 2104; the pads are hidden from the SQL's text."""

from __future__ import annotations

from headwater.toolkit.expressions.kinds import STRING, kind_of
from headwater.toolkit.expressions.nodes import Call, Constant, Form, Hidden, Literal, Node, same
from headwater.toolkit.privacy.canonical import canonical_text
from headwater.toolkit.privacy.keys import derived, key_bytes, pads
from headwater.toolkit.privacy.methods import Hash

_HMAC = {
    "text": Form(
        "sha256({2} || unhex(sha256({1} || encode({0}))))",
        "sha2(concat({2}, unhex(sha2(concat({1}, encode({0}, 'UTF-8')), 256))), 256)",
    ),
    "binary": Form(
        "sha256({2} || unhex(sha256({1} || {0})))",
        "sha2(concat({2}, unhex(sha2(concat({1}, {0}), 256))), 256)",
    ),
}
_BASE64 = Form("to_base64(unhex({0}))", "base64(unhex({0}))")
_NORMALISED = {"none": "{0}", "trim": "trim({0})", "lower": "lower(trim({0}))"}


def hashed(node: Node, method: Hash, *, place: str) -> Node:
    """The token of a value: NULL for NULL. Raises ConfigError for a type that has no one text."""
    inner, outer = pads(_key(method))
    if kind_of(node.type) == "binary":
        value, form = node, _HMAC["binary"]
    else:
        text = canonical_text(node, place=place)
        value = Call("function", same(_NORMALISED[method.normalize]), (text,), STRING)
        form = _HMAC["text"]
    token: Node = Call("function", form, (value, Hidden(inner), Hidden(outer)), STRING)
    if method.encoding == "base64":
        token = Call("function", _BASE64, (token,), STRING)
    if method.length is not None:
        token = Call("function", same(f"left({{0}}, {method.length})"), (token,), STRING)
    return _labelled(token, method.label)


def _key(method: Hash) -> bytes:
    given = key_bytes(method.sure_key)
    return derived(given, f"hash:{method.domain}") if method.domain else given


def _labelled(token: Node, label: str) -> Node:
    """`v2:…`: the version of the key in front of the token."""
    if not label:
        return token
    form = Form("({1} || {0})", "concat({1}, {0})")
    return Call("function", form, (token, Constant(label, label)), STRING)


def typed_null(node: Node) -> Node:
    """`nullify`: NULL of the column's type. It reads the column, so that a planner knows what it hides."""
    return Call(
        "function", same("CASE WHEN {0} IS NULL THEN {0} ELSE {1} END"), (node, Literal(None, node.type)), node.type
    )
