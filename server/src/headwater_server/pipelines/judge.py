"""What is wrong with a pipeline's document: shape, names that it uses, configs of its steps, secrets in clear."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from headwater.sdk.errors import ConfigError
from headwater.spec.load import project_of
from headwater.spec.paths import Path, dotted
from headwater.spec.plugin_config import plugin_problems
from headwater.spec.problems import Problem, ProjectInvalid
from headwater.spec.references import BadReference, Reference, parse_references
from headwater_server.catalog.secret_fields import secret_places
from headwater_server.catalog.service import Catalog, StepKind
from headwater_server.connectors import repository as connector_repository
from headwater_server.connectors import service as connectors
from headwater_server.kit.nested import value_at
from headwater_server.pipelines.project import Used, connector_names, processor_names, used_by
from headwater_server.processors import repository as processor_repository
from headwater_server.processors import service as processors

Data = dict[str, Any]
_INLINE: tuple[tuple[str, StepKind], ...] = (
    ("sources", "connector"),
    ("processors", "processor"),
    ("destinations", "connector"),
)


async def judge(session: AsyncSession, catalog: Catalog, name: str, document: Data) -> tuple[list[Problem], Used]:
    """Every problem, paths as in the document, and what the document uses."""
    used = await used_by(session, document)
    project: Data = {
        "version": 1,
        "connectors": {key: connectors.document(item) for key, item in used.connectors.items()},
        "processors": {key: processors.document(item) for key, item in used.processors.items()},
        "pipelines": {name: document},
    }
    await _add_what_exists(session, project, document, used)
    problems = await asyncio.to_thread(_problems, catalog, project, name, document)
    return problems, used


async def _add_what_exists(session: AsyncSession, project: Data, document: Data, used: Used) -> None:
    """Where a name is unknown, the hint says what there is; so it must be there."""
    if connector_names(document) - used.connectors.keys():
        for key, kind in (await connector_repository.types_by_name(session)).items():
            project["connectors"].setdefault(key, {"type": kind})
    if processor_names(document) - used.processors.keys():
        for key, kind in (await processor_repository.types_by_name(session)).items():
            project["processors"].setdefault(key, {"type": kind})


def _problems(catalog: Catalog, project: Data, name: str, document: Data) -> list[Problem]:
    found = list(_secrets_in_clear(catalog, document))
    try:
        read = project_of(project)
        found += plugin_problems(read, catalog.registry.config_type)
    except ProjectInvalid as error:
        found += error.problems
    prefix = dotted(("pipelines", name))
    return [_relative(problem, prefix) for problem in dict.fromkeys(found)]


def _relative(problem: Problem, prefix: str) -> Problem:
    path = problem.path.removeprefix(prefix).removeprefix(".") if problem.path.startswith(prefix) else problem.path
    return Problem(problem.code, problem.message, path, "", hint=problem.hint)


def _secrets_in_clear(catalog: Catalog, document: Data) -> Iterator[Problem]:
    for section, kind in _INLINE:
        steps = document.get(section)
        found: list[Any] = steps if isinstance(steps, list) else []
        for index, step in enumerate(found):
            type_name = step.get("type") if isinstance(step, dict) else None
            config = step.get("config") if isinstance(step, dict) else None
            if isinstance(type_name, str) and isinstance(config, dict):
                yield from _clear_in(catalog, kind, type_name, config, (section, index, "config"))


def _clear_in(catalog: Catalog, kind: StepKind, type_name: str, config: Data, at: Path) -> Iterator[Problem]:
    try:
        schema = catalog.schema(kind, type_name)
    except ConfigError:
        return
    for path in secret_places(config, schema):
        if not _is_reference(value_at(config, path)):
            yield Problem(
                code="config.secret_in_clear",
                message="a secret cannot stand in a pipeline",
                path=dotted((*at, *path)),
                file="",
                hint=f"save it as a {kind}, or store the value (PUT /api/secrets/NAME) and write ${{secret:NAME}}",
            )


def _is_reference(text: str) -> bool:
    try:
        return all(isinstance(part, Reference) for part in parse_references(text))
    except BadReference:
        return True  # a problem of its own, told elsewhere
