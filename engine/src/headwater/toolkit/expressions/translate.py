"""SQLGlot's syntax tree → our typed tree. What has no method here is refused."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pyarrow as pa
from sqlglot import exp

from headwater.sdk.errors import ConfigError, UnknownColumn, nearest_hint
from headwater.toolkit.expressions import casts, logic
from headwater.toolkit.expressions.arithmetic import arithmetic, opposite
from headwater.toolkit.expressions.catalogue import FUNCTIONS
from headwater.toolkit.expressions.comparison import compare, exact_digits, is_in, is_null
from headwater.toolkit.expressions.functions.dates import days_between, shifted
from headwater.toolkit.expressions.grammar import pointed
from headwater.toolkit.expressions.kinds import BOOL, FLOAT64, INT64, STRING, kind_of
from headwater.toolkit.expressions.nodes import Call, Column, Form, Literal, Node, same
from headwater.toolkit.expressions.patterns import like
from headwater.toolkit.expressions.refusals import why_not_function, why_not_syntax
from headwater.toolkit.expressions.signature import fixed_text, take
from headwater.toolkit.expressions.type_names import arrow_type

_COMPARISONS: dict[type[exp.Expr], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.NullSafeEQ: "is not distinct from",
    exp.NullSafeNEQ: "is distinct from",
}
_ARITHMETIC: dict[type[exp.Expr], str] = {exp.Mul: "*", exp.Div: "/", exp.Mod: "%", exp.IntDiv: "//"}
_TRUTHS = {True: "TRUE", False: "FALSE"}


class Translator:
    """Translates one text over one schema."""

    def __init__(self, text: str, schema: pa.Schema, place: str) -> None:
        self._text = text
        self._schema = schema
        self._place = place
        self._methods: dict[type[exp.Expr], Callable[..., Node]] = {
            exp.Paren: lambda node: self.node(node.this),
            exp.Column: self._column,
            exp.Literal: self._literal,
            exp.Boolean: lambda node: Literal(bool(node.this), BOOL),
            exp.Null: lambda _: Literal(None, pa.null()),
            exp.Neg: lambda node: opposite(self.node(node.this)),
            exp.Add: lambda node: self._sum(node, "+"),
            exp.Sub: lambda node: self._sum(node, "-"),
            exp.Pow: lambda node: FUNCTIONS["power"].build((self.node(node.this), self.node(node.expression))),
            exp.DPipe: self._joined_texts,
            exp.And: lambda node: logic.all_of(self._sides(node, exp.And)),
            exp.Or: lambda node: logic.any_of(self._sides(node, exp.Or)),
            exp.Not: self._not,
            exp.Is: self._is,
            exp.In: self._in,
            exp.Between: self._between,
            exp.Case: self._case,
            exp.Like: lambda node: self._like(node, None),
            exp.ILike: lambda node: self._like(node, None),
            exp.Escape: self._escaped_like,
            exp.Cast: lambda node: casts.cast(self.node(node.this), arrow_type(node.to)),
            exp.TryCast: lambda node: casts.try_cast(self.node(node.this), arrow_type(node.to)),
            exp.JSONExtractScalar: self._json,
            exp.Anonymous: self._function,
        }

    def node(self, tree: exp.Expr) -> Node:
        """Raises ConfigError that says where, once, at the innermost part that is wrong."""
        try:
            if operator := _COMPARISONS.get(type(tree)):
                return compare(operator, self.node(tree.this), self.node(tree.expression))
            if operator := _ARITHMETIC.get(type(tree)):
                return arithmetic(operator, self.node(tree.this), self.node(tree.expression))
            method = self._methods.get(type(tree))
            if method is None:
                raise ConfigError(
                    f"an expression may not hold {why_not_syntax(tree)}",
                    hint="the reference of expressions lists what may stand here",
                    code="config.invalid_expression",
                )
            return method(tree)
        except ConfigError as error:
            raise self._placed(error, tree) from error

    def _placed(self, error: ConfigError, tree: exp.Expr) -> ConfigError:
        if error.message.startswith(f"{self._place}:") or isinstance(error, UnknownColumn):
            return error
        mark = pointed(self._text, _position(tree))
        return ConfigError(f"{self._place}: {error.message}{mark}", hint=error.hint, code=error.public_code)

    def _column(self, tree: exp.Column) -> Node:
        parts = [part.name for part in tree.parts]
        if any(isinstance(part, exp.Star) for part in tree.parts):
            raise ConfigError(
                f"an expression may not hold {why_not_syntax(exp.Star())}", code="config.invalid_expression"
            )
        name = self._match(parts[0], self._schema.names, tree)
        data_type, path = self._schema.field(name).type, list[str]()
        for part in parts[1:]:
            if kind_of(data_type) != "struct":
                raise ConfigError(
                    f"{'.'.join([name, *path])} has no field {part!r}: it is no struct",
                    hint=f'a column name with a point goes in double quotes: "{".".join(parts)}"',
                    code="config.unknown_column",
                )
            path.append(self._match(part, [field.name for field in data_type], tree))
            data_type = data_type.field(path[-1]).type
        return Column(name, data_type, tuple(path))

    def _match(self, wanted: str, names: list[str], tree: exp.Expr) -> str:
        """The name as it is, else the only one that differs in case alone."""
        if wanted in names:
            return wanted
        alike = [name for name in names if name.lower() == wanted.lower()]
        if len(alike) == 1:
            return alike[0]
        if alike:
            raise ConfigError(
                f"{wanted!r} could be {', '.join(map(repr, alike))}",
                hint="write it with its capitals, in double quotes",
                code="config.ambiguous_column",
            )
        at = _position(tree)
        where = f", at position {at + 1} of {self._text!r}" if at is not None else ""
        raise UnknownColumn(wanted, names, place=f"{self._place}{where}")

    def _literal(self, tree: exp.Literal) -> Node:
        text = str(tree.this)
        if tree.is_string:
            return Literal(text, STRING)
        if "e" in text.lower():
            try:
                return Literal(float(text), FLOAT64)
            except ValueError as cause:
                raise ConfigError(f"{text} is no number", code="config.syntax_error") from cause
        value = Decimal(text)
        precision, scale = exact_digits(value)
        if "." not in text and -(2**63) <= int(value) < 2**63:
            return Literal(int(value), INT64)
        if precision > 38:
            raise ConfigError(
                f"{text} has more than 38 digits", hint="write it as 1.5e40", code="config.invalid_expression"
            )
        return Literal(value, pa.decimal128(precision, scale))

    def _sum(self, tree: exp.Binary, operator: str) -> Node:
        if isinstance(tree.expression, exp.Interval):
            return self._shifted(tree.this, tree.expression, back=operator == "-")
        if operator == "+" and isinstance(tree.this, exp.Interval):
            return self._shifted(tree.expression, tree.this, back=False)
        left, right = self.node(tree.this), self.node(tree.expression)
        if operator == "-" and kind_of(left.type) == kind_of(right.type) == "date":
            return days_between(right, left)
        return arithmetic(operator, left, right)

    def _shifted(self, moment: exp.Expr, interval: exp.Interval, *, back: bool) -> Node:
        unit, amount = interval.args.get("unit"), interval.this
        if unit is None or amount is None:
            raise ConfigError(
                "an interval has one unit here", hint="write INTERVAL 3 DAY", code="config.invalid_expression"
            )
        written = str(amount.this) if isinstance(amount, exp.Literal) else ""
        if written and not written.lstrip("-").isdecimal():
            raise ConfigError(
                f"{written!r} is no whole number of units",
                hint="write INTERVAL 3 DAY",
                code="config.invalid_expression",
            )
        count = Literal(int(written), INT64) if written else self.node(amount)
        return shifted(self.node(moment), count, unit.name, back=back)

    def _joined_texts(self, tree: exp.DPipe) -> Node:
        both = (
            take(self.node(tree.this), "anything as text", 0),
            take(self.node(tree.expression), "anything as text", 1),
        )
        return Call("||", Form("({0} || {1})", "concat({0}, {1})"), both, STRING)

    def _sides(self, tree: exp.Expr, kind: type[exp.Expr]) -> list[Node]:
        """Flat, because a chain of a thousand ANDs is deep in the syntax tree."""
        flat: list[exp.Expr] = []
        waiting = [tree]
        while waiting:
            item = waiting.pop()
            if isinstance(item, kind):
                waiting += [item.args["expression"], item.args["this"]]
            else:
                flat.append(item)
        return [self._condition(item) for item in flat]

    def _condition(self, tree: exp.Expr) -> Node:
        try:
            return logic.condition_of(self.node(tree))
        except ConfigError as error:
            raise self._placed(error, tree) from error

    def _not(self, tree: exp.Not) -> Node:
        found = self._condition(tree.this)
        if isinstance(found, Call) and found.name == "is_null":
            return Call("is_not_null", same("({0} IS NOT NULL)"), found.arguments, BOOL)
        return logic.negate(found)

    def _is(self, tree: exp.Is) -> Node:
        value = self.node(tree.this)
        if isinstance(tree.expression, exp.Null):
            return is_null(value)
        if isinstance(tree.expression, exp.Boolean):
            truth = _TRUTHS[bool(tree.expression.this)]
            return Call("is", same(f"({{0}} IS {truth})"), (logic.condition_of(value),), BOOL)
        raise ConfigError("IS takes NULL, TRUE or FALSE", hint="write =", code="config.invalid_expression")

    def _in(self, tree: exp.In) -> Node:
        if not tree.expressions or tree.args.get("query") is not None:
            raise ConfigError(
                "IN takes a list of values here", hint="write x IN (1, 2, 3)", code="config.invalid_expression"
            )
        return is_in(self.node(tree.this), [self.node(item) for item in tree.expressions])

    def _between(self, tree: exp.Between) -> Node:
        value, low, high = self.node(tree.this), self.node(tree.args["low"]), self.node(tree.args["high"])
        return logic.all_of([compare(">=", value, low), compare("<=", value, high)])

    def _case(self, tree: exp.Case) -> Node:
        subject = self.node(tree.this) if tree.this is not None else None
        branches: list[tuple[Node, Node]] = []
        for branch in tree.args["ifs"]:
            when = self._condition(branch.this) if subject is None else compare("=", subject, self.node(branch.this))
            branches.append((when, self.node(branch.args["true"])))
        default = tree.args.get("default")
        return logic.choose(branches, None if default is None else self.node(default))

    def _escaped_like(self, tree: exp.Escape) -> Node:
        escape = tree.expression
        if not isinstance(tree.this, exp.Like | exp.ILike) or not escape.is_string or len(escape.name) != 1:
            raise ConfigError("ESCAPE takes one character", hint="write ESCAPE '!'", code="config.invalid_expression")
        return self._like(tree.this, escape.name)

    def _like(self, tree: exp.Like | exp.ILike, escape: str | None) -> Node:
        value = take(self.node(tree.this), "text", 0)
        pattern = self.node(tree.expression)
        written = "" if isinstance(pattern, Literal) and pattern.value == "" else fixed_text((pattern,), 0, "pattern")
        constant, escaped = like(written, escape)
        left, right = ("lower({0})", "lower({1})") if isinstance(tree, exp.ILike) else ("{0}", "{1}")
        # Spark's escape character is \ unless it is named; DuckDB has none.
        form = Form(f"({left} LIKE {right}{_ESCAPE if escaped else ''})", f"({left} LIKE {right})")
        found = Call("like", form, (value, constant), BOOL)
        return logic.negate(found) if tree.args.get("negate") else found

    def _json(self, tree: exp.JSONExtractScalar) -> Node:
        path = tree.expression
        written = path.name if isinstance(path, exp.Literal) else path.sql(dialect="duckdb").strip("'")
        return FUNCTIONS["json_extract_string"].build((self.node(tree.this), Literal(written, STRING)))

    def _function(self, tree: exp.Anonymous) -> Node:
        name = tree.name.lower()
        found = FUNCTIONS.get(name)
        if found is None:
            reason = why_not_function(name)
            raise ConfigError(
                reason or f"there is no function {name!r} here",
                hint="the reference of expressions lists all"
                if reason
                else nearest_hint(name, sorted(FUNCTIONS), shown=80),
                code="config.unknown_function",
            )
        if name == "date_add" and len(tree.expressions) == 2 and isinstance(tree.expressions[1], exp.Interval):
            return self._shifted(tree.expressions[0], tree.expressions[1], back=False)
        given = tuple(self.node(item) for item in tree.expressions)
        if len(given) < found.least or (found.most is not None and len(given) > found.most):
            raise ConfigError(
                f"{name} does not take {len(given)} argument(s)",
                hint=f"write {found.usage}",
                code="config.invalid_expression",
            )
        try:
            return found.build(given)
        except ConfigError as error:
            raise ConfigError(f"{found.usage}: {error.message}", hint=error.hint, code=error.public_code) from error


_ESCAPE = " ESCAPE '\\'"


def _position(tree: exp.Expr) -> int | None:
    """Where the first name inside stands in the text; SQLGlot notes it for names only."""
    places = [node.meta["start"] for node in tree.walk() if "start" in node.meta]
    return min(places) if places else None
