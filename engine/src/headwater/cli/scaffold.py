"""What `headwater new` makes: a package whose own tests pass at once. `render` is pure, `write` never overwrites."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path, PurePosixPath
from string import Template
from typing import Literal

from headwater.sdk.errors import ConfigError

Kind = Literal["connector", "processor"]

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_LONGEST_NAME = 40
_COMMON = {
    "pyproject.toml.tmpl": "pyproject.toml",
    "README.md.tmpl": "README.md",
    "__init__.py.tmpl": "src/${package}/__init__.py",
    "test_suite.py.tmpl": "tests/test_${name}.py",
}
# Template → where it goes in the new package.
_LAYOUT: Mapping[Kind, Mapping[str, str]] = {
    "connector": {
        **_COMMON,
        **{
            f"{module}.py.tmpl": f"src/${{package}}/{module}.py"
            for module in ("config", "manifest", "source", "load", "destination")
        },
    },
    "processor": {**_COMMON, "processor.py.tmpl": "src/${package}/processor.py"},
}


def render(kind: Kind, name: str) -> dict[PurePosixPath, str]:
    """Path below the new folder → text, in path order. Raises ConfigError for a name that cannot be a plugin's."""
    facts = _facts(kind, name)
    templates = files("headwater.cli") / "templates" / kind
    rendered = {
        PurePosixPath(Template(path).substitute(facts)): Template(
            (templates / template).read_text(encoding="utf-8")
        ).substitute(facts)
        for template, path in _LAYOUT[kind].items()
    }
    rendered[PurePosixPath("src", facts["package"], "py.typed")] = ""
    return dict(sorted(rendered.items()))


def folder_name(name: str) -> str:
    """The new package's folder, and its distribution."""
    return f"headwater-{name.replace('_', '-')}"


def write(rendered: Mapping[PurePosixPath, str], folder: Path) -> None:
    """Raises ConfigError, and writes nothing, when the folder exists and is not empty."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConfigError(
            f"{str(folder)!r} is there already",
            hint="nothing is overwritten: choose another name, or another place with --into",
            code="new.exists",
        )
    for path, text in rendered.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def _facts(kind: Kind, name: str) -> dict[str, str]:
    if not _NAME.fullmatch(name) or keyword.iskeyword(name) or len(name) > _LONGEST_NAME:
        near = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
        proposal = f"; for example {near}" if _NAME.fullmatch(near) and not keyword.iskeyword(near) else ""
        raise ConfigError(
            f"{name!r} cannot be the name of a {kind}",
            hint=f"lower-case letters, digits and single underscores, at most {_LONGEST_NAME}{proposal}",
            code="new.invalid_name",
        )
    words = name.split("_")
    return {
        "name": name,
        "package": f"headwater_{name}",
        "distribution": folder_name(name),
        "class_name": "".join(word.capitalize() for word in words),
        "title": " ".join([words[0].capitalize(), *words[1:]]),
    }
