"""Parts of pyarrow that a small run does not need, imported when they are first used: the start is part of the product.

`pyarrow.compute` wraps some three hundred functions when it is imported and `pyarrow.parquet` brings file systems and
`ssl`; together a tenth of what ten rows cost.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any


class _Deferred:
    """Stands for a module; what is asked of it once is kept."""

    def __init__(self, module: str) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = getattr(import_module(self._module), name)
        setattr(self, name, value)
        return value


compute: Any = _Deferred("pyarrow.compute")
parquet: Any = _Deferred("pyarrow.parquet")
