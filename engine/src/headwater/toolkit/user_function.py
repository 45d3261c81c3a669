"""A function that a user wrote, by its name in a file or in an installed package.

Whether it is there is found by reading, without running anything; loading it runs the code of its file or module.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import sys
from collections.abc import Callable
from hashlib import blake2s
from pathlib import Path
from types import ModuleType

import pyarrow as pa

from headwater.sdk.errors import ConfigError, nearest_hint

UserFunction = Callable[..., pa.RecordBatch]


def look_for_function(function: str, *, file: str | None, place: str) -> None:
    """`function` is a name in the file, or `module:function` without one. Raises ConfigError when it is not there."""
    if file is None:
        module = function.partition(":")[0]
        if importlib.util.find_spec(module.partition(".")[0]) is None:
            raise ConfigError(
                f"{place}.function: there is no module {module!r}",
                hint="install the package beside Headwater, or give the `file`",
                code="config.unknown_module",
            )
        return
    names = sorted(_names(_tree(file, place)))
    if function not in names:
        raise ConfigError(
            f"{place}.function: there is no {function!r} in {file}",
            hint=nearest_hint(function, names),
            code="config.unknown_function",
        )


def load_function(function: str, *, file: str | None, place: str) -> UserFunction:
    """Runs the file or imports the module. Raises ConfigError when that fails or the name is no function."""
    module_name, _, name = function.rpartition(":")
    origin = file or module_name
    try:
        if file is None:
            module = importlib.import_module(module_name)  # noqa: TID251  the user names it in the project file
        else:
            module = _file_module(Path(file).expanduser())
    except Exception as cause:
        raise ConfigError(
            f"{place}: {origin} cannot be loaded: {type(cause).__name__}: {cause}",
            hint="it must be importable by itself, with the packages that are installed beside Headwater",
            code="config.function_not_loaded",
        ) from cause
    found = getattr(module, name, None)
    if not callable(found):
        raise ConfigError(
            f"{place}.function: {name!r} of {origin} is no function",
            hint=nearest_hint(name, sorted(key for key, value in vars(module).items() if callable(value))),
            code="config.unknown_function",
        )
    return found


def _tree(file: str, place: str) -> ast.Module:
    try:
        return ast.parse(Path(file).expanduser().read_text(encoding="utf-8"), file)
    except (OSError, UnicodeDecodeError) as cause:
        raise ConfigError(
            f"{place}.file: {file} cannot be read ({type(cause).__name__})",
            hint="a relative path starts at the folder of the project file",
            code="config.file_not_found",
        ) from cause
    except SyntaxError as cause:
        raise ConfigError(
            f"{place}.file: {file}, line {cause.lineno}: {cause.msg}",
            hint="correct the file",
            code="config.syntax_error",
        ) from cause


def _names(tree: ast.Module) -> set[str]:
    """What the file defines or imports at its top."""
    found: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {alias.asname or alias.name for alias in node.names}
    return found


def _file_module(path: Path) -> ModuleType:
    """The file as a module of its own, whose name tells it from other files of that name."""
    name = f"headwater_project_{blake2s(str(path.resolve()).encode(), digest_size=6).hexdigest()}_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path.name} is no Python file; its name must end with .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
