"""A JSON Schema of an object is a contract, and what nobody would check is an error."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from headwater.sdk.errors import ConfigError
from headwater.toolkit.contract.model import Contract
from headwater.toolkit.contract.read import read_contract


def contract(tmp_path: Path, schema: dict[str, Any]) -> Contract:
    file = tmp_path / "orders.schema.json"
    file.write_text(json.dumps({"type": "object", **schema}), encoding="utf-8")
    return read_contract(str(file))


def column(tmp_path: Path, schema: dict[str, Any], **root: Any) -> dict[str, Any]:
    """What is said about the one property, without what is not said."""
    found = contract(tmp_path, {"properties": {"c": schema}, **root}).columns["c"]
    return found.model_dump(exclude_defaults=True)


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"type": "integer"}, {"type": "integer"}),
        ({"type": ["number", "null"], "minimum": 0}, {"type": "number", "min": 0}),
        (
            {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1.5},
            {"type": "number", "above": 0, "below": 1.5},
        ),
        ({"type": "boolean", "description": "d"}, {"type": "bool", "description": "d"}),
        ({"type": "string", "format": "date"}, {"type": "date"}),
        ({"type": "string", "format": "date-time"}, {"type": "timestamptz"}),
        ({"type": "string", "format": "email"}, {"type": "string", "format": ("email",)}),
        ({"type": "string", "format": "uri"}, {"type": "string", "format": ("url",)}),
        ({"type": "string", "minLength": 1, "maxLength": 9}, {"type": "string", "min_length": 1, "max_length": 9}),
        ({"type": "string", "pattern": "^a"}, {"type": "string", "pattern": "^a", "match": "part"}),
        ({"enum": ["a", "b"]}, {"allowed": ("a", "b")}),
        ({"const": 3}, {"allowed": (3,)}),
        ({"type": "number", "headwater:type": "decimal(12,2)"}, {"type": "decimal(12,2)"}),
        ({"type": "integer", "headwater:unique": True}, {"type": "integer", "unique": True}),
        ({"type": "array", "items": {"type": "string"}}, {}),
        ({"anyOf": [{"type": "string"}, {"type": "null"}], "title": "T"}, {"type": "string"}),
        ({"type": "string", "x-owner": "me", "$comment": "c", "default": ""}, {"type": "string"}),
    ],
    ids=str,
)
def test_what_a_property_says_is_checked_of_the_column(
    tmp_path: Path, schema: dict[str, Any], said: dict[str, Any]
) -> None:
    assert column(tmp_path, schema) == said


def test_a_required_property_may_not_be_empty_unless_null_is_one_of_its_types(tmp_path: Path) -> None:
    assert column(tmp_path, {"type": "string"}, required=["c"])["nullable"] is False
    for optional in (
        {"type": ["string", "null"]},
        {"enum": ["a", None]},
        {"anyOf": [{"type": "null"}, {"type": "integer"}]},
    ):
        assert "nullable" not in column(tmp_path, optional, required=["c"])


def test_a_reference_within_the_file_is_followed(tmp_path: Path) -> None:
    definitions = {"$defs": {"money": {"$ref": "#/$defs/amount", "minimum": 1}, "amount": {"type": "number"}}}
    assert column(tmp_path, {"$ref": "#/$defs/money"}, **definitions) == {"type": "number", "min": 1}


def test_additional_properties_and_the_key_are_those_of_the_contract(tmp_path: Path) -> None:
    found = contract(
        tmp_path,
        {"properties": {"id": {}}, "additionalProperties": False, "headwater:primary_key": ["id"], "title": "T"},
    )
    assert (found.unknown, found.primary_key, found.name) == ("fail", ("id",), "T")


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"properties": {"c": {"type": "string", "multipleOf": 2}}}, "c: multipleOf cannot be checked here"),
        ({"properties": {"c": {"not": {}}}}, "c: not cannot be checked"),
        ({"properties": {"c": {"type": ["string", "integer"]}}}, "a choice of types"),
        ({"properties": {"c": {"oneOf": [{"type": "string"}, {"type": "integer"}]}}}, "oneOf cannot be checked"),
        ({"properties": {"c": {"type": "string", "format": "hostname"}}}, "the format 'hostname'"),
        ({"properties": {"c": {"type": "strng"}}}, "there is no type 'strng'"),
        ({"properties": {"c": {"$ref": "#/$defs/no"}}}, "leads nowhere"),
        ({"properties": {"c": {"$ref": "other.json"}}}, "cannot be checked"),
        ({"properties": {"c": {"$ref": "#/properties/c"}}}, "round in circles"),
        ({"properties": {"c": {"pattern": "(?=a)"}}}, "no regular expression"),
        ({"properties": {"c": {"enum": [{}]}}}, "an enum of objects"),
        ({"properties": {}, "required": ["c"]}, "c is required and not described"),
        ({"properties": {}, "if": {}}, "if cannot be checked"),
        ({"properties": {}, "additionalProperties": {"type": "string"}}, "a schema of additionalProperties"),
        ({"type": "array", "properties": {}}, "a row is an object"),
        ({"properties": {"c": 1}}, "a mapping is expected"),
    ],
)
def test_what_nobody_would_check_is_an_error_that_names_the_file_and_the_place(
    tmp_path: Path, schema: dict[str, Any], words: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        contract(tmp_path, schema)
    assert words in caught.value.message
    assert "orders.schema.json" in caught.value.message
