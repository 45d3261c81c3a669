"""Every method of anonymization."""

from __future__ import annotations

from parity.case import Case

from headwater.sdk.stream import Json

KEY = "correct horse battery staple"


def anonymize_cases() -> tuple[Case, ...]:
    plain: dict[str, Json] = {"name": "hash", "email": {"method": "hash", "normalize": "lower", "length": 16}}
    return (
        Case("anonymize", "hash", {"columns": plain, "key": KEY}, "people"),
        Case(
            "anonymize",
            "hash in base64 with its version",
            {
                "columns": {"*": {"method": "hash", "encoding": "base64", "show_version": True, "domain": "d"}},
                "key": "hex:" + "00ff27" * 30,
                "key_version": "7",
            },
            "people",
        ),
        Case(
            "anonymize",
            "hash of every type",
            {
                "columns": dict.fromkeys(
                    (
                        "a_bool",
                        "an_int*",
                        "a_uint*",
                        "a_float32",
                        "a_*decimal",
                        "a_price",
                        "a_text",
                        "some_bytes",
                        "a_date",
                        "a_time*",
                        "an_instant",
                        "a_json",
                        "a_uuid",
                    ),
                    "hash",
                ),
                "key": KEY,
            },
            "wide",
        ),
        Case(
            "anonymize",
            "mask",
            {
                "columns": {
                    "name": {"method": "mask", "keep_first": 1, "keep_last": 2},
                    "email": {"method": "mask", "keep_characters": "@."},
                    "phone": {"method": "mask", "keep_last": 4, "length": 5, "character": "🦉"},
                    "notes": {"method": "mask", "pattern": "^(.)[^@]*(@.*)$", "replacement": "\\1***\\2"},
                    "postcode": "mask",
                }
            },
            "people",
        ),
        Case(
            "anonymize",
            "redact",
            {
                "columns": {
                    "notes": {
                        "method": "redact",
                        "kinds": ["email", "phone", "card", "iban", "ip"],
                        "patterns": {"order": "ORD-[0-9]{6}"},
                    },
                    "email": {"method": "redact", "replacement": "<{kind}>"},
                }
            },
            "people",
        ),
        Case("anonymize", "nullify", {"columns": {"*": "nullify"}}, "wide"),
        Case(
            "anonymize",
            "generalize times",
            {
                "columns": {
                    "born": {"method": "generalize", "to": "decade"},
                    "seen": {"method": "generalize", "to": "hour"},
                }
            },
            "people",
        ),
        *(
            Case(
                "anonymize",
                f"generalize to {unit}",
                {
                    "columns": {
                        "born": {"method": "generalize", "to": unit},
                        "seen": {"method": "generalize", "to": unit},
                    }
                },
                "people",
            )
            for unit in ("day", "week", "month", "quarter", "year")
        ),
        Case(
            "anonymize",
            "generalize numbers",
            {
                "columns": {
                    "age": {"method": "generalize", "bin": 10},
                    "salary": {"method": "generalize", "bin": 1000},
                    "ratio": {"method": "generalize", "bin": 0.5},
                    "id": {"method": "generalize", "bin": 3, "show": "range"},
                }
            },
            "people",
        ),
        Case(
            "anonymize",
            "tokenize",
            {
                "columns": {
                    "phone": {"method": "tokenize", "keep_last": 2},
                    "postcode": {"method": "tokenize", "alphabet": "alphanumeric"},
                    "name": {"method": "tokenize", "alphabet": "letters", "separators": " -"},
                },
                "key": KEY,
            },
            "people",
        ),
        Case(
            "anonymize",
            "fake",
            {
                "columns": {
                    "name": {"method": "fake", "kind": "name", "locale": "de"},
                    "email": {"method": "fake", "kind": "email"},
                    "phone": {"method": "fake", "kind": "phone", "locale": "fr"},
                },
                "key": KEY,
            },
            "people",
        ),
        Case(
            "anonymize",
            "noise",
            {
                "columns": {
                    "salary": {"method": "noise", "relative": 0.1, "per": ["id"]},
                    "age": {"method": "noise", "absolute": 3},
                    "born": {"method": "noise", "absolute": 30},
                    "seen": {"method": "noise", "absolute": 60},
                    "ratio": {"method": "noise", "relative": 0.5},
                },
                "key": KEY,
            },
            "people",
        ),
        Case(
            "anonymize",
            "encrypt",
            {
                "columns": {
                    name: {"method": "encrypt", "deterministic": True}
                    for name in ("name", "notes", "raw", "age", "salary", "seen")
                },
                "key": KEY,
            },
            "people",
        ),
        Case(
            "anonymize",
            "k-anonymity",
            {
                "columns": {"name": "hash", "postcode": {"method": "generalize", "prefix": 2}},
                "key": KEY,
                "k_anonymity": {"columns": ["postcode", "age"], "k": 2},
            },
            "people",
        ),
        Case(
            "anonymize",
            "generalize texts and ages",
            {
                "columns": {
                    "postcode": {"method": "generalize", "prefix": 3},
                    "ip": {"method": "generalize", "network": 24},
                    "born": {"method": "generalize", "age_band": 10, "as_of": "2024-02-29"},
                    "age": {"method": "generalize", "age_band": 5, "top": 80},
                }
            },
            "people",
        ),
    )
