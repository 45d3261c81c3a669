"""References inside text values: `${env:NAME}`, `${env:NAME:-default}`, `${file:path}`, `${secret:NAME}`;
`$${` is a plain `${`.

Promises: nothing is looked up before `Resolver.resolve`; a text keeps its references until then, so what is
printed or exported holds no value; a value that was looked up is in no message.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

from headwater.sdk.errors import ConfigError, nearest_hint

_TOKEN = re.compile(r"\$\$\{|\$\{(?P<body>[^}]*)(?P<end>\}?)")
_MAX_FILE_BYTES = 1_000_000


class BadReference(ConfigError):
    """A text with `${` in it that is no reference, or a reference to something that does not exist."""

    code = "config.bad_reference"


@dataclass(frozen=True, slots=True)
class Reference:
    """One `${scheme:name}`. `default` is what follows `:-`, for env only."""

    scheme: str
    name: str
    default: str | None = None

    def __str__(self) -> str:
        return f"${{{self.scheme}:{self.name}}}"


@runtime_checkable
class Provider(Protocol):
    """Where the values of one scheme come from. The server plugs its own stores in here."""

    def get(self, name: str) -> str | None:
        """The value, or None when there is none. Raises ConfigError when there is one that cannot be read."""
        ...

    def missing(self, name: str) -> str:
        """What a person should do when `get` answered None; never holds a value."""
        ...


@dataclass(frozen=True, slots=True)
class Environment:
    """`${env:…}`: the variables of the process, or those given."""

    variables: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)

    def get(self, name: str) -> str | None:
        return self.variables.get(name)

    def missing(self, name: str) -> str:
        near = nearest_hint(name, sorted(self.variables), shown=0)
        guess = near.split("?")[0] + "? " if near.startswith("did you mean") else ""
        return f"{guess}set {name} before the run, or give a default: ${{env:{name}:-…}}"


@dataclass(frozen=True, slots=True)
class Files:
    """`${file:…}`: a file's text without its last line break; a relative path starts at `directory`."""

    directory: Path

    def get(self, name: str) -> str | None:
        path = self.directory / Path(name).expanduser()
        try:
            if path.stat().st_size > _MAX_FILE_BYTES:
                raise BadReference(f"{path} is larger than 1 MB", hint="a reference takes one value, not a data file")
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except UnicodeDecodeError as error:
            raise BadReference(f"{path} is not UTF-8 text") from error
        except OSError as error:
            raise BadReference(f"{path} cannot be read: {error.strerror}") from error
        return text.removesuffix("\n").removesuffix("\r")

    def missing(self, name: str) -> str:
        return f"there is no file {self.directory / Path(name).expanduser()}"


@dataclass(frozen=True, slots=True)
class NoSecrets:
    """`${secret:…}` where no secret store is at hand."""

    def get(self, name: str) -> str | None:
        raise BadReference(
            f"there is no secret store here to look up {name!r} in",
            hint=f"the server has one; on the command line use ${{env:{name.upper()}}} or ${{file:path}}",
            code="config.no_secret_store",
        )

    def missing(self, name: str) -> str:
        return f"store a secret named {name}"


@dataclass(frozen=True, slots=True)
class Resolver:
    """Looks references up. `providers` says, per scheme, where."""

    providers: Mapping[str, Provider]

    @staticmethod
    def local(directory: Path, *, secrets: Provider | None = None) -> Resolver:
        """What the command line uses: this process's variables, this machine's files, and a secret store if
        one is given.
        """
        return Resolver({"env": Environment(), "file": Files(directory), "secret": secrets or NoSecrets()})

    def resolve(self, text: str) -> str:
        """The text with every reference replaced.

        Raises BadReference; the message names the reference, never a value.
        """
        return "".join(part if isinstance(part, str) else self.value(part) for part in parse_references(text))

    def value(self, reference: Reference) -> str:
        """The value of one reference. Raises BadReference."""
        provider = self.providers.get(reference.scheme)
        if provider is None:
            raise BadReference(
                f"{reference} cannot be used here",
                hint=nearest_hint(reference.scheme, sorted(self.providers)),
            )
        value = provider.get(reference.name)
        if reference.default is not None and not value:
            return reference.default
        if value is None:
            raise BadReference(
                f"{reference} has no value",
                hint=provider.missing(reference.name),
                code=f"config.unknown_{_KINDS.get(reference.scheme, reference.scheme)}",
            )
        return value


_KINDS = {"env": "variable", "file": "file", "secret": "secret"}
SCHEMES = tuple(_KINDS)


def needs_resolving(value: object) -> bool:
    """Whether the value is a text that means something else than what it says."""
    return isinstance(value, str) and "${" in value


def holds_reference(value: object) -> bool:
    """Whether any text in the value needs resolving."""
    if isinstance(value, Mapping):
        return any(holds_reference(item) for item in value.values())
    if isinstance(value, list | tuple):
        return any(holds_reference(item) for item in value)
    return needs_resolving(value)


def parse_references(text: str) -> tuple[str | Reference, ...]:
    """The text as plain parts, unescaped, and references. Raises BadReference."""
    parts: list[str | Reference] = []
    at = 0
    for found in _TOKEN.finditer(text):
        parts.append(text[at : found.start()])
        parts.append("${" if found["body"] is None else _reference(found))
        at = found.end()
    parts.append(text[at:])
    return tuple(part for part in parts if part != "")


def _reference(found: re.Match[str]) -> Reference:
    if not found["end"]:
        raise BadReference("a `${` is never closed", hint="write ${env:NAME}, or $${ for a plain ${")
    scheme, colon, rest = found["body"].partition(":")
    if not colon:
        name = scheme.strip() or "NAME"
        raise BadReference(
            f"{found[0]} does not say where to look", hint=f"write ${{env:{name}}}, or $${{ for a plain ${{"
        )
    if scheme not in SCHEMES:
        raise BadReference(
            f"{found[0]}: there is no kind of reference named {scheme!r}",
            hint=nearest_hint(scheme, sorted(SCHEMES)),
        )
    name, default = rest, None
    if scheme == "env":
        name, separator, after = rest.partition(":-")
        default = after if separator else None
    if not name.strip():
        raise BadReference(f"{found[0]} names nothing", hint=f"write ${{{scheme}:NAME}}")
    return Reference(scheme, name.strip(), default)
