"""quality: what it makes of its rules, and configs that cannot work."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from pydantic import ValidationError

from headwater.processors.quality import NAMES, AboutAll, AboutRows, Quality, QualityConfig
from headwater.sdk.errors import ConfigError
from headwater.sdk.processor import Lookup, Measure, Reject, Rule, SetRule
from headwater.testing.processor_contract import ProcessorContract

SCHEMA = pa.schema(
    [("id", pa.int64()), ("email", pa.string()), ("amount", pa.decimal128(12, 2)), ("at", pa.timestamp("us", "UTC"))]
)


def made(*rules: dict[str, Any], **config: Any) -> list[Any]:
    return list(Quality(QualityConfig.model_validate({"rules": rules, **config})).operations(SCHEMA))


def rules_of(*rules: dict[str, Any]) -> list[Rule | SetRule]:
    return [rule for operation in made(*rules) for rule in operation.rules]


class TestQuality(ProcessorContract):
    processor = Quality(
        QualityConfig.model_validate(
            {
                "rules": [
                    {"rule": "not_null", "columns": ["*"]},
                    {"rule": "unique", "column": "id", "keep": "first"},
                    {"rule": "email", "column": "email", "severity": "warn"},
                    {"rule": "foreign_key", "stream": "customers", "on": {"id": "id"}},
                    {"rule": "expression", "condition": "amount / id > 1"},
                    {"rule": "row_count", "min": 1},
                    {"rule": "freshness", "column": "at", "max_age": "7d"},
                    {"rule": "aggregate", "expression": "sum(id) - sum(amount) * 2", "min": 0},
                ]
            }
        )
    )
    batch = pa.RecordBatch.from_pylist([{"id": 1, "email": "a@b.org", "amount": None, "at": None}], schema=SCHEMA)
    misnamed = Quality(QualityConfig.model_validate({"rules": [{"rule": "not_null", "column": "emial"}]}))


def test_rules_become_one_reject_the_lookups_and_one_measure() -> None:
    operations = made(
        {"rule": "row_count", "min": 1},
        {"rule": "not_null", "column": "id"},
        {"rule": "foreign_key", "stream": "s", "on": {"id": "id"}},
        {"rule": "email", "column": "email"},
    )
    assert [type(item) for item in operations] == [Reject, Lookup, Measure]
    assert [rule.id for rule in operations[0].rules] == ["not_null:id", "email:email"]


def test_rules_about_all_rows_alone_reject_nothing() -> None:
    assert [type(item) for item in made({"rule": "row_count", "min": 1})] == [Measure]


def test_names_that_we_make_are_different_and_a_name_given_twice_is_an_error() -> None:
    twice = [{"rule": "range", "column": "id", "min": at} for at in range(3)]
    assert [rule.id for rule in rules_of(*twice)] == ["range:id", "range:id:2", "range:id:3"]
    with pytest.raises(ConfigError, match=r"rules\[1\] \(range\): there is a rule named 'n' already"):
        made(*({**rule, "name": "n"} for rule in twice[:2]))


def test_every_rule_has_a_message_in_plain_language_that_names_its_column() -> None:
    rules = rules_of(
        {"rule": "in", "column": "id", "values": list(range(20))},
        {"rule": "range", "column": "id", "min": 1, "max": 1},
        {"rule": "unique", "columns": ["id", "email"]},
        {"rule": "url", "column": "email"},
        {"rule": "completeness", "column": "email", "min": "99.5%"},
        {"rule": "freshness", "column": "at", "max_age": "36h"},
        {"rule": "volume_change", "max_drop": "12.5%"},
    )
    assert [rule.message for rule in rules] == [
        "id is not one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, … (20 in all)",
        "id is not exactly 1",
        "another row has the same id and email",
        "email is no URL (http, https)",
        "fewer than 99.5 % of the rows have a value in email",
        "the latest at is older than 36 hours",
        "the number of rows has dropped by more than 12.5 % since the last run",
    ]


def test_every_name_of_a_rule_is_the_name_of_one_model() -> None:
    models = [*AboutRows.__args__, *AboutAll.__args__]
    tags = [tag for model in models for tag in model.model_fields["rule"].annotation.__args__]
    assert sorted(tags) == sorted(NAMES)


def test_the_schema_offers_every_rule_with_a_title_a_description_and_what_it_is_by_default() -> None:
    schema = QualityConfig.model_json_schema()
    choices = schema["properties"]["rules"]["items"]["discriminator"]["mapping"]
    assert sorted(choices) == sorted(NAMES)
    assert schema["$defs"]["Range"]["properties"]["severity"]["default"] == "reject"
    assert all(definition["description"] for definition in schema["$defs"].values())


@pytest.mark.parametrize(
    ("rule", "words", "hint"),
    [
        ({"rule": "not_nul", "column": "id"}, "no rule of this name", "did you mean 'not_null'?"),
        ({"rule": None, "column": "id"}, "`rule` is missing", "not_null"),
        ({"rule": "regex", "column": "email", "pattern": "(a"}, "is no regular expression: missing )", "RE2"),
        ({"rule": "regex", "column": "email", "pattern": r"(a)\1"}, "invalid escape sequence", "RE2"),
        ({"rule": "regex", "column": "email", "pattern": "[[a]]"}, "not every engine reads alike", "classes"),
        ({"rule": "regex", "column": "email", "pattern": "(?=a)"}, "invalid perl operator", "RE2"),
        ({"rule": "date_format", "column": "email", "formats": ["%q"]}, "%q", "%Y %m %d"),
        ({"rule": "date_format", "column": "email", "formats": ["%H:%M"]}, "needs %Y, %m and %d", ""),
        ({"rule": "type", "column": "email", "type": "intt64"}, "there is no type 'intt64'", "int64"),
        ({"rule": "type", "column": "email", "type": "uuid"}, "uuid is text", "regex"),
        ({"rule": "range", "column": "id"}, "needs `min` or `max`", ""),
        ({"rule": "range", "column": "id", "min": 2, "max": 1}, "no value could pass", "exchange"),
        ({"rule": "in", "column": "id", "values": []}, "at least 1 item", ""),
        ({"rule": "unique", "column": "id", "columns": ["id"]}, "needs `column` or `columns`", ""),
        ({"rule": "unique", "column": "id", "order": {"at": "asc"}}, "`keep: none` keeps none", "keep: first"),
        ({"rule": "row_count"}, "needs `min`, `max` or `equals`", ""),
        ({"rule": "row_count", "min": 1, "equals": 1}, "`equals` stands alone", ""),
        ({"rule": "row_count", "min": 1, "severity": "reject"}, "'warn' or 'fail'", ""),
        ({"rule": "freshness", "column": "at", "max_age": "1 day"}, "should be a duration", "24h"),
        ({"rule": "completeness", "column": "at", "min": "120%"}, "at most 100%", ""),
        ({"rule": "not_null", "column": "id", "max_rejected": "5 rows"}, "match pattern", ""),
        ({"rule": "not_null", "colum": "id"}, "Extra inputs", ""),
    ],
)
def test_a_rule_that_cannot_work_is_an_error_with_the_way_out(rule: dict[str, Any], words: str, hint: str) -> None:
    with pytest.raises(ValidationError) as caught:
        QualityConfig.model_validate({"rules": [rule]})
    (found, *_) = caught.value.errors()
    assert words in found["msg"] or any(words in other["msg"] for other in caught.value.errors())
    assert hint in str((found.get("ctx") or {}).get("hint", ""))


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"rule": "range", "column": "email", "min": 0}, "0 cannot be compared with string"),
        ({"rule": "range", "column": "id", "min": "x"}, "'x' cannot be compared with int64"),
        ({"rule": "range", "column": "at", "min": "2024-13-01"}, "is no timestamptz"),
        ({"rule": "in", "column": "id", "values": [True]}, "True cannot be compared with int64"),
        ({"rule": "length", "column": "id", "min": 1}, "int64 has no length"),
        ({"rule": "email", "column": "id"}, "a pattern is for texts"),
        ({"rule": "date_format", "column": "at", "formats": ["%Y%m%d"]}, "a date format is for texts"),
        ({"rule": "type", "column": "at", "type": "bool"}, "timestamptz cannot be cast to bool"),
        ({"rule": "freshness", "column": "id", "max_age": "1h"}, "has no age"),
        ({"rule": "mean", "column": "email", "min": 1}, "avg wants a number"),
        ({"rule": "sum", "column": "amount", "min": "x"}, "'x' cannot be compared with"),
        ({"rule": "aggregate", "expression": "id", "min": 1}, "outside an aggregate"),
        ({"rule": "aggregate", "expression": "sum(id)"}, "nothing says what it should be"),
        ({"rule": "aggregate", "expression": "sum(id) > 1", "min": 1}, "has no bounds"),
        ({"rule": "expression", "condition": "id"}, "a condition is needed"),
        ({"rule": "expression", "condition": "id IN (SELECT 1)"}, "a list of values"),
        ({"rule": "expression", "condition": "id > 1; DROP TABLE x"}, "more than one statement"),
        ({"rule": "expression", "condition": "random() > 0.5"}, "another value each time"),
        ({"rule": "not_null", "column": "id", "where": "idd > 1"}, "no column named 'idd'"),
    ],
)
def test_a_rule_that_is_not_for_its_column_is_an_error_that_names_the_rule(rule: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        made(rule)
    assert words in caught.value.message
    assert caught.value.message.startswith(f"quality.rules[0] ({rule['rule']})")
