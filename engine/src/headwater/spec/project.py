"""A project: connectors, processors, pipelines and schedules, as the user wrote them.

References stay unresolved here. A text in the place of a number, a choice or a switch that holds a
reference is kept aside in the document, and the model has the default there; `resolved_pipeline` in
`headwater.spec.load` puts it right.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PrivateAttr

from headwater.sdk.errors import UnknownName
from headwater.spec.base import Config, Name, Plain, SpecModel, nothing_is_empty
from headwater.spec.document import Data, Node
from headwater.spec.paths import BadPath, Path, dotted, read_path
from headwater.spec.pipeline import PipelineSpec
from headwater.spec.problems import Mark, Problem
from headwater.spec.schedule import ScheduleSpec


class ConnectorSpec(SpecModel):
    """A configured link to a system."""

    type: Plain = Field(description="Type of the connector, for example postgres.")
    config: Config = Field(default={}, description="What this type needs to know; see the type's own page.")
    description: str | None = Field(default=None, description="What it is, in a sentence.")
    concurrency: Annotated[int, Field(ge=1, le=1000)] | None = Field(
        default=None,
        description="Runs that may use it at the same time on a server; the others wait in the queue. "
        "Default: any number.",
    )


class ProcessorSpec(SpecModel):
    """A configured step, to be used in any number of pipelines."""

    type: Plain = Field(description="Type of the processor, for example filter.")
    config: Config = Field(default={}, description="What this type needs to know; see the type's own page.")
    description: str | None = Field(default=None, description="What it does, in a sentence.")


@dataclass(frozen=True, slots=True)
class Origin:
    """The document that a project was read from.

    `deferred` are references that wait for their value, by path.
    """

    root: Node = field(repr=False)
    deferred: Mapping[Path, str] = field(default_factory=dict[Path, str], repr=False)


class Project(SpecModel):
    """All of a project file. Two projects are equal when they say the same, wherever it stands."""

    version: Literal[1] = Field(description="Version of this grammar: 1.")
    name: Name | None = Field(default=None, description="Name of the project. Default: that of its folder.")
    connectors: Annotated[dict[Name, ConnectorSpec], BeforeValidator(nothing_is_empty)] = Field(
        default={}, description="Saved connectors, by name."
    )
    processors: Annotated[dict[Name, ProcessorSpec], BeforeValidator(nothing_is_empty)] = Field(
        default={}, description="Saved processors, by name."
    )
    pipelines: Annotated[dict[Name, PipelineSpec], BeforeValidator(nothing_is_empty)] = Field(
        default={}, description="Pipelines, by name."
    )
    schedules: Annotated[dict[Name, ScheduleSpec], BeforeValidator(nothing_is_empty)] = Field(
        default={}, description="Schedules, by name."
    )

    # Set once, by `build_project`.
    _origin: Origin = PrivateAttr(default_factory=lambda: Origin(Node(Mark("project"), {})))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Project):
            return NotImplemented
        return self.__dict__ == other.__dict__ and self._origin.deferred == other._origin.deferred

    __hash__ = None  # pyright: ignore[reportAssignmentType]

    @staticmethod
    def built(project: Project, origin: Origin) -> Project:
        """The project with the document it came from."""
        project._origin = origin
        return project

    @property
    def file(self) -> str:
        return self._origin.root.mark.file

    @property
    def directory(self) -> FilePath:
        """The folder that relative paths start from."""
        return FilePath(self.file).parent

    @property
    def origin(self) -> Origin:
        return self._origin

    def data(self) -> Data:
        """What was written, as plain data: shorthands and references as they stand."""
        return self._origin.root.plain()

    def mark(self, path: Path | str) -> Mark:
        """Where a value stands; where its nearest existing parent stands when it was not written."""
        return self._origin.root.mark_of(_as_path(path))

    def where(self, path: Path | str) -> str:
        """`headwater.yaml:12`."""
        return str(self.mark(path))

    def problem(self, path: Path | str, message: str, *, code: str, hint: str | None = None) -> Problem:
        """A problem at this place, for `ProjectInvalid`."""
        parts = _as_path(path)
        return Problem.at(self.mark(parts), dotted(parts), code=code, message=message, hint=hint)

    def names(self, section: str) -> list[str]:
        """The names written in one section (`connectors` …), also of entries that are not valid."""
        node = self._origin.root.child(section)
        return sorted(node.value) if node is not None and isinstance(node.value, dict) else []

    def pipeline(self, name: str) -> PipelineSpec:
        """The pipeline as written, references unresolved. Raises UnknownName."""
        if name not in self.pipelines:
            raise UnknownName("pipeline", name, self.pipelines, place=self.file)
        return self.pipelines[name]


def _as_path(path: Path | str) -> Path:
    if not isinstance(path, str):
        return path
    try:
        return read_path(path)[0]
    except BadPath:
        return (path,)
