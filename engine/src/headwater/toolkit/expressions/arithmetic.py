"""+ - * / % // and their types: wide enough that nothing is lost in silence.

Integers compute in int64, decimals in as many digits as the result can have (38 at most), anything with a float in
float64; `/` is always float64. Where the operands' types leave room, the operation cannot fail; elsewhere an
overflow or a division by zero is NULL and the row is at fault. Decimal digits: the rules of SQL:2016 for + - *,
without the loss of places that Spark allows itself (a Spark session needs
`spark.sql.decimalOperations.allowPrecisionLoss=false`).
"""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa

from headwater.sdk.errors import ConfigError
from headwater.toolkit.arrow_types import type_name
from headwater.toolkit.expressions.casts import cast
from headwater.toolkit.expressions.comparison import exact_digits, typed_value
from headwater.toolkit.expressions.kinds import FLOAT64, INT64, digits_of, is_number, kind_of
from headwater.toolkit.expressions.nodes import Call, Form, Literal, Node, same
from headwater.toolkit.expressions.sql_text import sql_type

_NAMES = {"+": "add", "-": "subtract", "*": "multiply"}
_MOST_DIGITS = 38
# DuckDB keeps decimals of up to 18 digits in 64 bits, and computes in them.
_NARROW_DIGITS = 18


def arithmetic(operator: str, left: Node, right: Node) -> Node:
    """`operator` is one of + - * / % //. Raises ConfigError when an operand is no number."""
    for node in (left, right):
        if not (is_number(node.type) or pa.types.is_null(node.type)):
            raise ConfigError(
                f"{_shown(left, operator, right)}: this is not done with {type_name(node.type)}",
                hint="join texts with ||; cast a text to a number with CAST(x AS decimal(12,2)) or CAST(x AS int64)",
                code="config.invalid_expression",
            )
    left, right = (cast(node, INT64) if pa.types.is_null(node.type) else node for node in (left, right))
    if operator == "/":
        return _divide(left, right)
    if kind_of(left.type) == "float" or kind_of(right.type) == "float":
        return _floats(operator, left, right)
    if _is_int64(left) and _is_int64(right):
        return _remainder(left, right) if operator == "%" else _integers(operator, left, right)
    if operator == "//":
        raise ConfigError(
            f"{type_name(left.type)} // {type_name(right.type)}: // is for integers",
            hint="write floor(a / b)",
            code="config.invalid_expression",
        )
    return _decimals(operator, left, right)


def opposite(node: Node) -> Node:
    """Minus."""
    if isinstance(node, Literal) and isinstance(node.value, int | float | Decimal) and not isinstance(node.value, bool):
        return Literal(-node.value, node.type)
    if kind_of(node.type) in ("float", "decimal"):
        return Call("negate", same("(-{0})"), (node,), node.type)
    return arithmetic("-", Literal(0, INT64), node)


def bits_of(node: Node) -> int:
    """How many bits, without the sign, surely hold an integer."""
    if isinstance(node, Literal):
        return node.value.bit_length() if isinstance(node.value, int) else 1
    if isinstance(node, Call) and node.bits is not None:
        return node.bits
    return node.type.bit_width - (0 if pa.types.is_unsigned_integer(node.type) else 1)


def as_int64(node: Node) -> Node:
    """The integer as int64; what is known of its width is kept."""
    if isinstance(node, Literal) or node.type == INT64:
        return node
    return Call("cast", same("CAST({0} AS BIGINT)"), (node,), INT64, bits=bits_of(node))


def _shown(left: Node, operator: str, right: Node) -> str:
    return f"{type_name(left.type)} {operator} {type_name(right.type)}"


def _is_int64(node: Node) -> bool:
    return kind_of(node.type) == "int" and bits_of(node) <= 63


def _integers(operator: str, left: Node, right: Node) -> Node:
    if operator == "//":
        return _whole_quotient(left, right)
    if isinstance(left, Literal) and isinstance(right, Literal) and (folded := _folded(operator, left, right)):
        return folded
    one, other = bits_of(left), bits_of(right)
    bits = one + other if operator == "*" else max(one, other) + 1
    plain = f"({{0}} {operator} {{1}})"
    arguments = (as_int64(left), as_int64(right))
    if bits <= 63:
        return Call(operator, same(plain), arguments, INT64, bits=bits)
    form = Form(f"TRY{plain}", f"try_{_NAMES[operator]}({{0}}, {{1}})")
    return Call(operator, form, _one_is_wide(arguments), INT64, partial=True)


def _one_is_wide(arguments: tuple[Node, Node]) -> tuple[Node, Node]:
    """Two literals would be computed in 32 bits."""
    left, right = arguments
    if isinstance(left, Literal) and isinstance(right, Literal):
        return Call("cast", same("CAST({0} AS BIGINT)"), (left,), INT64), right
    return arguments


def _folded(operator: str, left: Literal, right: Literal) -> Literal | None:
    one, other = left.value, right.value
    if not (isinstance(one, int) and isinstance(other, int)):
        return None
    result = one + other if operator == "+" else one - other if operator == "-" else one * other
    return Literal(result, INT64) if -(2**63) <= result < 2**63 else None


def _can_be_zero(node: Node) -> bool:
    return not isinstance(node, Literal) or not node.value


def _whole_quotient(left: Node, right: Node) -> Node:
    """Towards zero. The lowest int64 by -1 has no result."""
    form = Form("TRY({0} // nullif({1}, 0))", "IF({1} = -1, try_subtract(0L, {0}), {0} div nullif({1}, 0))")
    return Call("//", form, (as_int64(left), as_int64(right)), INT64, partial=True)


def _remainder(left: Node, right: Node) -> Node:
    """The sign is the left side's. DuckDB overflows on the lowest int64 by -1 unless it computes wider."""
    bits = min(bits_of(left), bits_of(right))
    if isinstance(right, Literal) and right.value not in (0, -1, None):
        return Call("%", same("({0} % {1})"), (as_int64(left), right), INT64, bits=bits)
    form = Form("CAST(CAST({0} AS HUGEINT) % nullif({1}, 0) AS BIGINT)", "({0} % nullif({1}, 0))")
    return Call("%", form, (as_int64(left), as_int64(right)), INT64, partial=True, bits=bits)


def _floats(operator: str, left: Node, right: Node) -> Node:
    arguments = (_as_float(left), _as_float(right))
    if operator in _NAMES:
        return Call(operator, same(f"({{0}} {operator} {{1}})"), arguments, FLOAT64)
    if operator == "%":
        return Call("%", same("({0} % nullif({1}, 0))"), arguments, FLOAT64, partial=_can_be_zero(right))
    raise ConfigError("// is for integers", hint="write floor(a / b)", code="config.invalid_expression")


def _divide(left: Node, right: Node) -> Node:
    arguments = (_as_float(left), _as_float(right))
    if not _can_be_zero(right):
        return Call("/", same("({0} / {1})"), arguments, FLOAT64)
    return Call("/", same("({0} / nullif({1}, 0))"), arguments, FLOAT64, partial=True)


def _as_float(node: Node) -> Node:
    if isinstance(node, Literal) and node.value is not None:
        return Literal(typed_value(node.value, FLOAT64), FLOAT64)
    return cast(node, FLOAT64)


def _decimals(operator: str, left: Node, right: Node) -> Node:
    left, right = _as_decimal(left), _as_decimal(right)
    (p1, s1), (p2, s2) = digits_of(left.type), digits_of(right.type)
    if operator == "*":
        precision, scale = p1 + p2, s1 + s2
    elif operator == "%":
        scale = max(s1, s2)
        precision = max(p1 - s1, p2 - s2) + scale
    else:
        scale = max(s1, s2)
        precision = max(p1 - s1, p2 - s2) + scale + 1
    if scale > _MOST_DIGITS:
        raise ConfigError(
            f"{_shown(left, operator, right)} has {scale} decimal places, and a decimal has 38 digits",
            hint="cast one of them to fewer places, for example CAST(x AS decimal(18,4))",
            code="config.invalid_expression",
        )
    target = pa.decimal128(min(precision, _MOST_DIGITS), scale)
    wide = precision > _NARROW_DIGITS
    arguments = tuple(_widened(node, scale if operator != "*" else None) if wide else node for node in (left, right))
    # Spark's product has one digit more than it can need.
    may_overflow = precision + (operator == "*") > _MOST_DIGITS
    return Call(operator, _decimal_form(operator, target, may_overflow=may_overflow), arguments, target,
                partial=may_overflow or (operator == "%" and _can_be_zero(right)))  # fmt: skip


def _decimal_form(operator: str, target: pa.DataType, *, may_overflow: bool) -> Form:
    duckdb, spark = sql_type(target, "duckdb"), sql_type(target, "spark")
    if operator == "%":
        body = "CAST({0} % nullif({1}, 0) AS {T})"
        form = Form(f"TRY({body})" if may_overflow else body, body)
    elif may_overflow:
        form = Form(
            f"TRY(CAST({{0}} {operator} {{1}} AS {{T}}))", f"TRY_CAST(try_{_NAMES[operator]}({{0}}, {{1}}) AS {{T}})"
        )
    else:
        form = same(f"CAST({{0}} {operator} {{1}} AS {{T}})")
    return Form(form.duckdb.replace("{T}", duckdb), form.spark.replace("{T}", spark))


def _as_decimal(node: Node) -> Node:
    if isinstance(node, Literal) and isinstance(node.value, int | Decimal):
        value = Decimal(node.value)
        return Literal(value, pa.decimal128(*exact_digits(value)))
    if kind_of(node.type) == "decimal":
        return node
    return cast(node, pa.decimal128(*digits_of(node.type)))


def _widened(node: Node, scale: int | None) -> Node:
    """For DuckDB, in 38 digits; Spark widens by itself."""
    own = node.type.scale
    wanted = f"DECIMAL(38,{own if scale is None else max(scale, own)})"
    form = Form(f"TRY_CAST({{0}} AS {wanted})", "{0}")
    return Call("widen", form, (node,), node.type)
