"""JSON Schema (2020-12) of the project file, for editors and for forms.

With plugins given, a `config` is described by the config model of the `type` beside it. The editor's schema
also takes `${…}` references where a number, a switch or a choice is expected; a form's schema
(`plugin_json_schema`) does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from pydantic import BaseModel, JsonValue

from headwater.sdk.config import PluginConfig
from headwater.spec.base import SpecModel
from headwater.spec.engines import DatabricksEngine, LocalEngine, SparkEngine
from headwater.spec.form_schema import form_schema
from headwater.spec.pipeline import QuarantineSpec
from headwater.spec.project import Project
from headwater.spec.steps import (
    ColumnsSpec,
    DestinationStep,
    ProcessorStep,
    SourceStep,
    StreamSpec,
    TargetSpec,
)

Schema = dict[str, JsonValue]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_REFERENCE = "#/$defs/Reference"
_WITH_SHORTHAND: tuple[type[SpecModel], ...] = (
    ColumnsSpec,
    DestinationStep,
    ProcessorStep,
    QuarantineSpec,
    SourceStep,
    StreamSpec,
    TargetSpec,
)
_CONNECTOR_DEFS = ("ConnectorSpec", "SourceStep", "DestinationStep")
_PROCESSOR_DEFS = ("ProcessorSpec", "ProcessorStep")


def project_json_schema(
    connectors: Mapping[str, Sequence[type[PluginConfig]]] | None = None,
    processors: Mapping[str, type[PluginConfig]] | None = None,
) -> Schema:
    """The schema of a project file. `connectors` gives, per type, the config models of its sides."""
    schema = _plain(Project)
    definitions = cast("dict[str, Schema]", schema["$defs"])
    _allow_own_keys(schema)
    _embed(definitions, _CONNECTOR_DEFS, "connector", connectors or {})
    _embed(
        definitions,
        _PROCESSOR_DEFS,
        "processor",
        {name: (model,) for name, model in (processors or {}).items()},
    )
    for name, definition in definitions.items():
        definitions[name] = _with_references(definition)
    _allow_shorthands(definitions)
    definitions["Reference"] = _reference_schema()
    return {"$schema": DIALECT, **schema, "title": "Headwater project"}


def plugin_json_schema(config_type: type[PluginConfig]) -> Schema:
    """The schema of one plugin's config, for a form: secrets say `format: password` and `writeOnly`."""
    return {"$schema": DIALECT, **form_schema(_plain(config_type))}


def _plain(model: type[BaseModel]) -> Schema:
    return cast("Schema", model.model_json_schema(mode="validation"))


def _reference_schema() -> Schema:
    return {
        "type": "string",
        "title": "Reference",
        "description": "Looked up by the run: ${env:NAME}, ${env:NAME:-default}, ${file:path}, ${secret:NAME}.",
        "pattern": r"\$\{(env|file|secret):[^}]+\}",
    }


def _allow_own_keys(schema: Schema) -> None:
    schema["patternProperties"] = {"^x-": {"description": "Yours: ignored, for example to hold anchors."}}


def _embed(
    definitions: dict[str, Schema],
    targets: Sequence[str],
    kind: str,
    types: Mapping[str, Sequence[type[PluginConfig]]],
) -> None:
    """Say in each target what `config` is for each type, and what types there are."""
    if not types:
        return
    rules: list[JsonValue] = []
    for name, models in sorted(types.items()):
        choices: list[JsonValue] = []
        for model in dict.fromkeys(models):
            key = f"{kind}.{name}.{model.__name__}"
            _define(definitions, key, model)
            choices.append({"$ref": f"#/$defs/{key}"})
        config: JsonValue = choices[0] if len(choices) == 1 else {"anyOf": choices}
        chosen: Schema = {"properties": {"type": {"const": name}}, "required": ["type"]}
        rules.append({"if": chosen, "then": {"properties": {"config": config}}})
    for target in targets:
        definition = definitions[target]
        definition["allOf"] = rules
        properties = cast("dict[str, Schema]", definition["properties"])
        properties["type"] = {**properties["type"], "examples": cast("JsonValue", sorted(types))}


def _define(definitions: dict[str, Schema], key: str, model: type[PluginConfig]) -> None:
    """Put a plugin's schema under its own name, its nested definitions too: no plugin overwrites another's."""
    schema = cast("Schema", model.model_json_schema(mode="validation", ref_template=f"#/$defs/{key}.{{model}}"))
    nested = cast("dict[str, Schema]", schema.pop("$defs", {}))
    definitions[key] = schema
    for name, definition in nested.items():
        definitions[f"{key}.{name}"] = definition


def _with_references(definition: Schema) -> Schema:
    """Lets every value that is no text be a reference; `type` and `version` choose, and stay strict."""
    properties = definition.get("properties")
    if not isinstance(properties, dict):
        return definition
    changed: Schema = {}
    for name, value in properties.items():
        strict = name in ("version", "type") or not isinstance(value, dict) or not _needs_reference(value)
        changed[name] = value if strict else _or_reference(cast("Schema", value))
    return {**definition, "properties": changed}


def _or_reference(schema: Schema) -> Schema:
    """Titles, descriptions and defaults stay outside, where editors and forms look for them."""
    kept = {key: value for key, value in schema.items() if key in ("title", "description", "default", "examples")}
    rule = {key: value for key, value in schema.items() if key not in kept}
    choices = cast("list[JsonValue]", rule["anyOf"]) if list(rule) == ["anyOf"] else [cast("JsonValue", rule)]
    return {**kept, "anyOf": [*choices, {"$ref": _REFERENCE}]}


def _needs_reference(schema: Mapping[str, JsonValue]) -> bool:
    return any(
        kind in ("integer", "number", "boolean") or "enum" in option or "pattern" in option or "const" in option
        for option, kind in _options(schema)
    )


def _options(schema: Mapping[str, JsonValue]) -> Iterator[tuple[Mapping[str, JsonValue], JsonValue]]:
    """The schema itself, or every member of its unions, with what `type` it asks for."""
    choices = schema.get("anyOf")
    if not isinstance(choices, list):
        yield schema, schema.get("type")
        return
    for option in choices:
        if isinstance(option, dict):
            yield from _options(option)


def _allow_shorthands(definitions: dict[str, Schema]) -> None:
    """A bare value in place of a mapping, as the models read it."""
    for model in _WITH_SHORTHAND:
        name = model.__name__
        if name not in definitions:
            continue
        full = definitions[name]
        bare: Schema = {"type": "string", "description": f"Stands for `{model.shorthand}`."}
        if model is ColumnsSpec:
            bare = {"type": "array", "items": {"type": "string"}, "description": "Stands for `include`."}
        definitions[f"{name}.full"] = full
        definitions[name] = {
            "title": full.get("title", name),
            "description": full.get("description", ""),
            "anyOf": [{"$ref": f"#/$defs/{name}.full"}, cast("JsonValue", bare)],
        }
    engines = [model.model_fields["type"].default for model in (LocalEngine, SparkEngine, DatabricksEngine)]
    properties = cast("dict[str, Schema]", definitions["PipelineSpec"]["properties"])
    properties["engine"] = _or_engine_name(properties["engine"], engines)


def _or_engine_name(schema: Schema, names: list[str]) -> Schema:
    kept = {key: schema[key] for key in ("title", "description", "default") if key in schema}
    by_type = cast("list[JsonValue]", schema.get("oneOf", []))
    name: Schema = {"type": "string", "enum": cast("JsonValue", names)}
    properties: Schema = {"type": {"$ref": _REFERENCE}}
    chosen_later: Schema = {"type": "object", "properties": properties, "required": ["type"]}
    return {**kept, "anyOf": [cast("JsonValue", name), *by_type, {"$ref": _REFERENCE}, chosen_later]}
