"""From a project file to a plan: ask the connectors for the facts, then let the pure passes decide."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from headwater.plan.draft import DestinationFacts, Draft, ProcessorFacts, SourceFacts
from headwater.plan.make import make_plan
from headwater.plan.model import EngineOptions, Plan
from headwater.registry import Registry
from headwater.run.connect import ProjectConnections
from headwater.run.local.errors import first_line
from headwater.sdk.errors import HeadwaterError, InternalError, Unsupported
from headwater.sdk.source import Source
from headwater.sdk.stream import Stream
from headwater.spec.engines import LocalEngine
from headwater.spec.load import resolved_pipeline
from headwater.spec.names import is_glob
from headwater.spec.pipeline import PipelineSpec
from headwater.spec.project import Project
from headwater.spec.references import Resolver
from headwater.spec.steps import SourceStep, StreamSpec

PAGE = 500
# What DuckDB holds for one column in one operator, and how many operators a chain has (measured).
VECTOR_BYTES, OPERATORS_AT_LEAST, OPERATORS_PER_STEP = 16_384, 6, 8


@dataclass(frozen=True, slots=True)
class Prepared:
    """A plan, and the means to run it. `rejects` is where the pipeline wants its quarantine, when it says so."""

    plan: Plan
    spec: PipelineSpec
    connections: ProjectConnections
    rejects: Path | None = None


def prepare(
    project: Project, pipeline: str, registry: Registry, resolver: Resolver, *, streams: tuple[str, ...] = ()
) -> Prepared:
    """Raises ConfigError for all that cannot work. `streams` narrows the run to these streams of the pipeline."""
    spec = resolved_pipeline(project, pipeline, resolver)
    connections = ProjectConnections(project, pipeline, spec, registry, resolver)
    options = _engine_options(spec, project.where(("pipelines", pipeline, "engine")), project.directory)
    with connections.secrets.kept():
        # All configs are validated before the first connection is made.
        processors = _processors(project, pipeline, spec, connections)
        destinations = _destinations(project, pipeline, spec, connections)
        sources = _sources(project, pipeline, spec, connections)
        draft = Draft(pipeline, spec, sources, processors, destinations, connections.filter_of, only=streams)
        return Prepared(
            _roomy(make_plan(draft, options), spec), spec, connections, rejects_folder(project, pipeline, spec)
        )


def rejects_folder(project: Project, pipeline: str, spec: PipelineSpec) -> Path | None:
    """The folder of `quarantine.url`, which stands relative to the project file."""
    url = spec.quarantine.url
    if url is None:
        return None
    path = url.removeprefix("file://")
    if "://" in path:
        raise Unsupported(
            f"{project.where(('pipelines', pipeline, 'quarantine'))}: the quarantine cannot be kept at {url!r} yet",
            hint="name a folder",
            code="config.unsupported_url",
        )
    return project.directory / Path(path).expanduser()


def _processors(
    project: Project, pipeline: str, spec: PipelineSpec, connections: ProjectConnections
) -> tuple[ProcessorFacts, ...]:
    facts: list[ProcessorFacts] = []
    for index, step in enumerate(spec.processors):
        at = ("pipelines", pipeline, "processors", index)
        name = step.name or step.processor or step.type or ""
        kind = step.type or project.processors[step.processor or ""].type
        place = f"{project.where(at)}, processor {index + 1} ({name})"
        facts.append(ProcessorFacts(index + 1, name, kind, step, place, connections.processor(step, at)))
    return tuple(facts)


def _destinations(
    project: Project, pipeline: str, spec: PipelineSpec, connections: ProjectConnections
) -> tuple[DestinationFacts, ...]:
    facts: list[DestinationFacts] = []
    for index, (key, step) in enumerate(zip(connections.destination_keys, spec.destinations, strict=True)):
        place = f"{project.where(('pipelines', pipeline, 'destinations', index))}, destination {key!r}"
        with _named(place):
            destination = connections.destination(key)
            facts.append(DestinationFacts(key, step, place, destination.capabilities()))
            destination.close()
    return tuple(facts)


def _sources(
    project: Project, pipeline: str, spec: PipelineSpec, connections: ProjectConnections
) -> tuple[SourceFacts, ...]:
    facts: list[SourceFacts] = []
    for index, (key, step) in enumerate(zip(connections.source_keys, spec.sources, strict=True)):
        place = f"{project.where(('pipelines', pipeline, 'sources', index))}, source {key!r}"
        with _named(place), closing(connections.source(key)) as source:
            facts.append(SourceFacts(key, step, place, _streams(source, step)))
    return tuple(facts)


@contextmanager
def _named(place: str) -> Iterator[None]:
    """What a plugin raises without meaning to, as an error that says where."""
    try:
        yield
    except HeadwaterError:
        raise
    except Exception as error:
        message = f"{place}: {type(error).__name__}: {first_line(error)}"
        raise InternalError(message, hint="this is a bug of the connector", code="internal.connector_failed") from error


def _streams(source: Source, step: SourceStep) -> tuple[Stream, ...]:
    """Every stream that the step's names and globs may mean. A name is described, a glob is discovered page by page."""
    found: dict[str, Stream] = {}
    for spec in step.streams:
        for stream in _matching(source, spec):
            found.setdefault(stream.name, stream)
    return tuple(found.values())


def _matching(source: Source, spec: StreamSpec) -> list[Stream]:
    if not is_glob(spec.name):
        return [source.describe(spec.name)]
    streams: list[Stream] = []
    after: str | None = None
    while True:
        page = source.discover(spec.name, after=after, limit=PAGE)
        # A stream that cannot be read is listed without columns; describing it says why.
        streams.extend(stream if stream.schema.names else source.describe(stream.name) for stream in page.streams)
        if page.next is None:
            return streams
        after = page.next


def _roomy(plan: Plan, spec: PipelineSpec) -> Plan:
    """Room for wide tables, where nobody has set a limit: each operator of a query holds a vector of every column, in
    each thread.
    """
    if not isinstance(spec.engine, LocalEngine) or spec.engine.memory is not None:
        return plan
    threads = plan.engine.threads or os.cpu_count() or 1
    operators = [
        (len(chain.scan.columns), OPERATORS_AT_LEAST + OPERATORS_PER_STEP * len(chain.steps)) for chain in plan.chains
    ]
    needed = max((columns * count for columns, count in operators), default=0) * threads * VECTOR_BYTES // 1_000_000
    return replace(plan, engine=replace(plan.engine, memory_mb=max(plan.engine.memory_mb, needed)))


def _engine_options(spec: PipelineSpec, place: str, directory: Path) -> EngineOptions:
    engine = spec.engine
    if not isinstance(engine, LocalEngine):
        raise Unsupported(
            f"{place}: the engine {engine.type!r} is not part of this version",
            hint="use `engine: local`",
            code="config.unsupported_engine",
        )
    default, limit = EngineOptions(), spec.quarantine.limit
    return EngineOptions(
        threads=engine.threads,
        memory_mb=max(64, engine.memory // 1_000_000) if engine.memory else default.memory_mb,
        streams=engine.parallelism or default.streams,
        spill=directory / Path(engine.temp_directory).expanduser() if engine.temp_directory else None,
        stall_timeout_s=engine.stall_timeout.total_seconds(),
        attempts=spec.retries.attempts,
        backoff_s=spec.retries.backoff.total_seconds(),
        longest_backoff_s=spec.retries.max_backoff.total_seconds(),
        jitter=spec.retries.jitter,
        rejected_rows=limit if isinstance(limit, int) else None,
        rejected_share=float(limit.rstrip("%")) / 100 if isinstance(limit, str) else None,
    )
