"""`make dist`: wheels and sdists of `headwater` and `headwater-server` in dist/, each wheel built from its sdist; then,
for every supported Python of this machine, an empty environment in which pip installs the engine's wheel, which runs
the demo, and then the server's, which is used as by a newcomer. An sdist is also built again from what is in it.

Python is looked for on the path and among those of pyenv; which were found, and which were not, is printed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

from try_server import ServerFailed, try_server

ROOT = Path(__file__).resolve().parents[1]
DIST, LOCK = ROOT / "dist", ROOT / "requirements" / "server.txt"
UV = [str(Path(sys.executable).with_name("uv")), "--no-config"]
# What builds them is in the lock already, so nothing is fetched for it.
BUILD = [*UV, "build", "--quiet", "--no-build-isolation", "--python", sys.executable]
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
        builds_again_from_itself(name)
    for file in sorted(DIST.glob("*.whl")) + sorted(DIST.glob("*.tar.gz")):
        print(f"dist: built {file.name}, {file.stat().st_size / 1000:,.0f} kB")
    found = {version: python for version in PYTHONS for python in [find_python(version)] if python}
    if not found:
        raise Failed(f"none of Python {', '.join(PYTHONS)} is on this machine")
    for version, python in found.items():
        with tempfile.TemporaryDirectory(prefix="headwater-dist-") as folder:
            try_out(version, python, Path(folder))
    print(
        f"dist: everything works from the wheels alone on Python {', '.join(found)} ({time.monotonic() - began:.0f} s)"
    )
    for version in PYTHONS:
        if version not in found:
            print(f"dist: TEST SKIPPED on Python {version}, which is not on this machine", file=sys.stderr)


def build(project: str) -> None:
    """An sdist, and out of it a wheel."""
    run([*BUILD, "--out-dir", str(DIST), project], cwd=ROOT, env={**os.environ, "HEADWATER_UI": "prebuilt"})


def builds_again_from_itself(name: str) -> None:
    """What is unpacked from an sdist makes the same sdist and the same wheel: who repackages it has the whole of it."""
    (sdist,) = DIST.glob(f"{name}-*.tar.gz")
    with tempfile.TemporaryDirectory(prefix="headwater-dist-") as folder:
        with tarfile.open(sdist) as archive:
            files = sorted(archive.getnames())
            archive.extractall(folder, filter="data")
        again = Path(folder) / "again"
        run([*BUILD, "--out-dir", str(again), str(Path(folder) / sdist.name.removesuffix(".tar.gz"))], cwd=Path(folder))
        with tarfile.open(again / sdist.name) as archive:
            differ = set(files) ^ set(archive.getnames())
        with zipfile.ZipFile(wheel(name)) as first, zipfile.ZipFile(again / wheel(name).name) as second:
            differ |= set(first.namelist()) ^ set(second.namelist())
    if differ:
        raise Failed(f"{sdist.name}, unpacked and built again, differs in {sorted(differ)[:20]}")


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
    run([python, "-m", "venv", str(folder / "environment")], env=clean_environment())
    programs = folder / "environment" / "bin"
    pip_installs(programs, wheel("headwater"), folder)
    engine = time.monotonic()
    shop = folder / "shop"
    shutil.copytree(ROOT / "examples" / "shop", shop, ignore=shutil.ignore_patterns("out", ".headwater", "__pycache__"))
    said = run([str(programs / "python"), str(shop / "demo.py")], cwd=shop, env=clean_environment())
    if "Everything was as it should be" not in said:
        raise Failed(f"the demo did not come to its end on Python {version}:\n{said[-2000:]}")
    demo = time.monotonic()
    pip_installs(programs, wheel("headwater_server"), folder)
    server = time.monotonic()
    try_server(programs / "headwater", folder / "home", clean_environment())
    print(
        f"dist: Python {version} ({python}): engine installed in {engine - began:.0f} s, demo {demo - engine:.0f} s; "
        f"server installed in {server - demo:.0f} s, used as by a newcomer {time.monotonic() - server:.0f} s",
        flush=True,
    )


def pip_installs(programs: Path, file: Path, folder: Path) -> None:
    """As users do, but with the lock's versions: a release is judged by what is in it, not by what others publish."""
    versions = folder / "versions.txt"
    versions.write_text(
        "\n".join(re.findall(r"^[^\s#-].*?(?=\s*\\?$)", LOCK.read_text(encoding="utf-8"), re.MULTILINE))
    )
    pip = [str(programs / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run([*pip, "--constraint", str(versions), str(file)], env=clean_environment())


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
