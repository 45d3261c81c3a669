"""The JSON Schema of every plugin that is installed: enough to build a form from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, cast

import pytest
from pydantic import Field, SecretStr

from headwater.registry import Kind, installed
from headwater.sdk.config import ColumnName, PluginConfig, Secret, Shown, example
from headwater.spec.json_schema import plugin_json_schema

KINDS: tuple[Kind, ...] = ("source", "destination", "processor")
TYPES = [(kind, name) for kind in KINDS for name in installed().names(kind)]


def schema_of(kind: Kind, name: str) -> dict[str, Any]:
    return cast("dict[str, Any]", plugin_json_schema(installed().config_type(kind, name)))


def everything(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        yield schema
        for value in schema.values():
            yield from everything(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from everything(value)


@pytest.mark.parametrize(("kind", "name"), TYPES)
def test_a_form_says_what_it_is_and_begins_with_an_example(kind: Kind, name: str) -> None:
    schema = schema_of(kind, name)
    assert schema["title"]
    assert "Config" not in schema["title"]
    assert schema["description"]
    config_type = installed().config_type(kind, name)
    for whole in schema["examples"]:
        config_type.model_validate(whole)


@pytest.mark.parametrize(("kind", "name"), TYPES)
def test_every_field_has_a_title_a_description_and_something_to_begin_with(kind: Kind, name: str) -> None:
    schema = schema_of(kind, name)
    bare: list[str] = []
    for model, definition in {name: schema, **schema.get("$defs", {})}.items():
        for field, about in definition.get("properties", {}).items():
            begins = any(key in about for key in ("default", "examples", "const", "enum"))
            bare += [f"{model}.{field}"] if not (about.get("title") and about.get("description") and begins) else []
    assert bare == []


@pytest.mark.parametrize(("kind", "name"), TYPES)
def test_alternatives_have_names_and_none_of_them_is_nothing(kind: Kind, name: str) -> None:
    for part in everything(schema_of(kind, name)):
        for option in [*part.get("anyOf", []), *part.get("oneOf", [])]:
            assert option.get("title"), option
            assert option.get("type") != "null", part


@pytest.mark.parametrize(("kind", "name"), TYPES)
def test_a_model_inside_a_form_has_a_title_in_words_and_a_description(kind: Kind, name: str) -> None:
    for definition in schema_of(kind, name).get("$defs", {}).values():
        assert definition.get("title")
        assert definition.get("description") or definition["title"] == "JSON value"


def test_a_secret_is_a_password_field_wherever_it_stands() -> None:
    postgres, anonymize = schema_of("source", "postgres"), schema_of("processor", "anonymize")
    secrets = [postgres["properties"][name] for name in ("password", "dsn")]
    secrets += [anonymize["properties"]["key"], anonymize["$defs"]["Hash"]["properties"]["key"]]
    for field in secrets:
        assert (field["type"], field["format"], field["writeOnly"]) == ("string", "password", True)


def test_a_form_can_offer_columns_streams_and_types_and_open_an_editor_for_sql() -> None:
    lookup = schema_of("processor", "lookup")["properties"]
    assert lookup["stream"]["format"] == "stream"
    assert lookup["on"]["propertyNames"]["format"] == "column"
    assert schema_of("processor", "deduplicate")["properties"]["key"]["items"]["format"] == "column"
    assert schema_of("processor", "cast")["properties"]["columns"]["additionalProperties"]["format"] == "type"
    assert schema_of("processor", "filter")["properties"]["where"]["format"] == "sql"


def test_what_few_people_need_is_marked() -> None:
    files = schema_of("source", "files")["properties"]
    assert files["encoding"]["x-advanced"] is True
    assert "x-advanced" not in files["url"]


class Inner(PluginConfig):
    """A part."""

    at: ColumnName = "id"


class SomeJSONConfig(PluginConfig):
    """Doc."""

    maybe: int | None = Field(default=None, title="Maybe", ge=1)
    bound: int | float | str | None = Field(default=None, title="Bound")
    null_counts: Literal["a"] | None = Field(title="Null counts")
    inner: Inner | None = Field(default=None, title="Inner", description="Said here.")
    either: str | Inner = Field(default="x", title="Either")
    secret: Secret = SecretStr("")


def test_null_is_no_alternative_where_leaving_out_means_the_same() -> None:
    schema = cast("dict[str, Any]", plugin_json_schema(SomeJSONConfig))
    fields = schema["properties"]
    assert schema["title"] == "Some JSON"
    assert fields["maybe"] == {"type": "integer", "minimum": 1, "title": "Maybe"}
    assert [option["title"] for option in fields["bound"]["anyOf"]] == ["Number", "Text"]
    assert [option["title"] for option in fields["null_counts"]["anyOf"]] == ["Text", "Nothing"]
    assert fields["inner"] == {"$ref": "#/$defs/Inner", "title": "Inner", "description": "Said here."}
    assert [option["title"] for option in fields["either"]["anyOf"]] == ["Text", "Inner"]


def test_a_config_can_say_how_it_is_shown() -> None:
    assert Shown(title="Rows").format is None
    assert example({"a": 1}, {"a": 2}) == {"examples": [{"a": 1}, {"a": 2}]}
