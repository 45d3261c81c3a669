"""From a project's steps to connector and processor objects, references resolved at the last moment."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from functools import partial
from typing import Any

from headwater.plan.draft import Applied
from headwater.registry import Registry
from headwater.run.secrets import Secrets, told
from headwater.sdk.destination import Destination
from headwater.sdk.errors import HeadwaterError
from headwater.sdk.processor import RelationalProcessor
from headwater.sdk.source import Source
from headwater.spec.pipeline import PipelineSpec
from headwater.spec.plugin_config import PluginUse, connector_use, plugin_config, processor_use
from headwater.spec.project import Project
from headwater.spec.references import Resolver
from headwater.spec.steps import ConnectorStep, ProcessorStep


class ProjectConnections:
    """The connectors of one pipeline by their key. Implements `context.Connections`.

    A key is the saved connector's name, or `type` of one written in place (numbered when there are several).
    """

    def __init__(
        self, project: Project, pipeline: str, spec: PipelineSpec, registry: Registry, resolver: Resolver
    ) -> None:
        self._project = project
        self._registry = registry
        self._resolver = resolver
        self.secrets = Secrets()
        at = ("pipelines", pipeline)
        self.source_keys = _keys(spec.sources)
        self.destination_keys = _keys(spec.destinations)
        self._sources = {
            key: connector_use(project, step, (*at, "sources", index), "source")
            for index, (key, step) in enumerate(zip(self.source_keys, spec.sources, strict=True))
        }
        self._destinations = {
            key: connector_use(project, step, (*at, "destinations", index), "destination")
            for index, (key, step) in enumerate(zip(self.destination_keys, spec.destinations, strict=True))
        }

    def source(self, key: str) -> Source:
        use = self._sources[key]
        return self._make(self._registry.source_type(use.type), use)

    def destination(self, key: str) -> Destination:
        use = self._destinations[key]
        return self._make(self._registry.destination_type(use.type), use)

    def processor(self, step: ProcessorStep, at: tuple[str | int, ...]) -> Applied:
        use = processor_use(self._project, step, at)
        return self._make(self._registry.processor_type(use.type), use)

    def filter_of(self, condition: str) -> RelationalProcessor:
        """A stream's `filter` is the filter processor, so that both mean the same."""
        plugin: Any = self._registry.processor_type("filter")
        return plugin(plugin.config_type(where=condition))

    def _make(self, plugin: Callable[[Any], Any], use: PluginUse) -> Any:
        config_type = getattr(plugin, "config_type")  # noqa: B009  the registry has checked that it is there
        config = plugin_config(self._project, use, config_type, self._resolver)
        self.secrets.learn(config)
        return plugin(config)


def source_of(project: Project, connector: str, registry: Registry, resolver: Resolver, secrets: Secrets) -> Source:
    """A saved connector as a source, outside any pipeline. `secrets` learns those of its config."""
    use = connector_use(project, ConnectorStep(connector=connector), ("connectors", connector), "source")
    plugin: Any = registry.source_type(use.type)
    config = plugin_config(project, use, plugin.config_type, resolver)
    secrets.learn(config)
    return plugin(config)


def destination_of(
    project: Project, connector: str, registry: Registry, resolver: Resolver, secrets: Secrets
) -> Destination:
    """A saved connector as a destination, outside any pipeline. `secrets` learns those of its config."""
    use = connector_use(project, ConnectorStep(connector=connector), ("connectors", connector), "destination")
    plugin: Any = registry.destination_type(use.type)
    config = plugin_config(project, use, plugin.config_type, resolver)
    secrets.learn(config)
    return plugin(config)


def try_connector(
    project: Project, connector: str, registry: Registry, resolver: Resolver
) -> dict[str, HeadwaterError | None]:
    """What came of connecting a saved connector as each of the sides that its type has; None where it works."""
    kind = project.connectors[connector].type
    sides: dict[str, Callable[..., Source | Destination]] = {}
    if kind in registry.names("source"):
        sides["source"] = source_of
    if kind in registry.names("destination"):
        sides["destination"] = destination_of
    if not sides:
        registry.source_type(kind)  # raises, with what there is
    return {side: _checked(partial(make, project, connector, registry, resolver)) for side, make in sides.items()}


def _checked(make: Callable[[Secrets], Source | Destination]) -> HeadwaterError | None:
    secrets = Secrets()
    try:
        with told(secrets), closing(make(secrets)) as system:
            system.check()
    except HeadwaterError as error:
        return error
    return None


def _keys(steps: tuple[ConnectorStep, ...]) -> list[str]:
    keys: list[str] = []
    for step in steps:
        name = step.connector or step.type or ""
        twin = sum(1 for key in keys if key == name or key.startswith(f"{name}-"))
        keys.append(f"{name}-{twin + 1}" if twin else name)
    return keys
