"""schema: what it makes of a contract, and configs that cannot work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pydantic import ValidationError

from headwater.processors.schema import SchemaConfig, SchemaValidation
from headwater.sdk.errors import ConfigError
from headwater.sdk.processor import Keep, Project, Reject
from headwater.testing.processor_contract import ProcessorContract

SCHEMA = pa.schema([("id", pa.string()), ("amount", pa.decimal128(12, 2)), ("note", pa.string())])


def made(**config: Any) -> list[Any]:
    return list(SchemaValidation(SchemaConfig.model_validate(config)).operations(SCHEMA))


class TestSchemaValidation(ProcessorContract):
    processor = SchemaValidation(
        SchemaConfig.model_validate(
            {
                "columns": {
                    "id": {"type": "int64", "nullable": False},
                    "amount": {"min": 0, "on_violation": "drop"},
                    "note": {"max_length": 5, "on_violation": "null"},
                    "day": "date",
                },
                "primary_key": ["id"],
                "missing": "null",
            }
        )
    )
    batch = pa.RecordBatch.from_pylist([{"id": "1", "amount": None, "note": "x"}], schema=SCHEMA)
    misnamed = SchemaValidation(SchemaConfig.model_validate({"columns": {"amuont": "int64"}}))


def test_one_reject_holds_all_rules_and_one_projection_all_casts() -> None:
    operations = made(columns={"id": {"type": "int64", "nullable": False, "min": 1}, "note": {"max_length": 5}})
    assert [type(item) for item in operations] == [Reject, Project]
    rules = ["schema:id:not_null", "schema:id:type", "schema:id:range", "schema:note:length"]
    assert [rule.id for rule in operations[0].rules] == rules
    assert [(output.name, output.type) for output in operations[1].outputs] == [
        ("id", pa.int64()),
        ("amount", None),
        ("note", None),
    ]


def test_rows_to_drop_are_counted_as_warnings_before_they_are_filtered() -> None:
    operations = made(columns={"amount": {"min": 0}}, on_violation="drop")
    assert [type(item) for item in operations] == [Reject, Keep]
    assert operations[0].rules[0].severity == "warn"


def test_a_bare_type_stands_for_a_column_of_that_type() -> None:
    assert made(columns={"id": "int64"}) == made(columns={"id": {"type": "int64"}})


def test_a_column_that_fits_already_costs_nothing() -> None:
    assert made(columns={"amount": "decimal(12,2)", "note": "string", "id": {}}) == []


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({}, "nothing to check"),
        ({"columns": {"id": "intt64"}}, "there is no type 'intt64'"),
        ({"columns": {"id": "macaddr"}}, "whether a text is macaddr cannot be checked"),
        ({"columns": {"id": {"pattern": "("}}}, "no regular expression"),
        ({"columns": {"id": {"format": "e-mail"}}}, "there is no such format"),
        ({"columns": {"id": {"format": "%d.%m"}}}, "needs %Y, %m and %d"),
        ({"columns": {"id": {"format": ["email", "url"]}}}, "a format is one kind of text"),
        ({"columns": {"id": {"min": 2, "max": 1}}}, "no value could pass"),
        ({"columns": {"id": {"min_length": 2, "max_length": 1}}}, "no value could pass"),
        ({"columns": {"id": {"nulable": False}}}, "Extra inputs"),
        ({"columns": {"id": {"allowed": []}}}, "at least 1 item"),
        ({"columns": {"id": "int64"}, "table": "x"}, "`table` belongs to a contract file"),
        ({"columns": {"id": "int64"}, "on_violation": "ignore"}, "'reject', 'null'"),
        ({"contract": "/nowhere/at/all.yaml"}, "cannot be read (No such file"),
        ({"contract": "https://example.org/contract.yaml"}, "a file of this machine"),
    ],
)
def test_a_config_that_cannot_work_is_an_error(config: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        SchemaConfig.model_validate(config)
    assert any(words in error["msg"] for error in caught.value.errors()), caught.value.errors()


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"columns": {"amount": "date"}}, r"schema\.columns\.amount: decimal\(12,2\) cannot be cast to date"),
        ({"columns": {"amount": {"pattern": "x"}}}, r"schema\.columns\.amount: a pattern is for texts"),
        ({"columns": {"amount": {"max_length": 1}}}, r"schema\.columns\.amount: decimal\(12,2\) has no length"),
        ({"columns": {"note": {"min": 1}}}, r"schema\.columns\.note: 1 cannot be compared with string"),
        ({"columns": {"id": {"type": "int64", "format": "%Y%m%d"}}}, "does not make int64 of a text"),
        ({"columns": {}, "primary_key": ["idd"]}, r"schema\.primary_key: there is no column named 'idd'"),
    ],
)
def test_a_contract_that_is_not_for_the_stream_is_an_error_that_names_the_column(
    config: dict[str, Any], words: str
) -> None:
    with pytest.raises(ConfigError, match=words):
        made(**config)


def test_a_contract_file_is_found_beside_the_project_and_columns_written_here_are_told_anew(tmp_path: Path) -> None:
    (tmp_path / "orders.yaml").write_text(
        "columns:\n  id: {type: int64}\n  note: {max_length: 3}\nprimary_key: [id]\nunknown: drop\n", encoding="utf-8"
    )
    config = SchemaConfig.model_validate(
        {"contract": "orders.yaml", "columns": {"note": {"max_length": 9}}}, context={"directory": tmp_path}
    )
    assert config.agreed.columns["note"].max_length == 9
    assert (list(config.agreed.columns), config.agreed.primary_key, config.agreed.unknown) == (
        ["id", "note"],
        ("id",),
        "drop",
    )
    (tmp_path / "orders.yaml").unlink()
    assert SchemaValidation(config).operations(SCHEMA), "the file is read once, when the config is validated"
