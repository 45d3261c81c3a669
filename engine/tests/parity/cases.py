"""What the suite puts the processors through.

A new processor, quality rule or method of anonymization needs a case: `test_completeness` fails without one.
"""

from __future__ import annotations

from pathlib import Path

from parity.anonymize_cases import anonymize_cases
from parity.case import Case
from parity.quality_cases import quality_cases

TIDY = str(Path(__file__).with_name("tidy.py"))


def _casts() -> tuple[Case, ...]:
    kinds = {
        "t": (
            "int8",
            "int32",
            "int64",
            "uint8",
            "uint64",
            "float32",
            "float64",
            "decimal(12,2)",
            "decimal(38,10)",
            "bool",
            "date",
            "time",
            "timestamp",
            "timestamptz",
        ),
        "n": ("int8", "uint64", "float64", "decimal(18,0)", "string"),
        "f": ("int64", "float32", "decimal(12,2)", "string"),
        "wide": ("int64", "decimal(12,2)", "float64", "string"),
        "ts": ("date", "time", "timestamptz", "string"),
        "tz": ("date", "time", "timestamp", "string"),
        "b": ("int64", "string"),
        "d": ("timestamp", "timestamptz", "string"),
    }
    made = [
        Case("cast", f"{column} to {kind}, {on_error}", {"columns": {column: kind}, "on_error": on_error}, "edge")
        for column, types in kinds.items()
        for kind in types
        for on_error in (("reject", "null") if kind == "date" and column == "t" else ("reject",))
    ]
    narrow = {
        "a_uint64": "int64",
        "a_uint8": "int8",
        "a_long_decimal": "int64",
        "a_float32": "string",
        "a_time": "string",
    }
    return (*made, Case("cast", "unsigned, float32 and time", {"columns": {**narrow}}, "wide"))


CASES: tuple[Case, ...] = (
    Case(
        "select",
        "order, rename, leave out",
        {"columns": ["row_no", "a_*"], "exclude": ["a_list"], "rename": {"a_text": "tëxt `🦉`"}},
        "wide",
    ),
    Case("select", "hostile names", {"columns": ["naïve 🦉", "*"], "rename": {"a.b": 'b`."a'}}, "hostile"),
    Case("filter", "numbers and NaN", {"where": "weight > 0.05 AND amount <> 5"}),
    Case("filter", "text order", {"where": "status >= 'e' OR status = ''"}),
    Case("filter", "a cast that fails", {"where": "CAST(day_text AS date) > '2000-01-01'"}),
    Case("filter", "the same, as NULL", {"where": "CAST(day_text AS date) > '2000-01-01'", "on_error": None}),
    Case("filter", "nothing but NULL", {"where": "a_float64 > 0 OR a_text LIKE '%x%'"}, "nulls"),
    Case(
        "derive",
        "arithmetic that overflows",
        {
            "columns": {
                "sum": "n + m",
                "product": "n * m",
                "share": "n / m",
                "rest": "n % m",
                "whole": "n // m",
                "less": "-n",
            }
        },
        "edge",
    ),
    Case(
        "derive",
        "decimals",
        {"columns": {"twice": "wide * 2", "more": "wide + amount", "part": "amount / wide"}},
        "edge",
    ),
    Case(
        "derive",
        "one on another",
        {"columns": {"a": {"expression": "tiny + 1", "type": "int8"}, "b": "a * 2", "tiny": "b + a"}},
        "edge",
    ),
    Case(
        "derive",
        "texts",
        {"columns": {"joined": "t || '-' || coalesce(u, '')", "low": "lower(trim(t))", "first": "substring(t, 1, 3)"}},
        "edge",
    ),
    Case(
        "derive",
        "times",
        {
            "columns": {"later": "ts + INTERVAL 1 MONTH", "day": "date_trunc('day', tz)", "gap": "d - e"},
            "on_error": None,
        },
        "edge",
    ),
    *_casts(),
    *quality_cases(),
    *anonymize_cases(),
    Case(
        "schema",
        "types, ranges and a key",
        {
            "columns": {
                "id": {"type": "int64", "nullable": False},
                "status": {"allowed": ["new", "paid", "sent"], "min_length": 1},
                "weight": {"min": 0, "below": 10},
                "day_text": {"type": "date", "format": ["%Y-%m-%d", "%d.%m.%Y"]},
                "email": {"format": "email"},
                "ip": {"type": "inet"},
                "amount": {"type": "decimal(10,1)"},
            },
            "primary_key": ["id", "customer"],
            "unknown": "reject",
        },
    ),
    *(
        Case(
            "schema",
            f"on violation {policy}",
            {
                "columns": {
                    "status": {"pattern": "[a-z]+", "unique": True},
                    "day_text": "date",
                    "customer": {"min": 11, "nullable": False},
                },
                "on_violation": policy,
            },
        )
        for policy in ("null", "keep", "drop", "fail")
    ),
    Case(
        "schema",
        "columns that are missing",
        {"columns": {"more": "decimal(38,10)"}, "missing": "null", "unknown": "drop"},
    ),
    Case("schema", "documents", {"columns": {"payload": {"type": "json"}}}, "documents"),
    Case(
        "schema",
        "texts of every type",
        {
            "columns": {
                "t": {"type": "decimal(12,2)", "on_violation": "null"},
                "u": {"max_length": 1},
                "js": {"type": "json"},
            }
        },
        "edge",
    ),
    Case("deduplicate", "by key", {"key": ["id"], "order_by": ["weight desc", "status"]}),
    Case("deduplicate", "keep last", {"key": ["id"], "order_by": ["day desc"], "keep": "last"}),
    Case("deduplicate", "floats as key", {"key": ["weight"]}),
    Case("deduplicate", "whole rows", {}),
    Case("deduplicate", "texts in order", {"key": ["b"], "order_by": ["t"]}, "edge"),
    Case("deduplicate", "nested values decide", {"key": ["payload"], "order_by": ["id desc"]}, "nested"),
    Case(
        "fill",
        "constants",
        {"columns": {"status": "unknown", "weight": 0, "amount": 1.25, "day": "1970-01-01"}, "empty_texts": True},
    ),
    Case(
        "fill",
        "every type",
        {
            "columns": {
                "a_bool": True,
                "an_int*": 7,
                "a_uint64": 18446744073709551615,
                "a_float64": 0.1,
                "a_long_decimal": 1,
                "a_date": "0001-01-01",
                "a_timestamp": "9999-12-31T23:59:59.999999",
                "an_instant": "2024-03-31T01:00:00Z",
                "a_text": 'it\'s \\ "🦉"',
            }
        },
        "nulls",
    ),
    Case(
        "fill",
        "from other columns",
        {"columns": {"email": {"columns": ["status", "day_text"]}, "customer": {"expression": "id * 2000000000"}}},
    ),
    Case("flatten", "structs", {}, "nested"),
    Case("flatten", "one level", {"depth": 1, "separator": "."}, "nested"),
    Case(
        "flatten",
        "JSON",
        {
            "exclude": ["place"],
            "drop_json": True,
            "json": {
                "payload": {
                    "s": "$.s",
                    "b": "$.a.b[1]",
                    "t": {"path": "$.t", "type": "date"},
                    "n": {"path": "$.n", "type": "int64"},
                }
            },
        },
        "nested",
    ),
    Case(
        "flatten",
        "JSON, NULL for what is none",
        {"on_error": None, "json": {"payload": {"s": "$.s", "t": {"path": "$.t", "type": "date"}}}},
        "nested",
    ),
    Case(
        "flatten",
        "texts that nearly are JSON",
        {"json": {"payload": {"a": "$.a", "n": {"path": "$.a", "type": "float64"}}}},
        "documents",
    ),
    Case(
        "flatten",
        "lists",
        {
            "columns": ["place"],
            "lists": {
                "lines": {"key": {"id": "order_id"}, "stream": "lines of {stream}"},
                "tags": {"key": ["id"], "index": "no"},
            },
        },
        "nested",
    ),
    Case(
        "lookup",
        "columns of another stream",
        {
            "stream": "customers",
            "on": {"customer": "id"},
            "columns": {"name": "customer_name", "score": "score", "since": "since"},
        },
        others=("customers",),
    ),
    Case(
        "lookup",
        "reject what is missing",
        {"stream": "customers", "on": {"customer": "id"}, "columns": {"name": "n"}, "missing": "reject"},
        others=("customers",),
    ),
    Case(
        "lookup",
        "by floats",
        {"stream": "customers", "on": {"weight": "score"}, "columns": {"name": "n"}, "missing": "reject"},
        others=("customers",),
    ),
    Case(
        "sql",
        "join and aggregate",
        {
            "stream": "made",
            "query": "SELECT c.name, count(*) AS orders, sum(o.amount) AS total, max(o.day) AS last, "
            "avg(o.weight) AS weight "
            "FROM orders o LEFT JOIN customers c ON o.customer = c.id GROUP BY c.name",
        },
        others=("customers",),
    ),
    Case(
        "sql",
        "window and filter",
        {
            "stream": "made",
            "query": "WITH ranked AS (SELECT id, status, row_number() OVER "
            "(PARTITION BY id ORDER BY status DESC NULLS LAST, customer) AS place FROM orders) "
            "SELECT upper(status) AS status, id + 1 AS next FROM ranked WHERE place = 1",
        },
    ),
    Case(
        "sql",
        "wide values",
        {
            "stream": "made",
            "query": "SELECT a_float64, count(*) AS n, sum(an_int64) AS total, min(a_text) AS least "
            "FROM wide GROUP BY a_float64",
        },
        "wide",
    ),
    Case(
        "sql",
        "sums beyond 64 bits",
        {
            "stream": "made",
            "query": "SELECT sum(an_int64) AS a, sum(DISTINCT a_uint64) AS b, avg(a_price) AS c, "
            "sum(a_fine_decimal) AS e, sum(an_int8) OVER () AS f, avg(an_int64) AS g FROM (SELECT * FROM wide "
            "UNION ALL SELECT * FROM wide WHERE an_int64 > 0) GROUP BY an_int8",
        },
        "wide",
    ),
    Case("python", "same columns", {"function": "shout", "file": TIDY}),
    Case("python", "every type", {"function": "unchanged", "file": TIDY}, "wide"),
    Case(
        "python",
        "its own columns",
        {
            "function": "measured",
            "file": TIDY,
            "arguments": {"factor": 2.0},
            "columns": {"id": "same", "weight": "same", "small": "bool"},
        },
    ),
)
