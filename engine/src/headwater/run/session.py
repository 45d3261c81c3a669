"""The Python API: a project, and what can be done with it. The command line uses nothing else."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import closing
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from headwater import registry as plugins
from headwater.registry import Registry
from headwater.run.connect import source_of, try_connector
from headwater.run.events import Listener, ignore
from headwater.run.journal import Entry, pipeline_lock, refuse_unsettled
from headwater.run.pipeline import run_pipeline
from headwater.run.prepare import prepare, rejects_folder
from headwater.run.quarantine_files import Rejects, find_rejects, list_rejects
from headwater.run.quarantine_notes import note_dismissed, note_restored
from headwater.run.replay import edited_by_stream, replay_rejects
from headwater.run.report import LoadReport, RunReport
from headwater.run.secrets import Secrets, told
from headwater.run.state import StreamState, read_state, reset_state, set_state
from headwater.run.stop import StopFlag
from headwater.run.watched import watched
from headwater.sdk.errors import HeadwaterError, UnknownName
from headwater.sdk.processor import Dialect
from headwater.sdk.stream import Discovery, Json
from headwater.spec.load import load_project
from headwater.spec.project import Project
from headwater.spec.references import Resolver

if TYPE_CHECKING:
    from headwater.run.contract import Inferred
    from headwater.run.detect import Detected
    from headwater.run.explain import LoadExplained
    from headwater.run.preview import Previewed
    from headwater.run.profile import Profiled
    from headwater.run.quarantine_export import ExportFormat
    from headwater.run.quarantine_rows import Page, RuleCount, Wanted


def _door(name: str) -> Any:
    """A part of the API that a run does not need, loaded when it is first called: the start is part of the product."""
    return import_module(f"headwater.run.{name}")


def load(path: str | Path = "headwater.yaml", *, overrides: Sequence[str] = ()) -> Session:
    """Read a project file. `overrides` are texts `path=value`, as `--set` takes them. Raises ConfigError naming every
    problem.
    """
    project = load_project(path, overrides=overrides)
    return Session(project, plugins.installed(), home_of(project))


def home_of(project: Project) -> Path:
    """Where a project keeps quarantine, locks and spilled data: `HEADWATER_HOME`, or `.headwater/` beside the file."""
    given = os.environ.get("HEADWATER_HOME")
    return Path(given).expanduser() if given else project.directory / ".headwater"


class Session:
    """A loaded project. Holds no connection between calls."""

    def __init__(self, project: Project, registry: Registry, home: Path, resolver: Resolver | None = None) -> None:
        self.project = project
        self.registry = registry
        self.home = home
        self._resolver = resolver or Resolver.local(project.directory)

    def run(
        self,
        pipeline: str,
        *,
        streams: Sequence[str] = (),
        full_refresh: bool = False,
        run_id: str | None = None,
        resumed: int = 0,
        listener: Listener = ignore,
        stop: StopFlag | None = None,
    ) -> RunReport:
        """Run a pipeline to its end. Raises ConfigError when it cannot begin, and Cancelled when it was stopped before;
        whatever fails after that is in the report.

        `run_id` is for a caller who keeps account of runs: the id of this run, or of the run that it goes on with
        because that one died or ended `in_doubt`, and then how often it was `resumed`. Without one, the home keeps
        account.
        """
        flag, only = stop or StopFlag(), tuple(streams)
        begin = partial(prepare, self.project, pipeline, self.registry, self._resolver, streams=only)
        prepared = watched(begin, flag, what=f"prepare {pipeline}")
        given = None if run_id is None else Entry(run_id, resumed)
        return run_pipeline(prepared, self.home, listener, flag, full_refresh=full_refresh, given=given)

    def check(self, pipeline: str, *, streams: Sequence[str] = ()) -> tuple[LoadExplained, ...]:
        """Connect both ends and say what a run would do; nothing is written."""
        prepared = prepare(self.project, pipeline, self.registry, self._resolver, streams=tuple(streams))
        with told(prepared.connections.secrets):
            return _door("explain").explain(prepared)

    def preview(
        self, pipeline: str, *, stream: str | None = None, after: int | None = None, limit: int = 20
    ) -> tuple[Previewed, ...]:
        """The first rows of each stream after step `after` (0: as read; None: as written), with what was set aside."""
        only = (stream,) if stream else ()
        prepared = prepare(self.project, pipeline, self.registry, self._resolver, streams=only)
        with told(prepared.connections.secrets):
            return tuple(
                _door("preview").preview_stream(chain, prepared, self.home, after=after, limit=limit)
                for chain in prepared.plan.chains
            )

    def detect(
        self,
        pipeline: str,
        *,
        stream: str | None = None,
        after: int | None = None,
        rows: int = 2_000,
        confidence: float = 0.6,
    ) -> tuple[Detected, ...]:
        """Which columns look personal in the first rows of each stream after step `after`, and are not protected."""
        only = (stream,) if stream else ()
        prepared = prepare(self.project, pipeline, self.registry, self._resolver, streams=only)
        with told(prepared.connections.secrets):
            return tuple(
                _door("detect").detect_stream(chain, prepared, self.home, after=after, rows=rows, confidence=confidence)
                for chain in prepared.plan.chains
            )

    def infer_contract(
        self, pipeline: str, *, stream: str | None = None, after: int | None = 0, rows: int = 10_000
    ) -> tuple[Inferred, ...]:
        """A contract for each stream, proposed from its first rows after step `after` (None: as written)."""
        only = (stream,) if stream else ()
        prepared = prepare(self.project, pipeline, self.registry, self._resolver, streams=only)
        with told(prepared.connections.secrets):
            return tuple(
                _door("contract").infer_contract(chain, prepared, self.home, after=after, rows=rows)
                for chain in prepared.plan.chains
            )

    def profile(
        self, pipeline: str, *, stream: str | None = None, after: int | None = None, rows: int = 10_000
    ) -> tuple[Profiled, ...]:
        """Quality rules for each stream, proposed from its first rows after step `after` (None: as written)."""
        only = (stream,) if stream else ()
        prepared = prepare(self.project, pipeline, self.registry, self._resolver, streams=only)
        with told(prepared.connections.secrets):
            return tuple(
                _door("profile").profile_stream(chain, prepared, self.home, after=after, rows=rows)
                for chain in prepared.plan.chains
            )

    def discover(self, connector: str, pattern: str = "*", *, after: str | None = None, limit: int = 500) -> Discovery:
        """A page of the streams of a saved connector."""
        if connector not in self.project.connectors:
            raise UnknownName("connector", connector, self.project.connectors, place=self.project.file)
        secrets = Secrets()
        with (
            told(secrets),
            closing(source_of(self.project, connector, self.registry, self._resolver, secrets)) as source,
        ):
            return source.discover(pattern, after=after, limit=limit)

    def rejected(self, pipeline: str) -> list[Rejects]:
        """What lies in the quarantine of a pipeline, newest run first."""
        return list_rejects(self.quarantine_home(pipeline), pipeline)

    def quarantine_home(self, pipeline: str) -> Path:
        """Where the quarantine of a pipeline stands. Raises UnknownName."""
        return rejects_folder(self.project, pipeline, self.project.pipeline(pipeline)) or self.home

    def rejected_rows(
        self,
        pipeline: str,
        *,
        run_id: str | None = None,
        stream: str | None = None,
        wanted: Wanted | None = None,
        offset: int = 0,
        limit: int = 100,
    ) -> Page:
        """A page of the rejected rows of a run (default: the newest with open rows), all or those `wanted`."""
        view = _door("quarantine_rows")
        found = self._found(pipeline, run_id, stream)
        return view.page(found, wanted or view.Wanted(), offset=offset, limit=limit)

    def rejected_rules(
        self, pipeline: str, *, run_id: str | None = None, stream: str | None = None
    ) -> tuple[RuleCount, ...]:
        """The rules that rows of a run broke, the most broken first."""
        return _door("quarantine_rows").rule_counts(self._found(pipeline, run_id, stream))

    def export_rejected(
        self,
        pipeline: str,
        out: TextIO,
        *,
        run_id: str | None = None,
        stream: str | None = None,
        wanted: Wanted | None = None,
        to: ExportFormat = "jsonl",
    ) -> int:
        """Write rejected rows as JSON lines, which `edited` of `replay` takes, or as CSV; how many there were."""
        every = _door("quarantine_rows").Wanted()
        found = self._found(pipeline, run_id, stream)
        return _door("quarantine_export").export_rows(found, wanted or every, out, to=to)

    def dismiss(
        self,
        pipeline: str,
        *,
        note: str,
        by: str | None = None,
        run_id: str | None = None,
        stream: str | None = None,
        rows: Sequence[int] | None = None,
        wanted: Wanted | None = None,
    ) -> int:
        """Decide that open rows of a run are not to be delivered, and say why: those of the given numbers (of one
        stream), or all that are `wanted`. They stay where they are; `replay` passes them over. How many there were.
        """
        chosen = self._numbered(pipeline, run_id, stream, rows, wanted)
        return sum(note_dismissed(rejects.path, numbers, note, by) for rejects, numbers in chosen)

    def restore(
        self,
        pipeline: str,
        *,
        run_id: str | None = None,
        stream: str | None = None,
        rows: Sequence[int] | None = None,
        wanted: Wanted | None = None,
    ) -> int:
        """Take dismissals back: the rows are open again. How many there were."""
        chosen = self._numbered(pipeline, run_id, stream, rows, wanted)
        return sum(note_restored(rejects.path, numbers) for rejects, numbers in chosen)

    def _found(self, pipeline: str, run_id: str | None, stream: str | None) -> list[Rejects]:
        return find_rejects(self.quarantine_home(pipeline), pipeline, run_id, stream)

    def _numbered(
        self,
        pipeline: str,
        run_id: str | None,
        stream: str | None,
        rows: Sequence[int] | None,
        wanted: Wanted | None,
    ) -> list[tuple[Rejects, Sequence[int]]]:
        view = _door("quarantine_rows")
        return view.numbered(self._found(pipeline, run_id, stream), rows, wanted or view.Wanted())

    def replay(
        self,
        pipeline: str,
        *,
        run_id: str | None = None,
        stream: str | None = None,
        edited: Sequence[Mapping[str, Json]] | None = None,
        listener: Listener = ignore,
        stop: StopFlag | None = None,
    ) -> tuple[LoadReport, ...]:
        """Send rejected rows through today's pipeline from the step that rejected them; each is delivered once.

        `run_id` None: the newest run that has open rows. `edited` are rows as `quarantine show --json` prints them.
        """
        prepared = prepare(self.project, pipeline, self.registry, self._resolver)
        reports: list[LoadReport] = []
        with pipeline_lock(self.home, pipeline), told(prepared.connections.secrets):
            refuse_unsettled(self.home, pipeline)
            found = find_rejects(prepared.rejects or self.home, pipeline, run_id, stream)
            for rejects, rows in edited_by_stream(found, edited):
                reports += replay_rejects(rejects, prepared, self.home, listener, stop or StopFlag(), edited=rows)
        return tuple(reports)

    def state(self, pipeline: str) -> tuple[StreamState, ...]:
        """Where each stream of a pipeline stands, by what the destinations hold."""
        prepared = prepare(self.project, pipeline, self.registry, self._resolver)
        with told(prepared.connections.secrets):
            return read_state(prepared)

    def set_state(self, pipeline: str, stream: str, value: dict[str, Json]) -> tuple[StreamState, ...]:
        """Overwrite where a stream stands, in each of its destinations. Returns what stands there now."""
        prepared = prepare(self.project, pipeline, self.registry, self._resolver)
        with pipeline_lock(self.home, pipeline), told(prepared.connections.secrets):
            return set_state(prepared, stream, value)

    def try_connector(self, connector: str) -> dict[str, HeadwaterError | None]:
        """Connect a saved connector as all that its type can be: `source`, `destination`; None where it works."""
        if connector not in self.project.connectors:
            raise UnknownName("connector", connector, self.project.connectors, place=self.project.file)
        return try_connector(self.project, connector, self.registry, self._resolver)

    def sql(
        self, pipeline: str, *, stream: str | None = None, dialect: Dialect = "duckdb"
    ) -> dict[str, tuple[str, ...]]:
        """The SQL that the local engine (or, by `dialect`, Spark) would run, by stream; for people to read."""
        only = (stream,) if stream else ()
        prepared = prepare(self.project, pipeline, self.registry, self._resolver, streams=only)
        with told(prepared.connections.secrets):
            return {chain.name: _door("local.explain_sql").chain_sql(chain, dialect) for chain in prepared.plan.chains}

    def reset(self, pipeline: str, *, stream: str | None = None) -> tuple[StreamState, ...]:
        """Forget where a stream, or all, stands; the next run reads from the beginning. Returns what was forgotten."""
        prepared = prepare(self.project, pipeline, self.registry, self._resolver)
        with pipeline_lock(self.home, pipeline), told(prepared.connections.secrets):
            return reset_state(prepared, stream)
