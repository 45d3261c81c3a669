"""Export and apply.

Promises: what `export` gives, `apply` takes and changes nothing; a dry run does everything that a real one does, and
is rolled back, so it cannot promise what then fails; either everything is applied or nothing.
"""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from headwater.spec.dump import dump_data
from headwater.spec.load import parse_project, project_of
from headwater.spec.paths import dotted
from headwater.spec.plugin_config import plugin_problems
from headwater.spec.problems import ProjectInvalid
from headwater.spec.project import Project
from headwater_server.kit.problems import Conflict, Invalid
from headwater_server.pipelines.versions import unified
from headwater_server.project.schemas import Applied, ApplyIn, Change
from headwater_server.project.sections import SECTIONS, Data, Means, Section

_LOCK = 7_164_912_403  # an advisory lock of our own: one apply at a time
_FILE = "headwater.yaml"


async def export(session: AsyncSession) -> Data:
    """The whole project as data; secrets are references."""
    sections = {name: dict(await section.documents(session)) for name, section in SECTIONS.items()}
    return {"version": 1, **{name: documents for name, documents in sections.items() if documents}}


async def export_yaml(session: AsyncSession) -> str:
    return dump_data(await export(session))


async def apply(session: AsyncSession, means: Means, given: ApplyIn) -> Applied:
    """Make the server's project what the file says. Raises ProjectInvalid, Invalid, Conflict."""
    project = await asyncio.to_thread(_read, means, given)
    wanted: dict[str, Data] = {name: dict(_section(project, name)) for name in SECTIONS}
    await session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    savepoint = await session.begin_nested()
    changes = await _put_all(session, means, wanted)
    if given.prune:
        changes += await _prune(session, means, wanted)
    if given.dry_run:
        await savepoint.rollback()
    else:
        await savepoint.commit()
    return Applied(dry_run=given.dry_run, changes=changes)


def _read(means: Means, given: ApplyIn) -> Project:
    project = parse_project(given.yaml, _FILE) if given.yaml is not None else project_of(given.document or {}, _FILE)
    problems = plugin_problems(project, means.catalog.registry.config_type)
    if problems:
        raise ProjectInvalid(problems)
    return project


def _section(project: Project, name: str) -> Any:
    data = project.data()
    return (data.get(name) or {}) if isinstance(data, dict) else {}


async def _put_all(session: AsyncSession, means: Means, wanted: dict[str, Data]) -> list[Change]:
    changes: list[Change] = []
    for name, section in SECTIONS.items():
        before = await section.documents(session)
        for key, document in wanted[name].items():
            changes.append(await _put(session, means, section, key, document, before.get(key)))
    return changes


async def _put(
    session: AsyncSession, means: Means, section: Section, name: str, document: Data, before: Data | None
) -> Change:
    try:
        changed = await section.put(session, means, name, document, exists=before is not None)
    except Invalid as error:
        raise _placed(error, section, name) from error
    if not changed:
        return Change(kind=section.kind, name=name, action="none", diff="")
    after = (await section.documents(session))[name]
    diff = unified(before, after, (f"{name} (server)", f"{name} (file)"))
    action = "create" if before is None else "update"
    return Change(kind=section.kind, name=name, action=action, diff=diff or "# a secret has another value\n")


def _placed(error: Invalid, section: Section, name: str) -> Invalid:
    """Paths that start at the file's root again."""
    at = dotted((f"{section.kind}s", name))
    found: Any = error.facts.get("problems", [])
    problems = [{**item, "path": f"{at}.{item['path']}"} for item in found]
    return Invalid(f"{at}: {error.message}", hint=error.hint, code=error.public_code, problems=problems)


async def _prune(session: AsyncSession, means: Means, wanted: dict[str, Data]) -> list[Change]:
    """What nobody needs any more goes first."""
    changes: list[Change] = []
    for name, section in reversed(list(SECTIONS.items())):
        for key, document in (await section.documents(session)).items():
            if key in wanted[name]:
                continue
            try:
                await section.remove(session, means, key)
            except Conflict as error:
                raise Conflict(f"prune: {error.message}", hint=error.hint, code=error.public_code) from error
            diff = unified(document, None, (f"{key} (server)", f"{key} (file)"))
            changes.append(Change(kind=section.kind, name=key, action="delete", diff=diff))
    return changes
