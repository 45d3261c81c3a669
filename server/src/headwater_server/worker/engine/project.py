"""From a request to a session: the project as data, secrets handed over beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from headwater.registry import installed
from headwater.run.session import Session
from headwater.sdk.errors import ConfigError
from headwater.spec.load import project_of
from headwater.spec.references import Environment, Files, Resolver


@dataclass(frozen=True, slots=True)
class GivenSecrets:
    """`${secret:…}`: what the worker unsealed for this request, and nothing else."""

    values: Mapping[str, str] = field(repr=False)

    def get(self, name: str) -> str | None:
        return self.values.get(name)

    def missing(self, name: str) -> str:
        if name.startswith("connector."):
            return f"give the connector its secret again: {name.removeprefix('connector.')}"
        return f"store a secret named {name} on the server"


def session_of(request: Mapping[str, Any]) -> Session:
    """`directory` is where relative paths start; `home` where locks and spilled data stand. Raises ConfigError."""
    directory, home = Path(request["directory"]), Path(request["home"])
    for folder in (directory, home):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as cause:
            raise ConfigError(
                f"{folder} cannot be made on the worker: {cause.strerror}",
                hint="set HEADWATER_HOME to a folder that the worker may write",
                code="config.home_not_writable",
            ) from cause
    project = project_of(request["project"], str(directory / "project"))
    secrets = GivenSecrets(request.get("secrets", {}))
    resolver = Resolver({"env": Environment(), "file": Files(directory), "secret": secrets})
    return Session(project, installed(), home, resolver)
