"""The sections of a project file, each as something that can be listed, changed and pruned in one way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from headwater_server.catalog.service import Catalog
from headwater_server.connectors import repository as connector_repository
from headwater_server.connectors import service as connectors
from headwater_server.connectors.schemas import ConnectorIn
from headwater_server.kit.encryption import Sealer
from headwater_server.pipelines import repository as pipeline_repository
from headwater_server.pipelines import service as pipelines
from headwater_server.pipelines.activity import Activity
from headwater_server.pipelines.schemas import PipelineIn
from headwater_server.pipelines.service import Editing
from headwater_server.processors import repository as processor_repository
from headwater_server.processors import service as processors
from headwater_server.processors.schemas import ProcessorIn
from headwater_server.project.schemas import Kind
from headwater_server.schedules import repository as schedule_repository
from headwater_server.schedules import service as schedules
from headwater_server.schedules.schemas import ScheduleIn

Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Means:
    """What changing a project takes."""

    catalog: Catalog
    sealer: Sealer
    activity: Activity
    author: str
    message: str | None = None


class Section(Protocol):
    """One section. `put` answers whether anything changed, and raises what the API would."""

    kind: Kind

    async def documents(self, session: AsyncSession) -> Mapping[str, Data]:
        """Everything there is, by name, as it stands in a project file."""
        ...

    async def put(self, session: AsyncSession, means: Means, name: str, document: Data, *, exists: bool) -> bool: ...

    async def remove(self, session: AsyncSession, means: Means, name: str) -> None: ...


class Connectors:
    """`connectors:`."""

    kind: Kind = "connector"

    async def documents(self, session: AsyncSession) -> Mapping[str, Data]:
        return {item.name: connectors.document(item) for item in await connector_repository.all_of_them(session)}

    async def put(self, session: AsyncSession, means: Means, name: str, document: Data, *, exists: bool) -> bool:
        kept, given = connectors.Kept(means.catalog, means.sealer), ConnectorIn(name=name, **_step(document))
        if not exists:
            await connectors.create(session, kept, given)
            return True
        before = (await connectors.found(session, name)).revision
        return (await connectors.change(session, kept, name, given, None)).revision != before

    async def remove(self, session: AsyncSession, means: Means, name: str) -> None:
        await connectors.remove(session, name, None)


class Processors:
    """`processors:`."""

    kind: Kind = "processor"

    async def documents(self, session: AsyncSession) -> Mapping[str, Data]:
        return {item.name: processors.document(item) for item in await processor_repository.all_of_them(session)}

    async def put(self, session: AsyncSession, means: Means, name: str, document: Data, *, exists: bool) -> bool:
        given = ProcessorIn(name=name, **_step(document))
        if not exists:
            await processors.create(session, means.catalog, means.sealer, given)
            return True
        before = (await processors.found(session, name)).revision
        changed = await processors.change(session, means.catalog, means.sealer, name, given, None)
        return changed.revision != before

    async def remove(self, session: AsyncSession, means: Means, name: str) -> None:
        await processors.remove(session, name, None)


class Pipelines:
    """`pipelines:`."""

    kind: Kind = "pipeline"

    async def documents(self, session: AsyncSession) -> Mapping[str, Data]:
        return {item.name: item.document for item in await pipeline_repository.all_of_them(session)}

    async def put(self, session: AsyncSession, means: Means, name: str, document: Data, *, exists: bool) -> bool:
        editing = Editing(means.catalog, means.activity, means.author)
        given = PipelineIn(name=name, document=document, message=means.message)
        if not exists:
            await pipelines.create(session, editing, given)
            return True
        before = (await pipelines.found(session, name)).revision
        return (await pipelines.change(session, editing, name, given, None)).revision != before

    async def remove(self, session: AsyncSession, means: Means, name: str) -> None:
        await pipelines.remove(session, means.activity, name, None)


class Schedules:
    """`schedules:`."""

    kind: Kind = "schedule"

    async def documents(self, session: AsyncSession) -> Mapping[str, Data]:
        return {item.name: item.document for item, _ in await schedule_repository.all_of_them(session)}

    async def put(self, session: AsyncSession, means: Means, name: str, document: Data, *, exists: bool) -> bool:
        given = ScheduleIn(name=name, document=document)
        if not exists:
            await schedules.create(session, given)
            return True
        before, _ = await schedules.found(session, name)
        if before.document == document:
            return False
        await schedules.change(session, name, given, None)
        return True

    async def remove(self, session: AsyncSession, means: Means, name: str) -> None:
        await schedules.remove(session, name, None)


def _step(document: Data) -> Data:
    """`config:` with nothing behind it is an empty config."""
    return {**document, "config": document.get("config") or {}}


# In the order in which they depend on each other.
SECTIONS: Mapping[str, Section] = {
    "connectors": Connectors(),
    "processors": Processors(),
    "pipelines": Pipelines(),
    "schedules": Schedules(),
}
