"""The demo: a shop's exports in the project's folder, and the connectors and the pipeline over them."""

from __future__ import annotations

import asyncio
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from headwater_server.kit.problems import Conflict, Unavailable
from headwater_server.project import service
from headwater_server.project.demo_files import write_exports
from headwater_server.project.schemas import Applied, ApplyIn
from headwater_server.project.sections import SECTIONS, Means

_PROJECT = Path(__file__).with_name("demo.yaml")
_PIPELINE = "demo_shop"


async def set_up(session: AsyncSession, means: Means, home: Path) -> Applied:
    """`home`: where the workers find their project, too. Raises Conflict when the pipeline is there already, and
    Unavailable when the files cannot be written.
    """
    if _PIPELINE in await SECTIONS["pipelines"].documents(session):
        raise Conflict("the demo is there already", hint=f"open the pipeline {_PIPELINE}, or delete it first")
    # Relative paths of the project start here.
    folder = home / "projects" / "default" / "demo"
    try:
        await asyncio.to_thread(write_exports, folder / "exports")
    except OSError as error:
        raise Unavailable(
            f"the demo's files cannot be written to {folder}: {error.strerror or error}",
            hint="let the server's account write its home folder, HEADWATER_HOME",
        ) from error
    return await service.apply(session, means, ApplyIn(yaml=_PROJECT.read_text(encoding="utf-8")))
