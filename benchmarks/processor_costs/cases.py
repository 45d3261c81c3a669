"""The steps that are measured, each alone over the same table: processor, what it does there, config."""

from __future__ import annotations

from typing import Any

Config = dict[str, Any]

COLUMNS = """
    n AS id, CAST(n AS VARCHAR) AS id_text, hash(n, 1) % 100000 AS customer_id,
    'user' || hash(n, 2) % 1000000 || '@example.org' AS email,
    '+49 30 ' || lpad(CAST(hash(n, 3) % 10000000 AS VARCHAR), 7, '0') AS phone,
    CAST(CAST(hash(n, 4) % 1000000 AS DECIMAL(12,0)) / 100 AS DECIMAL(12,2)) AS amount,
    CAST(hash(n, 4) % 1000000 / 100 AS VARCHAR) AS amount_text,
    ['new', 'paid', 'sent', 'lost'][CAST(1 + hash(n, 5) % 4 AS BIGINT)] AS status,
    CASE WHEN hash(n, 6) % 10 < 7 THEN 'call ' || hash(n, 7) % 1000 || ' or write to me@example.org' END AS note,
    TIMESTAMP '2024-01-01' + to_seconds(CAST(hash(n, 8) % 31536000 AS BIGINT)) AS ordered_at,
    strftime(TIMESTAMP '2024-01-01' + to_seconds(CAST(hash(n, 8) % 31536000 AS BIGINT)),
      '%Y-%m-%d %H:%M:%S') AS at_text,
    {'city': 'Berlin', 'zip': CAST(10000 + hash(n, 9) % 9999 AS VARCHAR)} AS address
"""
KEY = "a key of the benchmark"


def _rule(**rule: Any) -> Config:
    return {"rules": [rule]}


def _hide(column: str, **method: Any) -> Config:
    return {"key": KEY, "columns": {column: method}}


CASES: tuple[tuple[str, str, Config], ...] = (
    ("select", "leave out 2 of 12 columns, rename one", {"exclude": ["note", "phone"], "rename": {"id": "order_id"}}),
    ("filter", "one condition", {"where": "status <> 'lost' AND amount > 10"}),
    ("derive", "a product", {"columns": {"total": "amount * 2"}}),
    ("derive", "a text function", {"columns": {"domain": "split_part(email, '@', 2)"}}),
    ("cast", "text to int64", {"columns": {"id_text": "int64"}}),
    ("cast", "text to decimal(12,2)", {"columns": {"amount_text": "decimal(12,2)"}}),
    ("cast", "text to timestamp", {"columns": {"at_text": "timestamp"}}),
    ("fill", "a constant in one column", {"columns": {"note": "none"}}),
    ("flatten", "a struct of two fields", {"columns": ["address"]}),
    ("deduplicate", "by one key", {"key": ["id"], "order_by": ["ordered_at desc"]}),
    ("lookup", "one column by a key", {"stream": "customers", "on": {"customer_id": "id"}, "columns": ["segment"]}),
    ("sql", "group a million rows by a key", {
        "stream": "sums", "query": "SELECT customer_id, sum(amount) AS total FROM orders GROUP BY customer_id"}),
    ("schema", "two types and a not-null", {
        "columns": {"id_text": {"type": "int64", "nullable": False}, "amount_text": "decimal(12,2)"}}),
    ("schema", "a primary key", {"primary_key": ["id"]}),
    ("quality", "not_null", _rule(rule="not_null", column="email")),
    ("quality", "range", _rule(rule="range", column="amount", min=0, max=10_000)),
    ("quality", "in", _rule(rule="in", column="status", values=["new", "paid", "sent", "lost"])),
    ("quality", "regex", _rule(rule="regex", column="phone", pattern=r"\+49 30 [0-9]{7}")),
    ("quality", "email", _rule(rule="email", column="email")),
    ("quality", "expression", _rule(rule="expression", condition="amount < 10000 OR status = 'paid'")),
    ("quality", "unique", _rule(rule="unique", column="id")),
    ("quality", "foreign_key", _rule(rule="foreign_key", stream="customers", on={"customer_id": "id"})),
    ("quality", "mean, a set rule", _rule(rule="mean", column="amount", min=0)),
    ("anonymize", "hash", _hide("email", method="hash")),
    ("anonymize", "mask", _hide("phone", method="mask", keep_last=4)),
    ("anonymize", "redact", _hide("note", method="redact")),
    ("anonymize", "generalize", _hide("ordered_at", method="generalize", to="month")),
    ("anonymize", "nullify", _hide("phone", method="nullify")),
    ("anonymize", "tokenize", _hide("phone", method="tokenize")),
    ("anonymize", "fake", _hide("email", method="fake", kind="email")),
    ("anonymize", "noise", _hide("amount", method="noise", relative=0.1)),
    ("anonymize", "encrypt", _hide("email", method="encrypt")),
    ("python", "a function that gives its batch back", {"function": "same", "file": "same.py"}),
)  # fmt: skip
