"""A plugin's `config` in the project file, checked against the plugin's own model.

Promises: problems name file, line and key; no value of a config is quoted, and a value that came through a
reference is struck out of whatever a plugin's validator says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from pydantic import JsonValue, ValidationError

from headwater.sdk.config import PluginConfig
from headwater.sdk.errors import ConfigError
from headwater.spec.document import Data, Node
from headwater.spec.paths import Path
from headwater.spec.problems import Problem, ProjectInvalid
from headwater.spec.project import Project
from headwater.spec.references import Resolver, holds_reference, needs_resolving, parse_references
from headwater.spec.resolve import resolve_data
from headwater.spec.steps import ConnectorStep, ProcessorStep
from headwater.spec.validation import Translator, genuine

Kind = Literal["source", "destination", "processor"]
C = TypeVar("C", bound=PluginConfig)


@dataclass(frozen=True, slots=True)
class PluginUse:
    """A plugin in use: `type` and `config` stand under `at`; `name` is None when that is the step itself."""

    kind: Kind
    type: str
    at: Path
    name: str | None = None
    config: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue], repr=False)

    @property
    def label(self) -> str:
        return self.name or self.type


def connector_use(project: Project, step: ConnectorStep, at: Path, kind: Literal["source", "destination"]) -> PluginUse:
    """What a source or destination step stands for; `at` is the step's path, for example `("pipelines",
    "orders", "sources", 0)`.
    """
    if step.connector is None:
        return PluginUse(kind, step.type or "", at, None, step.config)
    saved = project.connectors[step.connector]
    return PluginUse(kind, saved.type, ("connectors", step.connector), step.connector, saved.config)


def processor_use(project: Project, step: ProcessorStep, at: Path) -> PluginUse:
    """What a processor step stands for; `at` is the step's path."""
    if step.processor is None:
        return PluginUse("processor", step.type or "", at, None, step.config)
    saved = project.processors[step.processor]
    return PluginUse("processor", saved.type, ("processors", step.processor), step.processor, saved.config)


def plugin_config(project: Project, use: PluginUse, config_type: type[C], resolver: Resolver) -> C:
    """The validated config, references replaced. Raises ProjectInvalid."""
    at = (*use.at, "config")
    node = _config_node(project, use)
    data, problems = resolve_data(node, resolver, at)
    if problems:
        raise ProjectInvalid(problems)
    try:
        return config_type.model_validate(data, context={"directory": project.directory})
    except ValidationError as error:
        # Not chained: a plugin's validator may have put a value into pydantic's text.
        scrub = _scrubber(node, resolver)
        translator = Translator(project.origin.root, config_type, at, quotes=False, scrub=scrub)
        raise ProjectInvalid(translator.problems(error)) from None


def config_problems(project: Project, use: PluginUse, config_type: type[PluginConfig]) -> list[Problem]:
    """What is wrong with a config as it is written; what waits for a reference's value is passed over."""
    node = _config_node(project, use)
    at = (*use.at, "config")
    try:
        config_type.model_validate(node.plain(), context={"directory": project.directory})
    except ValidationError as error:
        translator = Translator(project.origin.root, config_type, at, quotes=False)
        found = genuine(error)
        return translator.joined(item for item in found if not _may_wait(node, at, item["type"], translator.path(item)))
    return []


def plugin_uses(project: Project) -> list[PluginUse]:
    """Every plugin that the pipelines use, once each, in the order of the file."""
    uses: dict[tuple[Kind, Path], PluginUse] = {}
    for name, pipeline in project.pipelines.items():
        at: Path = ("pipelines", name)
        found = [
            *(connector_use(project, step, (*at, "sources", i), "source") for i, step in enumerate(pipeline.sources)),
            *(processor_use(project, step, (*at, "processors", i)) for i, step in enumerate(pipeline.processors)),
            *(
                connector_use(project, step, (*at, "destinations", i), "destination")
                for i, step in enumerate(pipeline.destinations)
            ),
        ]
        for use in found:
            uses.setdefault((use.kind, use.at), use)
    return list(uses.values())


def plugin_problems(project: Project, config_type: Callable[[Kind, str], type[PluginConfig]]) -> list[Problem]:
    """What is wrong with types and configs of all plugins in use.

    `config_type` raises ConfigError for a type it cannot give.
    """
    problems: list[Problem] = []
    for use in plugin_uses(project):
        if needs_resolving(use.type):
            continue
        try:
            expected = config_type(use.kind, use.type)
        except ConfigError as error:
            path = (*use.at, "type")
            problems.append(project.problem(path, error.message, code=error.public_code, hint=error.hint))
        else:
            problems += config_problems(project, use, expected)
    return problems


def _config_node(project: Project, use: PluginUse) -> Node:
    written = project.origin.root.find((*use.at, "config"))
    return written if written is not None and written.value is not None else Node(project.mark(use.at), {})


def _may_wait(node: Node, at: Path, kind: str, path: Path) -> bool:
    """Whether the error may go away once a reference has its value; an unknown or missing key stays what it
    is.
    """
    found = node.find(path[len(at) :])
    return kind != "extra_forbidden" and found is not None and holds_reference(found.plain())


def _scrubber(node: Node, resolver: Resolver) -> Callable[[str], str]:
    """Strikes every value that came through a reference out of a text, the longest first."""
    values = sorted(set(_values(node.plain(), resolver)), key=len, reverse=True)
    if not values:
        return str
    # A value of a letter or two is struck where it stands alone: elsewhere it says nothing, and the text
    # would be unreadable.
    parts = [re.escape(value) if len(value) > 3 else rf"(?<!\w){re.escape(value)}(?!\w)" for value in values]
    pattern = re.compile("|".join(parts))
    return lambda text: pattern.sub("***", text)


def _values(data: Data, resolver: Resolver) -> Iterator[str]:
    if isinstance(data, dict):
        for item in data.values():
            yield from _values(item, resolver)
    elif isinstance(data, list):
        for item in data:
            yield from _values(item, resolver)
    elif needs_resolving(data):
        parts = parse_references(str(data))
        values = [part if isinstance(part, str) else resolver.value(part) for part in parts]
        found = [value for part, value in zip(parts, values, strict=True) if not isinstance(part, str)]
        if found:
            yield from (value for value in ("".join(values), *found) if value)
