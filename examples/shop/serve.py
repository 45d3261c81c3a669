"""`make up`: the whole server on this machine, with the demo's shop as its first project.

The shop's exports lie in the server's home folder, made once; the project file is `headwater.yaml` beside this file,
with absolute paths, and goes to the server by `headwater apply`. Applied again, it changes nothing.
"""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from make_data import FIRST, Shop

from headwater_server.cli.first_admin import EMAIL
from headwater_server.settings import Settings, get_settings

HERE = Path(__file__).resolve().parent
HEADWATER = str(Path(sys.executable).with_name("headwater"))
READY_S = 120


def main() -> int:
    settings = get_settings()
    server = subprocess.Popen([HEADWATER, "serve"])
    # Ctrl-C reaches the server too: it stops, and then this ends with it.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: server.send_signal(number) if number == signal.SIGTERM else None)
    if not wait_until_ready(server, settings):
        return server.wait()
    url = f"http://127.0.0.1:{settings.port}"
    folder = settings.home / "demo"
    make_data(folder)
    token = said("tokens", "create", "--user", EMAIL, "--name", "make up", "--days", "1")
    project = folder / "headwater.yaml"
    project.write_text((HERE / "headwater.yaml").read_text().replace("out/", f"{folder}/"))
    applied = subprocess.run(
        [HEADWATER, "apply", "-f", project, "--url", url],
        env={**os.environ, "HEADWATER_TOKEN": token},
        stdout=subprocess.DEVNULL,
        check=False,
    )
    if applied.returncode != 0:
        server.send_signal(signal.SIGTERM)
        server.wait()
        return applied.returncode
    print(f"""
The demo's shop is there. Sign in with this link, which works once:

    {said("users", "link", EMAIL)}

Run it from the page Pipelines, or from a shell (the token lasts a day):

    curl -X POST -H "Authorization: Bearer {token}" {settings.address}/api/pipelines/shop/run

Ctrl-C stops everything.""")
    sys.stdout.flush()
    return server.wait()


def wait_until_ready(server: subprocess.Popen[bytes], settings: Settings) -> bool:
    """False when the server has ended instead; it has said why."""
    deadline = time.monotonic() + READY_S
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with urlopen(f"http://127.0.0.1:{settings.port}/api/readyz", timeout=5) as answer:
                if answer.status == 200:
                    return server.poll() is None
        except (URLError, OSError):
            time.sleep(0.2)
    return False


def make_data(folder: Path) -> None:
    shop = Shop(folder / "exports")
    if not (folder / "exports").exists():
        shop.deliver_customers_and_products()
        shop.deliver_orders(FIRST)
    key = folder / "pii.key"
    if not key.exists():
        key.touch(mode=0o600)
        key.write_text(secrets.token_hex(32))


def said(*command: str) -> str:
    """What a command prints."""
    return subprocess.run([HEADWATER, *command], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
