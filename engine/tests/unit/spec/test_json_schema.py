"""The JSON Schema of the project file: complete enough for an editor and for a form."""

from collections.abc import Iterator
from typing import Any, cast

from headwater.sdk.config import PluginConfig, Secret
from headwater.spec.json_schema import plugin_json_schema, project_json_schema


class Nested(PluginConfig):
    depth: int = 1


class ShopSource(PluginConfig):
    password: Secret
    nested: Nested = Nested()


class ShopDestination(PluginConfig):
    path: str


class OtherConfig(PluginConfig):
    nested: Nested = Nested()


def everything(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        yield schema
        for value in schema.values():
            yield from everything(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from everything(value)


def full_schema() -> dict[str, Any]:
    return cast(
        "dict[str, Any]",
        project_json_schema({"shop": (ShopSource, ShopDestination), "other": (OtherConfig,)}, {"filter": OtherConfig}),
    )


def test_every_reference_in_the_schema_leads_somewhere() -> None:
    schema = full_schema()
    targets = [part["$ref"] for part in everything(schema) if "$ref" in part]
    assert targets
    assert [target for target in targets if target.removeprefix("#/$defs/") not in schema["$defs"]] == []


def test_every_field_of_the_grammar_has_a_title_or_a_model_and_a_description() -> None:
    schema = cast("dict[str, Any]", project_json_schema())
    bare: list[str] = []
    for name, definition in {"Project": schema, **schema["$defs"]}.items():
        for field, about in definition.get("properties", {}).items():
            titled = "title" in about or any("$ref" in part for part in everything(about))
            if not titled or not about.get("description"):
                bare.append(f"{name}.{field}")
    assert bare == []


def test_a_config_is_described_by_the_type_beside_it() -> None:
    definitions = full_schema()["$defs"]
    rules = {rule["if"]["properties"]["type"]["const"]: rule["then"] for rule in definitions["ConnectorSpec"]["allOf"]}
    assert rules["other"] == {"properties": {"config": {"$ref": "#/$defs/connector.other.OtherConfig"}}}
    assert len(rules["shop"]["properties"]["config"]["anyOf"]) == 2
    assert definitions["SourceStep.full"]["allOf"] == definitions["ConnectorSpec"]["allOf"]
    assert definitions["connector.shop.ShopSource"]["properties"]["password"]["writeOnly"] is True
    assert "connector.shop.ShopSource.Nested" in definitions
    assert "processor.filter.OtherConfig.Nested" in definitions


def test_an_editor_accepts_shorthands_and_references_where_the_models_do() -> None:
    definitions = cast("dict[str, Any]", project_json_schema())["$defs"]
    assert definitions["StreamSpec"]["anyOf"][1]["type"] == "string"
    assert definitions["ColumnsSpec"]["anyOf"][1]["type"] == "array"
    engine = definitions["PipelineSpec"]["properties"]["engine"]
    assert engine["anyOf"][0]["enum"] == ["local", "spark", "databricks"]
    threads = definitions["LocalEngine"]["properties"]["threads"]
    assert {"$ref": "#/$defs/Reference"} in threads["anyOf"]


def test_a_form_schema_is_plain_and_marks_secrets() -> None:
    schema = plugin_json_schema(ShopSource)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert isinstance(properties := schema["properties"], dict)
    assert properties["password"] == {"format": "password", "title": "Password", "type": "string", "writeOnly": True}
