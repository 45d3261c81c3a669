"""A project as YAML text that reads back as the same project; references stay references.

Texts that any YAML reader, of version 1.1 or 1.2, could take for something else are quoted.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from headwater.spec.document import Data
from headwater.spec.project import Project

# What YAML 1.2's core schema reads as a number and PyYAML, which speaks 1.1, does not.
_ONLY_1_2 = re.compile(
    r"(?:0o[0-7]+|[-+]?[0-9]+(?:\.[0-9]*)?[eE][-+]?[0-9]+|[-+]?\.[0-9]+(?:[eE][-+]?[0-9]+)?|[-+]?[0-9]+)\Z"
)
# Line breaks for libyaml and none for YAML 1.2: only escapes keep them.
_BREAKS = re.compile("[\x85\u2028\u2029]")


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        """Two equal lists are two lists, and not an anchor and an alias."""
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    lines = text.split("\n")
    if _BREAKS.search(text):
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')
    foldable = len(lines) > 1 and not any(line.endswith(" ") or "\t" in line for line in lines)
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if foldable else None)


_Dumper.add_representer(str, _text)
_Dumper.add_implicit_resolver("tag:yaml.org,2002:float", _ONLY_1_2, list("-+.0123456789"))


def dump_project(project: Project) -> str:
    return dump_data(project.data())


def dump_data(data: Data) -> str:
    """YAML text of plain data; mappings keep their order."""
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110, default_flow_style=False)
