"""Reads project files, and settles the references of one pipeline when it is about to run.

Promises: all problems are reported at once; reading touches no system but the file itself; nothing is
looked up before `resolved_pipeline`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path as FilePath

from pydantic import ValidationError

from headwater.sdk.errors import ConfigError
from headwater.spec.build import build_project
from headwater.spec.cross_references import pipeline_problems
from headwater.spec.document import Data, node_of
from headwater.spec.paths import Path
from headwater.spec.pipeline import PipelineSpec
from headwater.spec.problems import Mark, ProjectInvalid
from headwater.spec.project import Project
from headwater.spec.references import Resolver
from headwater.spec.resolve import resolve_data
from headwater.spec.validation import Translator
from headwater.spec.yaml_document import compose, decode

DEFAULT_FILE = "headwater.yaml"


def load_project(path: str | FilePath, *, overrides: Sequence[str] = ()) -> Project:
    """Read a project file, or `headwater.yaml` of a folder.

    `overrides` are texts `path=value`. Raises ProjectInvalid.
    """
    file = FilePath(path)
    if file.is_dir():
        file = file / DEFAULT_FILE
    try:
        raw = file.read_bytes()
    except FileNotFoundError as error:
        raise _no_file(file) from error
    except OSError as error:
        raise ConfigError(f"{file} cannot be read: {error.strerror}", code="config.no_project") from error
    return parse_project(decode(raw, str(file)), str(file), overrides=overrides)


def parse_project(text: str, filename: str = DEFAULT_FILE, *, overrides: Sequence[str] = ()) -> Project:
    """Read a project from YAML text (JSON is YAML too). Raises ProjectInvalid."""
    return build_project(compose(text, filename), overrides)


def project_of(data: Mapping[str, Data], name: str = "project", *, overrides: Sequence[str] = ()) -> Project:
    """Make a project of plain data, as an API sends it. Raises ProjectInvalid, without lines."""
    return build_project(node_of(dict(data), Mark(name)), overrides)


def resolved_pipeline(project: Project, name: str, resolver: Resolver) -> PipelineSpec:
    """The pipeline with its references replaced, but for those in a plugin's `config`: see `plugin_config`.

    Only this pipeline's references are looked up. Raises UnknownName, and ProjectInvalid naming every
    reference that has no value.
    """
    pipeline = project.pipeline(name)
    at: Path = ("pipelines", name)
    written = project.origin.root.find(at)
    if written is None:
        return pipeline
    data, problems = resolve_data(written, resolver, at, skip=_is_config)
    if problems:
        raise ProjectInvalid(problems)
    if data == written.plain():
        return pipeline
    try:
        resolved = PipelineSpec.model_validate(data)
    except ValidationError as error:
        # Not chained: pydantic's own text may quote a value that came through a reference.
        translator = Translator(project.origin.root, PipelineSpec, at, quotes=False)
        raise ProjectInvalid(translator.problems(error)) from None
    unknown = list(pipeline_problems(project.origin.root, name, node_of(data, written.mark)))
    if unknown:
        raise ProjectInvalid(unknown)
    return resolved


def _is_config(path: Path) -> bool:
    """`pipelines.NAME.sources[0].config`, and its like in the other kinds of step."""
    return len(path) == 5 and path[4] == "config"


def _no_file(file: FilePath) -> ConfigError:
    folder = file.parent
    near = sorted(path.name for path in folder.glob("*.y*ml")) if folder.is_dir() else []
    found = f"in {folder} there is: {', '.join(near[:10])}" if near else f"{folder} holds no YAML file"
    return ConfigError(
        f"there is no project file {file}",
        hint=f"{found}; name another with -f FILE",
        code="config.no_project",
    )
