"""Headwater moves tables from any system to any other, checks and reshapes them on the way, and proves what it did.

    import headwater

    report = headwater.load("headwater.yaml").run("orders")
    assert report.succeeded

Nothing heavy is imported before `load` is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from headwater.run.session import load

__all__ = ["__version__", "load"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name == "load":
        return import_module("headwater.run.session").load
    raise AttributeError(f"module 'headwater' has no attribute {name!r}")
