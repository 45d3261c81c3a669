"""What an expression may not hold, and why: the words for it."""

from __future__ import annotations

from sqlglot import exp

_AGGREGATES = frozenset(
    {
        "any_value",
        "approx_count_distinct",
        "arg_max",
        "arg_min",
        "array_agg",
        "avg",
        "bool_and",
        "bool_or",
        "count",
        "count_if",
        "first",
        "last",
        "list",
        "max",
        "mean",
        "median",
        "min",
        "mode",
        "percentile_cont",
        "product",
        "quantile",
        "stddev",
        "string_agg",
        "sum",
        "variance",
    }
)
_WINDOWS = frozenset(
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
_TABLES = frozenset(
    {
        "generate_series",
        "glob",
        "parquet_scan",
        "range",
        "read_blob",
        "read_csv",
        "read_csv_auto",
        "read_json",
        "read_json_auto",
        "read_parquet",
        "query",
        "query_table",
        "read_text",
        "unnest",
        "explode",
    }
)
_UNSTEADY = frozenset(
    {
        "clock_timestamp",
        "current_date",
        "current_time",
        "current_timestamp",
        "gen_random_uuid",
        "get_current_timestamp",
        "getdate",
        "nextval",
        "now",
        "rand",
        "random",
        "today",
        "transaction_timestamp",
        "uuid",
    }
)
_SETTINGS = frozenset(
    {
        "current_setting",
        "current_user",
        "getenv",
        "getvariable",
        "version",
    }
)
# Volatile functions of DuckDB 2.0 that nobody writes by habit (`duckdb_functions()`, stability).
_DUCKDB_ONLY = frozenset(
    {
        "ago",
        "currval",
        "error",
        "get_block_size",
        "get_current_time",
        "in_search_path",
        "session_user",
        "setseed",
        "setval",
        "sleep_ms",
        "stats",
        "txid_current",
        "user",
        "uuidv4",
        "uuidv7",
        "vector_type",
        "write_log",
    }
)

_KINDS: tuple[tuple[tuple[type[exp.Expr], ...], str], ...] = (
    ((exp.Query, exp.Exists), "a subquery: an expression sees one row; join in a step of its own"),
    ((exp.Window,), "a window function: it needs other rows, and an expression sees one"),
    ((exp.Star,), "*: name the columns"),
    ((exp.Placeholder, exp.Parameter), "a parameter: nothing would fill it; write the value"),
    ((exp.Lambda, exp.PropertyEQ), "a lambda or a named argument: no function here takes one"),
    ((exp.Alias,), "a name (AS …): the name is the key that the expression stands under"),
    ((exp.Distinct, exp.Order), "DISTINCT or ORDER BY: they belong to aggregates"),
    ((exp.Bracket, exp.Array), "square brackets: write list_extract(items, 1); lists come from columns"),
    ((exp.Struct,), "a struct: an expression gives one value"),
    ((exp.AtTimeZone,), "AT TIME ZONE: moments count in UTC"),
    ((exp.Collate,), "COLLATE: texts compare by their characters' code points"),
    ((exp.RegexpLike, exp.RegexpFullMatch), "~: write regexp_matches(text, pattern)"),
    ((exp.JSONExtract,), "->: write json ->> '$.path'"),
    ((exp.Command, exp.DDL, exp.Drop), "a statement: only an expression can stand here"),
)


def is_table_function(name: str) -> bool:
    return name in _TABLES


def is_unsteady(name: str) -> bool:
    """Does it give another value each time, or read from outside the rows?"""
    return name in _UNSTEADY | _SETTINGS | _DUCKDB_ONLY or name.startswith(("current_", "pg_", "inet_", "has_"))


def why_not_function(name: str) -> str | None:
    """The reason why a well-known function is not among ours; None for a name that says nothing."""
    if name in _AGGREGATES:
        return f"{name} is an aggregate: it needs many rows, and an expression sees one"
    if name in _WINDOWS:
        return f"{name} is a window function: it needs other rows, and an expression sees one"
    if name in _TABLES:
        return f"{name} makes a table; an expression gives one value"
    if name in _UNSTEADY:
        return f"{name} gives another value each time, so a run could not be repeated"
    if name in _SETTINGS:
        return f"{name} reads from outside the row"
    if name == "extract":
        return "extract is not needed: write year(moment), month(moment) …"
    if name == "try":
        return "try is not needed: write TRY_CAST or try_strptime"
    return None


def why_not_syntax(node: exp.Expr) -> str:
    for kinds, reason in _KINDS:
        if isinstance(node, kinds):
            return reason
    return f"{type(node).__name__.upper()}, which is not part of the language of expressions"
