"""Every rule, alone and together."""

from __future__ import annotations

from collections.abc import Mapping

from parity.case import Case

from headwater.sdk.stream import Json


def quality_cases() -> tuple[Case, ...]:
    rows: list[Json] = [
        {"rule": "not_null", "columns": ["id", "status"]},
        {"rule": "in", "column": "status", "values": ["new", "paid", ""], "severity": "warn"},
        {"rule": "not_in", "column": "weight", "values": [0.0, 0.1], "severity": "warn"},
        {"rule": "range", "column": "weight", "min": 0, "max": 10},
        {"rule": "range", "column": "day", "min": "1970-01-01", "severity": "warn"},
        {"rule": "range", "column": "amount", "min": 0, "max": "7.77"},
        {"rule": "length", "column": "status", "min": 1, "max": 4},
        {"rule": "type", "column": "day_text", "type": "date"},
        {"rule": "date_format", "column": "day_text", "formats": ["%d.%m.%Y", "%Y-%m-%d"], "severity": "warn"},
        {"rule": "regex", "column": "status", "pattern": "[a-zé🦉]+", "severity": "warn"},
        {"rule": "regex", "column": "email", "pattern": "@.*[.]org", "match": "part", "where": "id > 1"},
        {"rule": "email", "column": "email", "severity": "warn"},
        {"rule": "url", "column": "email"},
        {"rule": "uuid", "column": "email", "severity": "warn"},
        {"rule": "ip", "column": "ip"},
        {"rule": "expression", "condition": "amount / (customer - 10) > 0"},
    ]
    sets: list[Json] = [
        {"rule": "row_count", "min": 1},
        {"rule": "volume_change", "max_drop": "50%"},
        {"rule": "freshness", "column": "day", "max_age": "7d"},
        {"rule": "completeness", "column": "status", "min": "90%"},
        {"rule": "distinct_count", "column": "weight", "min": 2},
        {"rule": "mean", "column": "amount", "min": 1},
        {"rule": "min", "column": "day", "max": "2000-01-01"},
        {"rule": "max", "column": "weight", "max": 5},
        {"rule": "sum", "column": "id", "max": 5},
        {"rule": "sum", "column": "amount", "max": 5},
        {"rule": "aggregate", "expression": "count_if(amount < 0) / count(*)", "max": 0.01},
    ]
    numbers: list[Json] = [
        {"rule": rule, "column": column, "max": 5}
        for rule in ("min", "max", "sum")
        for column in ("an_int64", "a_uint64", "a_price", "a_long_decimal", "a_fine_decimal", "a_float32")
    ]
    counts: list[Json] = [
        {"rule": "distinct_count", "column": column, "max": 5}
        for column in ("a_float64", "a_text", "an_instant", "a_bool")
    ]
    key: Json = {"rule": "foreign_key", "stream": "customers", "on": {"customer": "id"}}
    return (
        Case("quality", "rules about rows", {"rules": rows}),
        *(Case("quality", f"{_label(rule)}", {"rules": [rule]}) for rule in rows if isinstance(rule, dict)),
        Case("quality", "set rules", {"rules": sets}),
        Case("quality", "set rules of wide values", {"rules": [*numbers, *counts]}, "wide"),
        Case("quality", "set rules of nothing", {"rules": [*numbers, *counts]}, "nulls"),
        Case("quality", "foreign key", {"rules": [key, {"rule": "not_null", "column": "id"}]}, others=("customers",)),
        Case("quality", "unique", {"rules": [{"rule": "unique", "column": "id"}]}),
        Case("quality", "unique together", {"rules": [{"rule": "unique", "columns": ["customer", "weight"]}]}),
        Case("quality", "unique, NaN and zero", {"rules": [{"rule": "unique", "column": "weight"}]}),
        Case(
            "quality",
            "unique, keep first",
            {
                "rules": [
                    {"rule": "unique", "column": "id", "keep": "first", "order": {"weight": "desc", "status": "asc"}}
                ]
            },
        ),
        Case(
            "quality",
            "lists and lengths",
            {"rules": [{"rule": "length", "column": "tags", "min": 1, "max": 1}]},
            "nested",
        ),
        Case(
            "quality",
            "samples of every type",
            {
                "rules": [
                    {"rule": "not_null", "columns": ["*"], "severity": "warn"},
                    {"rule": "expression", "condition": "row_no < 0", "severity": "reject"},
                ]
            },
            "wide",
        ),
        Case(
            "quality",
            "every value as a sample",
            {
                "rules": [
                    {"rule": "not_in", "column": column, "values": ["x"], "severity": "warn"} for column in ("t", "u")
                ]
            },
            "edge",
        ),
        Case(
            "quality",
            "samples of numbers and times",
            {
                "rules": [
                    {"rule": "range", "column": column, "max": low, "severity": "warn"}
                    for column, low in (
                        ("f", -1e308),
                        ("n", -(2**62)),
                        ("wide", -1e20),
                        ("d", "0001-01-01"),
                        ("ts", "0001-01-01"),
                        ("tz", "0001-01-01"),
                        ("amount", -1e9),
                    )
                ]
            },
            "edge",
        ),
    )


def _label(rule: Mapping[str, Json]) -> str:
    return " ".join(str(rule[name]) for name in ("rule", "column", "columns", "severity", "match") if name in rule)
