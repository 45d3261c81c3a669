"""A pipeline with everything it uses, as one project document: what is validated, planned, previewed and run.

Promises: no secret value is in it; `sealed` has, by name, every stored secret that the document refers to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from headwater.spec.references import BadReference, Reference, needs_resolving, parse_references
from headwater_server.catalog.configs import sealed_names
from headwater_server.connectors import repository as connector_repository
from headwater_server.connectors import service as connectors
from headwater_server.connectors.models import Connector
from headwater_server.pipelines.models import Pipeline
from headwater_server.processors import repository as processor_repository
from headwater_server.processors import service as processors
from headwater_server.processors.models import Processor
from headwater_server.secrets import repository as secret_repository

Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Bundle:
    """`project` is a project document; `sealed` the secrets it names, to be opened by a worker only."""

    project: Data
    sealed: Mapping[str, str] = field(repr=False)

    def request(self, **more: Any) -> Data:
        """What a worker is asked with."""
        return {"project": self.project, "sealed": dict(self.sealed), **more}


@dataclass(frozen=True, slots=True)
class Used:
    """The saved connectors and processors that a document names and that exist."""

    connectors: Mapping[str, Connector]
    processors: Mapping[str, Processor]


async def project_of_pipeline(session: AsyncSession, pipeline: Pipeline) -> Bundle:
    """Of a saved pipeline, as it is now."""
    return await project_for(session, pipeline.name, pipeline.document)


async def project_for(session: AsyncSession, name: str, document: Data) -> Bundle:
    """Of any document under this name. What it names and does not exist is missing in the project too."""
    used = await used_by(session, document)
    project: Data = {
        "version": 1,
        "connectors": {key: connectors.document(item) for key, item in sorted(used.connectors.items())},
        "processors": {key: processors.document(item) for key, item in sorted(used.processors.items())},
        "pipelines": {name: document},
    }
    return Bundle(project, await _sealed(session, project, used))


async def used_by(session: AsyncSession, document: Data) -> Used:
    """What a document uses of what is saved."""
    return Used(
        await connector_repository.by_names(session, connector_names(document)),
        await processor_repository.by_names(session, processor_names(document)),
    )


def connector_names(document: Data) -> set[str]:
    """The saved connectors that a document names, whether they exist or not."""
    steps = [*_steps(document, "sources"), *_steps(document, "destinations")]
    return {name for name in (_named(step, "connector") for step in steps) if name is not None}


def processor_names(document: Data) -> set[str]:
    """The saved processors that a document names, whether they exist or not."""
    found = (_named(step, "processor") for step in _steps(document, "processors"))
    return {name for name in found if name is not None}


def _steps(document: Data, section: str) -> list[Any]:
    steps = document.get(section)
    return steps if isinstance(steps, list) else []


def _named(step: Any, key: str) -> str | None:
    """A bare text names a saved one."""
    name = step.get(key) if isinstance(step, dict) else step
    return name if isinstance(name, str) else None


async def _sealed(session: AsyncSession, project: Data, used: Used) -> dict[str, str]:
    wanted = set(secret_references(project))
    own: dict[str, str] = {}
    for connector in used.connectors.values():
        own |= sealed_names("connector", connectors.stored(connector))
    for processor in used.processors.values():
        own |= sealed_names("processor", processors.stored(processor))
    found = {name: value for name, value in own.items() if name in wanted}
    return {**await secret_repository.sealed_by_name(session, wanted - found.keys()), **found}


def secret_references(value: Any) -> Iterator[str]:
    """The names of all `${secret:…}` in a document."""
    left = [value]
    while left:
        item = left.pop()
        if isinstance(item, dict):
            left.extend(item.values())
        elif isinstance(item, list):
            left.extend(item)
        elif needs_resolving(item):
            yield from (part.name for part in _parsed(str(item)) if part.scheme == "secret")


def _parsed(text: str) -> Iterable[Reference]:
    try:
        return [part for part in parse_references(text) if isinstance(part, Reference)]
    except BadReference:
        return []
