"""The example's shop on a server: its exports, its warehouse, its pipeline, and one run of it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from e2e.running import ROOT, Api, Running

_EXAMPLE = ROOT / "examples" / "shop"
_MAKE = (
    "from pathlib import Path; from make_data import *; s = Shop(Path('out/exports')); "
    "s.deliver_customers_and_products(); s.deliver_orders(FIRST)"
)


@dataclass(frozen=True, slots=True)
class Demo:
    """Names of what is there. `run` is the answer of the API for the first run: 10,000 orders, some rejected."""

    pipeline: str
    source: str
    warehouse: str
    run: dict[str, Any]


def set_up(server: Running, api: Api) -> Demo:
    """Names are other than the newcomer's, so that both can be on one server."""
    folder = server.data / "demo"
    folder.mkdir()
    subprocess.run([sys.executable, "-c", _MAKE], cwd=folder, env={"PYTHONPATH": str(_EXAMPLE)}, check=True, timeout=60)
    (folder / "out" / "pii.key").write_text("a key for the tests in the browser, as long as it has to be\n")
    text = (_EXAMPLE / "headwater.yaml").read_text(encoding="utf-8").replace("out/", f"{folder}/out/")
    for name in ("exports", "warehouse"):
        text = text.replace(f"  {name}: {{", f"  shop_{name}: {{").replace(
            f"connector: {name}", f"connector: shop_{name}"
        )
    api("POST", "/apply", {"yaml": text})
    return Demo("shop", "shop_exports", "shop_warehouse", api.run("shop"))
