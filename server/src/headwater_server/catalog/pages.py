"""The documentation pages of types: those in the wheel, those of a checkout, and for a stranger's plugin the text its
package was published with.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError
from importlib.metadata import distribution as find_distribution
from pathlib import Path
from typing import Any

import yaml

_IN_WHEEL = Path(__file__).parent / "pages"
_IN_CHECKOUT = Path(__file__).resolve().parents[4] / "docs"
_OURS = "headwater"
_FENCE = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


@dataclass(frozen=True, slots=True)
class PluginPage:
    """A page in Markdown, and what a list shows of it."""

    text: str

    @property
    def first_sentence(self) -> str:
        """Without links and marks; empty when there is no page."""
        for block in self.text.split("\n\n"):
            if block and not block.lstrip().startswith(("#", "|", "```", "-", "<", "!")):
                plain = _LINK.sub(r"\1", " ".join(block.split())).replace("`", "").replace("**", "")
                return re.split(r"(?<=[.!?])\s", plain, maxsplit=1)[0].rstrip(":")
        return ""

    def step_example(self, type_name: str) -> dict[str, Any] | None:
        """The first step of this type in the page's YAML blocks."""
        for block in _FENCE.findall(self.text):
            try:
                found = _step_in(yaml.safe_load(block), type_name)
            except yaml.YAMLError:
                continue
            if found is not None:
                return found
        return None


def page(folder: str, type_name: str, distribution: str) -> PluginPage:
    """`folder` is connectors or processors."""
    if distribution == _OURS:
        for root in (_IN_WHEEL, _IN_CHECKOUT):
            file = root / folder / f"{type_name}.md"
            if file.is_file():
                return PluginPage(file.read_text(encoding="utf-8"))
        return PluginPage("")
    try:
        published = find_distribution(distribution).read_text("METADATA") or ""
    except PackageNotFoundError:
        return PluginPage("")
    return PluginPage(published.partition("\n\n")[2])


def _step_in(value: Any, type_name: str) -> dict[str, Any] | None:
    if isinstance(value, dict):
        if value.get("type") == type_name:
            return value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            if (found := _step_in(item, type_name)) is not None:
                return found
    return None
