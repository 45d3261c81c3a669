"""The config of a connector or processor, taken apart into what may be shown and what is sealed.

Promises: what is stored was valid for the type; a secret stands in `sealed` and nowhere else; a secret that is left out
of a change keeps its value, null clears it; a value that is a reference is no secret and is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from headwater.sdk.errors import ConfigError
from headwater.spec.load import project_of
from headwater.spec.paths import Path, dotted, read_path
from headwater.spec.plugin_config import PluginUse, config_problems
from headwater.spec.problems import Problem, ProjectInvalid
from headwater.spec.references import BadReference, parse_references
from headwater_server.catalog.secret_fields import is_secret, secret_places
from headwater_server.catalog.service import Catalog, StepKind
from headwater_server.kit.encryption import Sealer, WrongKey
from headwater_server.kit.nested import ABSENT, value_at, with_value, without_value
from headwater_server.kit.problems import Invalid

Config = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stored:
    """As it stands in the database: `sealed` by dotted path of the config."""

    name: str
    type: str
    config: Config
    sealed: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)


def secret_name(kind: StepKind, name: str, path: str) -> str:
    """What a stored secret is called in `${secret:…}`, and the context that it is sealed in."""
    return f"{kind}.{name}.{path}"


def written(kind: StepKind, stored: Stored) -> Config:
    """The config as it stands in a project file: a reference for every secret."""
    config = stored.config
    for path in stored.sealed:
        config = with_value(config, read_path(path)[0], f"${{secret:{secret_name(kind, stored.name, path)}}}")
    return config


def sealed_names(kind: StepKind, stored: Stored) -> dict[str, str]:
    """The sealed values, by the names that `written` refers to them with."""
    return {secret_name(kind, stored.name, path): value for path, value in stored.sealed.items()}


def accept(catalog: Catalog, sealer: Sealer, kind: StepKind, given: Stored, before: Stored | None = None) -> Stored:
    """What to store of a config that a user gave in clear. Raises Invalid with every problem, paths as in the
    resource's document.
    """
    schema = _schema(catalog, kind, given)
    config, fresh, cleared = _taken_apart(kind, given, schema, before)
    kept = _kept(given, schema, before, cleared | fresh.keys())
    try:
        _validate(catalog, kind, given, _with_kept(kind, given.name, config, kept), fresh)
    except Invalid as error:
        needless = _needless(error, kept)
        if not needless:
            raise
        kept = {place: value for place, value in kept.items() if place not in needless}
        _validate(catalog, kind, given, _with_kept(kind, given.name, config, kept), fresh)
    sealed = {place: _sealed(sealer, kind, given.name, place, text, before) for place, text in fresh.items()}
    for path, value in kept.items():
        assert before is not None
        sealed[path] = _moved(sealer, value, secret_name(kind, before.name, path), secret_name(kind, given.name, path))
    return Stored(given.name, given.type, config, sealed)


def _sealed(sealer: Sealer, kind: StepKind, name: str, place: str, text: str, before: Stored | None) -> str:
    """The value that is stored already stays as it is: saving the same twice changes nothing."""
    context = secret_name(kind, name, place)
    stored = before.sealed.get(place) if before is not None and before.name == name else None
    if stored is not None:
        try:
            if sealer.unseal(stored, context) == text:
                return stored
        except WrongKey:
            pass
    return sealer.seal(text, context)


def _moved(sealer: Sealer, sealed: str, old: str, new: str) -> str:
    """The same value under another name."""
    return sealed if old == new else sealer.seal(sealer.unseal(sealed, old), new)


def _schema(catalog: Catalog, kind: StepKind, given: Stored) -> dict[str, Any]:
    try:
        return catalog.schema(kind, given.type)
    except ConfigError as error:
        raise invalid(kind, [Problem(error.public_code, error.message, "type", "", hint=error.hint)]) from error


def _taken_apart(
    kind: StepKind, given: Stored, schema: dict[str, Any], before: Stored | None
) -> tuple[Config, dict[str, str], set[str]]:
    """The config without secrets, the new secrets, and the paths of those that null cleared."""
    config, fresh, problems = given.config, dict[str, str](), list[Problem]()
    cleared = {path for path in (before.sealed if before else ()) if value_at(config, read_path(path)[0]) is None}
    for path in secret_places(config, schema):
        text, place = value_at(given.config, path), dotted(path)
        try:
            parts = parse_references(text)
        except BadReference as error:
            problems.append(Problem(BadReference.code, error.message, f"config.{place}", "", hint=error.hint))
            continue
        plain = [part for part in parts if isinstance(part, str)]
        if before is not None and place in before.sealed and text == _own_reference(kind, before.name, place):
            config = without_value(config, path)
        elif len(plain) == len(parts):
            fresh[place] = "".join(plain)
            config = without_value(config, path)
        elif plain:
            problems.append(_mixed(place))
    if problems:
        raise invalid(kind, problems)
    for place in cleared:
        config = without_value(config, read_path(place)[0])
    return config, fresh, cleared


def _own_reference(kind: StepKind, name: str, place: str) -> str:
    return f"${{secret:{secret_name(kind, name, place)}}}"


def _mixed(place: str) -> Problem:
    return Problem(
        code="config.mixed_secret",
        message="a secret is either a value or a reference, not both in one text",
        path=f"config.{place}",
        file="",
        hint="store the whole text as a secret (PUT /api/secrets/NAME) and write ${secret:NAME}",
    )


def _kept(given: Stored, schema: dict[str, Any], before: Stored | None, gone: set[str]) -> dict[str, str]:
    """Stored secrets that the change leaves out, where there is still a place for them."""
    if before is None or before.type != given.type:
        return {}
    kept: dict[str, str] = {}
    for place, value in before.sealed.items():
        path = read_path(place)[0]
        parent, written_there = value_at(given.config, path[:-1]), value_at(given.config, path)
        own = isinstance(written_there, str) and place not in gone and written_there.startswith("${secret:")
        missing = written_there is ABSENT and isinstance(parent, dict)
        if place not in gone and (missing or (own and place in written_there)) and is_secret(path, schema):
            kept[place] = value
    return kept


def _needless(error: Invalid, kept: Mapping[str, str]) -> set[str]:
    """Kept secrets that the changed config has no key for any more, for example after another method was chosen."""
    problems: Any = error.facts.get("problems", ())
    unknown = {item["path"] for item in problems if item["code"] == "config.unknown_key"}
    return {place for place in kept if f"config.{place}" in unknown}


def _with_kept(kind: StepKind, name: str, config: Config, kept: Mapping[str, str]) -> Config:
    return written(kind, Stored(name, "", config, kept))


def _validate(catalog: Catalog, kind: StepKind, given: Stored, config: Config, fresh: Mapping[str, str]) -> None:
    """Against the models of all sides; new secrets are looked at with their value, kept ones pass as references."""
    for place, text in fresh.items():
        config = with_value(config, read_path(place)[0], text.replace("${", "$${"))
    section = f"{kind}s"
    at: Path = (section, given.name)
    data: dict[str, Any] = {"version": 1, section: {given.name: {"type": given.type, "config": config}}}
    problems: list[Problem] = []
    try:
        project = project_of(data)
        for side, model in catalog.config_types(kind, given.type).items():
            problems += config_problems(project, PluginUse(side, given.type, at, given.name, config), model)
    except ProjectInvalid as error:
        problems += error.problems
    except ConfigError as error:
        problems.append(Problem(error.public_code, error.message, "type", "", hint=error.hint))
    if problems:
        raise invalid(kind, problems, f"{dotted(at)}.")


class InvalidConnector(Invalid):
    """A connector that cannot be saved as it is."""

    code = "connectors.invalid"


class InvalidProcessor(Invalid):
    """A processor that cannot be saved as it is."""

    code = "processors.invalid"


class InvalidPipeline(Invalid):
    """A pipeline that cannot be saved as it is."""

    code = "pipelines.invalid"


_INVALID = {"connector": InvalidConnector, "processor": InvalidProcessor, "pipeline": InvalidPipeline}


def invalid(kind: str, problems: list[Problem], prefix: str = "") -> Invalid:
    """One error for all problems; paths lose what names the resource itself."""
    unique = list(dict.fromkeys(problems))
    items = [{**problem.as_dict(), "path": problem.path.removeprefix(prefix)} for problem in unique]
    first = items[0]
    detail = f"{first['path']}: {first['message']}" if len(items) == 1 else f"{len(items)} things are wrong"
    hint = unique[0].hint if len(items) == 1 else None
    return _INVALID[kind](detail, hint=hint, problems=items)
