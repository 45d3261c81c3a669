"""What a query may hold: the syntax, and the functions that every engine knows by the same meaning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlglot import exp

from headwater.sdk.errors import ConfigError, nearest_hint
from headwater.toolkit.expressions.catalogue import FUNCTIONS
from headwater.toolkit.expressions.grammar import pointed
from headwater.toolkit.expressions.refusals import is_table_function, is_unsteady, why_not_function

AGGREGATES = frozenset(
    {
        "arg_max",
        "arg_min",
        "array_agg",
        "avg",
        "bool_and",
        "bool_or",
        "count",
        "count_if",
        "max",
        "mean",
        "median",
        "min",
        "stddev",
        "stddev_pop",
        "stddev_samp",
        "string_agg",
        "sum",
        "var_pop",
        "var_samp",
        "variance",
    }
)
WINDOWS = frozenset(
    {
        "cume_dist",
        "dense_rank",
        "first_value",
        "lag",
        "last_value",
        "lead",
        "nth_value",
        "ntile",
        "percent_rank",
        "rank",
        "row_number",
    }
)
# Names of ours that DuckDB does not know.
DUCKDB_NAMES: Mapping[str, str] = {"regexp_like": "regexp_matches", "list_to_string": "array_to_string"}

_SYNTAX: tuple[type[exp.Expr], ...] = (
    exp.Query, exp.CTE, exp.With, exp.From, exp.Join, exp.Where, exp.Group, exp.Having, exp.Qualify, exp.Order,
    exp.Ordered, exp.Limit, exp.Offset, exp.Distinct, exp.Table, exp.TableAlias, exp.Values, exp.Tuple, exp.Identifier,
    exp.Column, exp.Dot, exp.Star, exp.Alias, exp.Literal, exp.Boolean, exp.Null, exp.Paren, exp.Unary, exp.Binary,
    exp.Between, exp.In, exp.Case, exp.If, exp.Cast, exp.DataType, exp.DataTypeParam, exp.Interval, exp.Var,
    exp.Anonymous, exp.Window, exp.WindowSpec, exp.Filter, exp.Exists, exp.JSONPath, exp.JSONPathPart, exp.Cube,
    exp.Rollup, exp.GroupingSets,
)  # fmt: skip
_NEVER: tuple[tuple[tuple[type[exp.Expr], ...], str, str], ...] = (
    ((exp.Placeholder, exp.Parameter, exp.SessionParameter), "a parameter", "nothing would fill it; write the value"),
    ((exp.Into, exp.Lock, exp.DDL, exp.Command), "a statement that changes something", "only SELECT reads"),
    ((exp.IgnoreNulls, exp.RespectNulls), "IGNORE NULLS", "filter the NULLs out in a part before (WITH …)"),
    ((exp.TableSample,), "a sample", "it takes other rows each time; take a part by a condition on a key"),
    ((exp.Pivot,), "PIVOT", "its columns depend on the rows; write max(v) FILTER (WHERE k = 'a') AS a"),
    ((exp.Directory, exp.Show, exp.Describe, exp.Summarize, exp.Pragma), "a statement", "write SELECT … FROM a stream"),
)


def refuse(tree: exp.Expr, text: str, place: str, *, portable: bool) -> None:
    """Raises ConfigError for the first thing that may not stand in a query."""
    for node in tree.walk():
        for what, hint, code in _wrong(node, portable=portable):
            mark = pointed(text, _position(node))
            raise ConfigError(f"{place}: {what}{mark}", hint=hint, code=code)


def _wrong(node: exp.Expr, *, portable: bool) -> Iterator[tuple[str, str, str]]:
    for kinds, what, hint in _NEVER:
        if isinstance(node, kinds):
            yield f"a query may not hold {what}", hint, "config.invalid_query"
    if isinstance(node, exp.With) and node.args.get("recursive"):
        yield "WITH RECURSIVE may never end", "join the stream with itself, once per level", "config.invalid_query"
    if isinstance(node, exp.Table) and not isinstance(node.this, exp.Identifier):
        name = node.this.name or type(node.this).__name__
        hint = "FROM takes streams; a file is read by a source of the type `files`"
        yield f"{name} makes a table out of what is no stream", hint, "config.invalid_query"
    if portable and isinstance(node, exp.Join) and node.method.upper() not in ("", "NATURAL"):
        hint = "write a JOIN with conditions, or set `portable: false`"
        yield f"a {node.method} join is not understood by every engine", hint, "config.invalid_query"
    if isinstance(node, exp.Anonymous):
        yield from _wrong_function(node.name.lower(), portable=portable)
    elif portable and not isinstance(node, _SYNTAX):
        name = type(node).__name__.upper()
        hint = "write it more plainly, or set `portable: false`: it then runs on the local engine alone"
        yield f"{name} is not understood by every engine", hint, "config.invalid_query"


def _wrong_function(name: str, *, portable: bool) -> Iterator[tuple[str, str, str]]:
    if is_table_function(name):
        yield f"{name} makes a table", "FROM takes streams; `flatten` makes rows of lists", "config.unknown_function"
    elif is_unsteady(name):
        reason = why_not_function(name) or f"{name} reads from outside the streams, or gives another value each time"
        yield reason, "take the value from a column", "config.unknown_function"
    elif portable and name not in FUNCTIONS and name not in AGGREGATES and name not in WINDOWS:
        known = sorted({*FUNCTIONS, *AGGREGATES, *WINDOWS})
        hint = f"{nearest_hint(name, known, shown=40)}; `portable: false` takes any function of DuckDB"
        yield f"there is no function {name!r} here", hint, "config.unknown_function"


def _position(tree: exp.Expr) -> int | None:
    places = [node.meta["start"] for node in tree.walk() if "start" in node.meta]
    return min(places) if places else None
