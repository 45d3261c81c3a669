"""Looks at a page: no serious violation of WCAG 2.2 AA in light and dark, nothing beyond the edge at 390 px, pictures.

The rules are axe-core's, from the web UI's development dependencies. Pictures go to the folder that HEADWATER_SHOTS
names (`make e2e`: build/shots), and to none otherwise: NAME.png, NAME-dark.png, NAME-narrow.png.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal

import pytest
from e2e.running import ROOT
from playwright.sync_api import Page, ViewportSize

AXE = ROOT / "frontend/node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SERIOUS = {"serious", "critical"}
TALLEST = 2600
NARROW: ViewportSize = {"width": 390, "height": 844}

# What reaches beyond the right edge and does not lie in a part that scrolls by itself.
_OVERFLOWING = """() => {
  const edge = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= edge) return [];
  const scrolls = (e) => e && e !== document.body &&
    (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(e).overflowX) || scrolls(e.parentElement));
  return [...document.body.querySelectorAll("*")]
    .filter((e) => e.getBoundingClientRect().right > edge + 1 && !scrolls(e.parentElement))
    .slice(0, 5)
    .map((e) => `<${e.localName} class="${e.getAttribute("class")}"> ${(e.textContent ?? "").slice(0, 30)}`);
}"""


@cache
def _axe_source() -> str:
    if not AXE.exists():
        pytest.fail("axe-core is not there: run `make ui` first")
    return AXE.read_text(encoding="utf-8")


def violations(page: Page, rules: Sequence[str] | None = None) -> list[str]:
    """Serious and critical findings, each with the element it is about."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_axe_source())
    only = {"type": "rule", "values": list(rules)} if rules else {"type": "tag", "values": TAGS}
    found: dict[str, Any] = page.evaluate("(options) => axe.run(document, options)", {"runOnly": only})
    return [
        f"{one['impact']} {one['id']}: {one['help']}: {node['html'][:200]} ({node['failureSummary']})"
        for one in found["violations"]
        if one["impact"] in SERIOUS
        for node in one["nodes"]
    ]


class Look:
    """Judges a page as it stands now, and keeps a picture of it in light, dark and narrow."""

    def __init__(self) -> None:
        folder = os.environ.get("HEADWATER_SHOTS")
        self.folder = Path(folder) if folder else None
        if self.folder is not None:
            self.folder.mkdir(parents=True, exist_ok=True)

    def __call__(self, page: Page, name: str, *, narrow: bool = True) -> None:
        wide = page.viewport_size
        page.evaluate("() => document.fonts.ready")
        found = [f"{name}: {one}" for one in violations(page)]
        self.shoot(page, name)
        self._scheme(page, "dark")
        found += [f"{name}, dark: {one}" for one in violations(page, ["color-contrast"])]
        self.shoot(page, f"{name}-dark")
        self._scheme(page, "light")
        if narrow and wide is not None:
            page.set_viewport_size(NARROW)
            page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
            found += [f"{name}, 390 px wide, beyond the edge: {one}" for one in page.evaluate(_OVERFLOWING)]
            self.shoot(page, f"{name}-narrow")
            page.set_viewport_size(wide)
        assert not found, "\n".join(found)

    def shoot(self, page: Page, name: str) -> None:
        wide = page.viewport_size
        if self.folder is None or wide is None:
            return
        # In a window as high as the page, what sticks to its edges stands where it belongs.
        height = page.evaluate("() => document.documentElement.scrollHeight")
        page.set_viewport_size({"width": wide["width"], "height": min(max(height, wide["height"]), TALLEST)})
        page.screenshot(path=self.folder / f"{name}.png", animations="disabled")
        page.set_viewport_size(wide)

    @staticmethod
    def _scheme(page: Page, scheme: Literal["light", "dark"]) -> None:
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function("(scheme) => document.documentElement.dataset.mantineColorScheme === scheme", arg=scheme)
