"""The versions of a pipeline: listed, compared, brought back."""

from __future__ import annotations

import difflib
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from headwater.spec.dump import dump_data
from headwater_server.kit.problems import NotFound
from headwater_server.pipelines import repository, service
from headwater_server.pipelines.models import Pipeline, PipelineVersion
from headwater_server.pipelines.schemas import PipelineIn, VersionBrief, VersionOut
from headwater_server.pipelines.service import Editing


async def found(session: AsyncSession, pipeline: Pipeline, number: int) -> PipelineVersion:
    """Raises NotFound."""
    version = await repository.version(session, pipeline.id, number)
    if version is None:
        raise NotFound(
            f"pipeline {pipeline.name!r} has no version {number}",
            hint=f"versions go from 1 to {pipeline.version}",
            code="pipelines.no_such_version",
        )
    return version


def brief(version: PipelineVersion, pipeline: Pipeline) -> VersionBrief:
    return VersionBrief(
        number=version.number,
        name=version.name,
        author=version.author,
        message=version.message,
        created_at=version.created_at,
        current=version.number == pipeline.version,
    )


def out(version: PipelineVersion, pipeline: Pipeline) -> VersionOut:
    return VersionOut(**dict(brief(version, pipeline)), document=version.document)


def difference(old: PipelineVersion, new: PipelineVersion) -> str:
    """A unified diff of both as YAML."""
    names = (f"{old.name} version {old.number}", f"{new.name} version {new.number}")
    return unified(old.document, new.document, names)


def unified(old: dict[str, Any] | None, new: dict[str, Any] | None, names: tuple[str, str]) -> str:
    """Of two documents; None is nothing at all."""
    before, after = ([] if item is None else dump_data(item).splitlines(keepends=True) for item in (old, new))
    return "".join(difflib.unified_diff(before, after, *names))


async def roll_back(session: AsyncSession, editing: Editing, ref: str, number: int) -> Pipeline:
    """A new version with the old document, under the current name. Raises Invalid when it is no longer valid."""
    pipeline = await service.found(session, ref, lock=True)
    old = await found(session, pipeline, number)
    given = PipelineIn(name=pipeline.name, document=old.document, message=f"back to version {number}")
    return await service.change(session, editing, str(pipeline.id), given, None)
