"""One text per value, whatever its type and engine: what is hashed and masked.

Equal numbers have equal texts: `5`, `5.00` and `5.0` are `5`. Dates and times are ISO 8601 with a space, a timestamptz
is in UTC and ends in `+00`. Texts are taken as they are.
"""

from __future__ import annotations

import pyarrow as pa

from headwater.sdk.errors import ConfigError
from headwater.toolkit.arrow_types import type_name
from headwater.toolkit.expressions.casts import cast
from headwater.toolkit.expressions.kinds import STRING, kind_of
from headwater.toolkit.expressions.nodes import Call, Form, Node

_WITHOUT_ZEROS = Form(
    "rtrim(rtrim({0}, '0'), '.')",
    "rtrim('.', rtrim('0', {0}))",
)
_WITHOUT_FRACTION = Form("regexp_replace({0}, '[.]0$', '')", "regexp_replace({0}, '[.]0\\\\z', '')")
# -0.0 + 0.0 is 0.0.
_WITHOUT_SIGN = Form("({0} + CAST(0 AS DOUBLE))", "({0} + 0.0D)")


def canonical_text(node: Node, *, place: str) -> Node:
    """Raises ConfigError for a type that has no one text."""
    kind = kind_of(node.type)
    if kind == "float":
        whole = Call("function", _WITHOUT_SIGN, (cast(node, pa.float64()),), pa.float64())
        return Call("function", _WITHOUT_FRACTION, (cast(whole, STRING),), STRING)
    if kind == "decimal" and node.type.scale > 0:
        return Call("function", _WITHOUT_ZEROS, (cast(node, STRING),), STRING)
    if kind in ("binary", "list", "struct", "other"):
        raise ConfigError(
            f"{place}: values of the type {type_name(node.type)} have no one text",
            hint="take its parts out first, with `flatten` or `derive`, or use `nullify`",
            code="config.unsupported_type",
        )
    return cast(node, STRING)


def text_only(node: Node, method: str, *, place: str) -> Node:
    """Raises ConfigError for anything but text."""
    if kind_of(node.type) not in ("text", "null"):
        raise ConfigError(
            f"{place}: {method} works on text, and this is {type_name(node.type)}",
            hint="cast it to string first, with `cast`, or choose another method",
            code="config.unsupported_type",
        )
    return cast(node, STRING)
