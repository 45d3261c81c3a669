"""The types that are installed here, described for lists and forms. Built once per process; plugins are imported when
one of them is first looked at.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import Annotated, Any, Literal

from fastapi import Depends, Request

from headwater.registry import Kind, Registry, installed
from headwater.sdk.config import PluginConfig
from headwater.sdk.errors import nearest_hint
from headwater.spec.json_schema import plugin_json_schema
from headwater_server.catalog.kinds import connector_category, processor_category, title_of
from headwater_server.catalog.pages import PluginPage, page
from headwater_server.catalog.schemas import (
    ConnectorTypeDetail,
    ConnectorTypeOut,
    ProcessorTypeDetail,
    ProcessorTypeOut,
)
from headwater_server.kit.problems import NotFound

StepKind = Literal["connector", "processor"]
log = logging.getLogger(__name__)


class Catalog:
    """Answers what a plugin says of itself. All methods may import plugins, which takes a moment the first time."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.schema = lru_cache(maxsize=None)(self._schema)

    @cached_property
    def connector_types(self) -> tuple[ConnectorTypeOut, ...]:
        found = self.registry.connector_types()
        return tuple(
            ConnectorTypeOut(
                type=item.name,
                title=title_of(item.name),
                description=self._description("connectors", item.name, item.distribution),
                category=connector_category(item.name),
                source=item.source,
                destination=item.destination,
                distribution=item.distribution,
                version=item.version,
            )
            for item in found
        )

    @cached_property
    def processor_types(self) -> tuple[ProcessorTypeOut, ...]:
        return tuple(
            ProcessorTypeOut(
                type=item.name,
                title=title_of(item.name),
                description=self._description("processors", item.name, item.distribution),
                category=processor_category(item.name),
                distribution=item.distribution,
                version=item.version,
            )
            for item in self.registry.processor_types()
        )

    def all_types(self) -> Iterator[tuple[StepKind, str]]:
        """Every type by kind and name."""
        for connector in self.connector_types:
            yield "connector", connector.type
        for processor in self.processor_types:
            yield "processor", processor.type

    def connector_type(self, name: str) -> ConnectorTypeDetail:
        """Raises NotFound."""
        item = next((item for item in self.connector_types if item.type == name), None)
        if item is None:
            raise _unknown("connector", name, [item.type for item in self.connector_types])
        return ConnectorTypeDetail(
            **item.model_dump(),
            config_schema=self.schema("connector", name),
            docs=page("connectors", name, item.distribution).text,
            write_strategies=self._write_strategies(name) if item.destination else [],
        )

    def processor_type(self, name: str) -> ProcessorTypeDetail:
        """Raises NotFound."""
        item = next((item for item in self.processor_types if item.type == name), None)
        if item is None:
            raise _unknown("processor", name, [item.type for item in self.processor_types])
        described = page("processors", name, item.distribution)
        return ProcessorTypeDetail(
            **item.model_dump(),
            config_schema=self.schema("processor", name),
            docs=described.text,
            example=described.step_example(name),
        )

    def config_types(self, kind: StepKind, name: str) -> dict[Kind, type[PluginConfig]]:
        """The config models of a type, per side for a connector. Raises ConfigError for a type that is not there."""
        if kind == "processor":
            return {"processor": self.registry.config_type("processor", name)}
        sides: list[Kind] = [side for side in ("source", "destination") if name in self.registry.names(side)]
        return {side: self.registry.config_type(side, name) for side in sides or ("source",)}

    def _schema(self, kind: StepKind, name: str) -> dict[str, Any]:
        """One schema for both sides; a side that asks for more than the other adds its keys."""
        models = list(dict.fromkeys(self.config_types(kind, name).values()))
        schemas: list[dict[str, Any]] = [dict(plugin_json_schema(model)) for model in models]
        merged = schemas[0]
        for other in schemas[1:]:
            merged["properties"] = {**other.get("properties", {}), **merged.get("properties", {})}
            merged["$defs"] = {**other.get("$defs", {}), **merged.get("$defs", {})}
            merged["required"] = [key for key in merged.get("required", ()) if key in other.get("required", ())]
        return merged

    def _description(self, folder: str, name: str, distribution: str) -> str:
        described: PluginPage = page(folder, name, distribution)
        return described.first_sentence

    def _write_strategies(self, name: str) -> list[str]:
        """What a destination declares. It declares it by config, so one that has every default is asked."""
        try:
            destination_type = self.registry.destination_type(name)
            config = destination_type.config_type.model_construct(**_fillers(destination_type.config_type))
            declared = destination_type(config).capabilities()  # pyright: ignore[reportCallIssue]
            return sorted(write.value for write in declared.writes)
        except Exception:  # noqa: BLE001 - a stranger's class, asked without a real config
            log.info("a destination does not say what it can do without a config", extra={"event": "catalog.no_writes"})
            return []


def _fillers(config_type: type[PluginConfig]) -> dict[str, Any]:
    """A text for every required key: the constructor does no I/O, so it need not exist."""
    return {name: "." for name, field in config_type.model_fields.items() if field.is_required()}


def _unknown(kind: StepKind, name: str, known: list[str]) -> NotFound:
    return NotFound(
        f"there is no {kind} type {name!r} on this server",
        hint=nearest_hint(name, known),
        code=f"catalog.unknown_{kind}_type",
    )


def catalog() -> Catalog:
    return Catalog(installed())


async def _used(request: Request) -> Catalog:
    return request.app.state.catalog


UsedCatalog = Annotated[Catalog, Depends(_used)]
