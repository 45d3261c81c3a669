"""`make dist`: wheels and sdists of `headwater` and `headwater-server` in dist/, each wheel built from its sdist; then,
for every supported Python of this machine, an empty environment with the wheels alone, in which demo and server run.

Python is looked for on the path and among those of pyenv; which were found, and which were not, is printed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

from try_server import ServerFailed, try_server

ROOT = Path(__file__).resolve().parents[1]
DIST, LOCK = ROOT / "dist", ROOT / "requirements" / "server.txt"
UV = [str(Path(sys.executable).with_name("uv")), "--no-config"]
PYTHONS = ("3.11", "3.12", "3.13")
# What a wheel must have beside its modules, or the product is not whole.
CARRIED = {
    "headwater": ("headwater/py.typed", "headwater/cli/main.py"),
    "headwater_server": (
        "headwater_server/static/index.html",
        "headwater_server/catalog/pages/connectors/postgres.md",
        "headwater_server/db/migrations/env.py",
    ),
}


class Failed(Exception):
    """What is wrong with what was built."""


def main() -> None:
    began = time.monotonic()
    shutil.rmtree(DIST, ignore_errors=True)
    for project in ("engine", "server"):
        build(project)
    for name, carried in CARRIED.items():
        look_into(wheel(name), carried)
    for file in sorted(DIST.glob("*.whl")) + sorted(DIST.glob("*.tar.gz")):
        print(f"dist: built {file.name}, {file.stat().st_size / 1000:,.0f} kB")
    found = {version: python for version in PYTHONS for python in [find_python(version)] if python}
    if not found:
        raise Failed(f"none of Python {', '.join(PYTHONS)} is on this machine")
    for version, python in found.items():
        with tempfile.TemporaryDirectory(prefix="headwater-dist-") as folder:
            try_out(version, python, Path(folder))
    missing = [version for version in PYTHONS if version not in found]
    print(
        f"dist: everything works from the wheels alone on Python {', '.join(found)}"
        + (f"; NOT TRIED, because not on this machine: {', '.join(missing)}" if missing else "")
        + f" ({time.monotonic() - began:.0f} s)"
    )


def build(project: str) -> None:
    """An sdist, and out of it a wheel. What builds them is in the lock already, so nothing is fetched here."""
    command = ["build", "--quiet", "--no-build-isolation", "--python", sys.executable, "--out-dir", str(DIST), project]
    run(UV + command, cwd=ROOT, env={**os.environ, "HEADWATER_UI": "prebuilt"})


def wheel(name: str) -> Path:
    (file,) = DIST.glob(f"{name}-*.whl")
    return file


def look_into(file: Path, carried: tuple[str, ...]) -> None:
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
    missing = [name for name in carried if name not in names]
    strange = [name for name in names if "__pycache__" in name or "/tests/" in name or ".env" in name.split("/")]
    if missing or strange:
        raise Failed(f"{file.name} lacks {missing} and has {strange}, which do not belong there")
    if not any(name.endswith("/licenses/LICENSE") for name in names):
        raise Failed(f"{file.name} has no licence")


def find_python(version: str) -> str | None:
    """A Python of this version that starts; a shim of pyenv may name one that does not."""
    for candidate in candidates(version):
        command = [candidate, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        except OSError:
            continue
        if done.returncode == 0 and done.stdout.strip() == version:
            return candidate
    return None


def candidates(version: str) -> Iterator[str]:
    on_path = shutil.which(f"python{version}")
    if on_path:
        yield on_path
    pyenv = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser() / "versions"
    for folder in sorted(pyenv.glob(f"{version}.*"), reverse=True):
        yield str(folder / "bin" / "python")


def try_out(version: str, python: str, folder: Path) -> None:
    began = time.monotonic()
    environment = folder / "environment"
    run([*UV, "venv", "--quiet", "--python", python, str(environment)])
    headwater, server = wheel("headwater"), wheel("headwater_server")
    # The lock's versions, so that a release is judged by what is in it and not by what others publish meanwhile.
    install = ["pip", "install", "--quiet", "--python", str(environment / "bin" / "python"), "--constraints", str(LOCK)]
    run([*UV, *install, str(headwater), f"{server}[local]"])
    installed = time.monotonic()
    shop = folder / "shop"
    shutil.copytree(ROOT / "examples" / "shop", shop, ignore=shutil.ignore_patterns("out", ".headwater", "__pycache__"))
    said = run([str(environment / "bin" / "python"), str(shop / "demo.py")], cwd=shop, env=clean_environment())
    if "Everything was as it should be" not in said:
        raise Failed(f"the demo did not come to its end on Python {version}:\n{said[-2000:]}")
    demo = time.monotonic()
    try_server(environment / "bin" / "headwater", folder / "home", clean_environment())
    print(
        f"dist: Python {version} ({python}): installed in {installed - began:.0f} s, demo in {demo - installed:.0f} s, "
        f"server in {time.monotonic() - demo:.0f} s"
    )


def clean_environment() -> dict[str, str]:
    """Nothing that could lend the environment a module of the checkout, or settings."""
    ours = ("HEADWATER_", "PYTHON", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def run(command: list[str], cwd: Path | None = None, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode:
        raise Failed(f"{' '.join(command)} ended with {done.returncode}:\n{(done.stdout + done.stderr)[-3000:]}")
    return done.stdout


if __name__ == "__main__":
    try:
        main()
    except (Failed, ServerFailed) as wrong:
        sys.exit(f"dist: {wrong}")
