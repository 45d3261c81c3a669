"""Processors: saved steps, kept with their secrets sealed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from headwater.sdk.errors import nearest_hint
from headwater_server.catalog.configs import Stored, accept, written
from headwater_server.catalog.service import Catalog
from headwater_server.catalog.step_schemas import Named
from headwater_server.kit import etags
from headwater_server.kit.encryption import Sealer
from headwater_server.kit.problems import Conflict, NotFound
from headwater_server.processors import repository
from headwater_server.processors.models import Processor
from headwater_server.processors.schemas import ProcessorIn, ProcessorOut


async def found(session: AsyncSession, ref: str, *, lock: bool = False) -> Processor:
    """By name or id. Raises NotFound with the nearest name."""
    processor = await repository.by_ref(session, ref, lock=lock)
    if processor is None:
        known = sorted(await repository.types_by_name(session))
        raise NotFound(f"there is no processor {ref!r}", hint=nearest_hint(ref, known), code="processors.not_found")
    return processor


def stored(processor: Processor) -> Stored:
    return Stored(processor.name, processor.type, processor.config, cast("dict[str, str]", processor.sealed))


def document(processor: Processor) -> dict[str, Any]:
    """The processor as it stands in a project file: secrets are references."""
    described = {} if processor.description is None else {"description": processor.description}
    return {"type": processor.type, **described, "config": written("processor", stored(processor))}


async def create(session: AsyncSession, catalog: Catalog, sealer: Sealer, given: ProcessorIn) -> Processor:
    """Raises Invalid, and Conflict when the name is taken."""
    made = accept(catalog, sealer, "processor", Stored(given.name, given.type, given.config))
    processor = Processor(
        name=made.name, type=made.type, config=made.config, sealed=dict(made.sealed), description=given.description
    )
    await _save(session, processor)
    return processor


async def change(
    session: AsyncSession,
    catalog: Catalog,
    sealer: Sealer,
    ref: str,
    given: ProcessorIn,
    if_match: frozenset[str] | None,
) -> Processor:
    """Raises NotFound, PreconditionFailed, Invalid, and Conflict for a name that is taken or in use."""
    processor = await found(session, ref, lock=True)
    etags.check(if_match, processor.revision)
    if given.name != processor.name:
        await _refuse_in_use(session, processor, "renamed")
    made = accept(catalog, sealer, "processor", Stored(given.name, given.type, given.config), stored(processor))
    before = (processor.name, processor.type, processor.config, processor.sealed, processor.description)
    if before == (made.name, made.type, made.config, made.sealed, given.description):
        return processor
    processor.name, processor.type, processor.config = made.name, made.type, made.config
    processor.sealed, processor.description = dict(made.sealed), given.description
    processor.revision += 1
    await _save(session, processor)
    return processor


async def _save(session: AsyncSession, processor: Processor) -> None:
    name = processor.name
    try:
        await repository.save(session, processor)
    except IntegrityError as error:
        raise Conflict(
            f"there is a processor {name!r} already", hint="choose another name", code="processors.name_taken"
        ) from error


async def remove(session: AsyncSession, ref: str, if_match: frozenset[str] | None) -> None:
    """Raises NotFound, PreconditionFailed, and Conflict while a pipeline uses it."""
    processor = await found(session, ref, lock=True)
    etags.check(if_match, processor.revision)
    await _refuse_in_use(session, processor, "deleted")
    await repository.remove(session, processor)


async def _refuse_in_use(session: AsyncSession, processor: Processor, what: str) -> None:
    users = (await repository.uses(session, [processor.id])).get(processor.id, [])
    if users:
        names = ", ".join(name for _, name in users[:5]) + (f" and {len(users) - 5} more" if len(users) > 5 else "")
        raise Conflict(
            f"processor {processor.name!r} cannot be {what}: it is used by {names}",
            hint="take it out of the pipelines first",
            code="processors.in_use",
        )


async def out(session: AsyncSession, processors: Sequence[Processor]) -> list[ProcessorOut]:
    uses = await repository.uses(session, [item.id for item in processors])
    return [
        ProcessorOut(
            id=item.id,
            name=item.name,
            type=item.type,
            config=item.config,
            secrets=sorted(item.sealed),
            description=item.description,
            revision=item.revision,
            created_at=item.created_at,
            updated_at=item.updated_at,
            used_by=[Named(id=id_, name=name) for id_, name in uses.get(item.id, [])],
        )
        for item in processors
    ]
