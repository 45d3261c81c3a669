"""YAML of a contract file as plain data. `NO` is a country, `2024-01-01` a text, `12:30` no number.

Source: YAML 1.2.2, section 10.3.2, core schema, as far as contracts use it.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

_SCALARS = (
    ("tag:yaml.org,2002:bool", r"(?:true|True|TRUE|false|False|FALSE)\Z", "tTfF"),
    ("tag:yaml.org,2002:int", r"[-+]?(?:0|[1-9][0-9]*)\Z", "-+0123456789"),
    ("tag:yaml.org,2002:float", r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)(?:[eE][-+]?[0-9]+)?\Z", "-+.0123456789"),
    ("tag:yaml.org,2002:null", r"(?:~|null|Null|NULL|)\Z", "~nN"),
)


class _Loader(yaml.SafeLoader):
    """Knows four kinds of plain scalars besides text."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012  PyYAML's own attribute, and its own table


for _tag, _pattern, _first in _SCALARS:
    _Loader.add_implicit_resolver(_tag, re.compile(_pattern), list(_first))
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"\Z"), [""])


def parse_yaml(text: str) -> object:
    """Raises ValueError with line and column for what is no YAML."""
    try:
        return yaml.load(text, Loader=_Loader)
    except yaml.MarkedYAMLError as cause:
        mark = cause.problem_mark
        where = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise ValueError(f"{cause.problem or 'it cannot be read'}{where}") from cause
    except yaml.YAMLError as cause:
        raise ValueError("it cannot be read as YAML") from cause
