"""What the API says of pipelines."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from headwater_server.catalog.step_schemas import Body, Table, TypeName
from headwater_server.kit.documents import Description, Document, Text
from headwater_server.kit.names import Name
from headwater_server.pipelines.activity import RecentRuns, RunSummary, ScheduleBrief

EXAMPLE_DOCUMENT: dict[str, Any] = {
    "description": "Orders into the warehouse",
    "sources": [{"connector": "shop", "streams": [{"name": "public.orders", "mode": "incremental"}]}],
    "processors": [{"type": "filter", "config": {"where": "status <> 'test'"}}],
    "destinations": [{"connector": "warehouse", "write": "merge"}],
}
EXAMPLE: dict[str, Any] = {"name": "orders", "document": EXAMPLE_DOCUMENT}


class PipelineIn(Body):
    """A pipeline as it should be."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    name: Name
    document: Document = Field(description="What stands in a project file under the pipeline's name.")
    message: Description | None = Field(default=None, description="Why it was changed; kept with the version.")


class PipelineBrief(BaseModel):
    """A pipeline, as lists show it."""

    id: UUID
    name: str
    description: str | None
    revision: int
    version: int
    created_at: datetime
    updated_at: datetime
    last_run: RunSummary | None
    recent: RecentRuns = Field(description="The last 30 runs, newest last.")
    schedules: list[ScheduleBrief]


class PipelineOut(PipelineBrief):
    """A pipeline with its document."""

    document: dict[str, Any]


class DocumentIn(Body):
    """A pipeline that nobody has saved."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    name: Name = "unsaved"
    document: Document


class ProblemOut(BaseModel):
    """Something a person must change."""

    path: str = Field(description="Dotted path in the document.")
    code: str
    message: str
    hint: str | None


class Validity(BaseModel):
    """Whether a document can be used as it is."""

    valid: bool
    problems: list[ProblemOut]


class PlanOut(BaseModel):
    """What a run would do, load by load."""

    loads: list[dict[str, Any]]


class PreviewAsked(Body):
    """Which stream (all, at most ten, when none is named), after which step (0: as read), how many rows."""

    stream: Annotated[Text, Field(max_length=500)] | None = None
    after: Annotated[int, Field(ge=0, le=1000)] | None = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 50


class PreviewIn(PreviewAsked):
    """A preview of a pipeline that nobody has saved."""

    name: Name = "unsaved"
    document: Document


class RejectedRows(BaseModel):
    """Rows that a step set aside, with the step's name, the rules they broke and what these say."""

    columns: list[dict[str, Any]]
    rows: list[dict[str, Any] | list[Any]]


class PreviewedStream(BaseModel):
    """The first rows of a stream as they stand after a step."""

    stream: str
    after: str
    table: Table
    rejected: RejectedRows


class PreviewOut(BaseModel):
    """Of each stream that was asked for."""

    streams: list[PreviewedStream]


class TryIn(Body):
    """A processor that nobody has saved, and a stream to try it on."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "filter",
                    "config": {"where": "status <> 'test'"},
                    "connector": "shop",
                    "stream": "public.orders",
                }
            ]
        }
    )

    type: TypeName
    config: Document = Field(default={}, description="As in a project file.")
    processor: str | None = Field(default=None, max_length=200, description="The saved one whose secrets it keeps.")
    connector: Annotated[str, Field(min_length=1, max_length=200)]
    stream: Annotated[Text, Field(min_length=1, max_length=500)]
    limit: Annotated[int, Field(ge=1, le=1000)] = 50


class StepSql(BaseModel):
    """The processor's SQL per engine; null where it has none there."""

    duckdb: str | None
    spark: str | None


class TryOut(BaseModel):
    """Rows before and after the processor."""

    before: Table
    after: Table
    rejected: RejectedRows
    changed: list[list[int]] = Field(description="Row and column of `after` whose value was changed.")
    sql: StepSql


class VersionBrief(BaseModel):
    """One saved state of a pipeline."""

    number: int
    name: str
    author: str
    message: str | None
    created_at: datetime
    current: bool


class VersionOut(VersionBrief):
    """One saved state with its document."""

    document: dict[str, Any]


class DiffOut(BaseModel):
    """What changed, as a unified diff of YAML; empty when nothing did."""

    text: str
