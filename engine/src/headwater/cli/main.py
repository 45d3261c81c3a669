"""`headwater`: one file per command, each imported only when it is called.

Exit codes: 0 succeeded, 1 the run or the call failed, 2 a person must change something, 130 cancelled. Results go to
stdout, everything for people to stderr.

Other distributions add commands by an entry point of the group `headwater.commands`: it names a table like `COMMANDS`,
but from name to `(module, help)`, in a module that imports nothing heavy; `module` has the click command as `command`.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points

import click

COMMANDS = {
    "run": "Run a pipeline and prove what it did.",
    "check": "Connect both ends and show what a run would do.",
    "preview": "Show the first rows of a stream after any step.",
    "detect": "Find personal data that a pipeline does not protect.",
    "decrypt": "Read values again that anonymize has encrypted.",
    "profile": "Propose quality rules from the rows of a stream.",
    "contract": "Propose a contract from the rows of a stream.",
    "discover": "List the streams of a connector, with columns and keys.",
    "state": "Show or reset where the streams of a pipeline stand.",
    "quarantine": "List, show, replay and dismiss rejected rows.",
    "plugins": "List connector and processor types.",
    "schema": "Print the JSON Schema of the project file or of a type.",
    "new": "Make a package with a connector or processor of your own.",
}
# New objects between two searches; the interpreter's own 700 to 2,000 is for programs that are up already.
GARBAGE_IS_SOUGHT_AFTER = 100_000
GROUP = "headwater.commands"


@cache
def added() -> Mapping[str, tuple[str, str]]:
    """Commands that other distributions bring: module and one line of help, by name. Ours cannot be replaced."""
    tables: list[Mapping[str, tuple[str, str]]] = [entry.load() for entry in entry_points(group=GROUP)]
    return {name: found for table in tables for name, found in table.items() if name not in COMMANDS}


class LazyGroup(click.Group):
    """Knows its commands by name; a command's module is imported when it is called, not when help is shown."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*COMMANDS, *added()]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in COMMANDS:
            return import_module(f"headwater.cli.{cmd_name}_command").command
        if cmd_name in added():
            return import_module(added()[cmd_name][0]).command
        return None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))
        if added():
            with formatter.section("Server"):
                formatter.write_dl([(name, text) for name, (_, text) in added().items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="headwater")
def main() -> None:
    """Move tables from any system to any other, check and reshape them on the way, and prove what was done."""


def program() -> None:
    """The console script: `main` in a process of its own. Its garbage collector does not search again and again through
    modules that are being imported, and stay; and when all is said and every exit handler has run, it ends, without
    taking its modules apart first.
    """
    code: list[int] = []
    atexit.register(_leave, code)  # handlers run last in, first out: whatever registers from here on runs before
    # Else pydantic looks through the metadata of every distribution for plugins of its own: 6 ms, and there are none.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "true")
    gc.set_threshold(GARBAGE_IS_SOUGHT_AFTER, 10, 10)
    try:
        main()
    except SystemExit as end:
        if isinstance(end.code, int):
            code.append(end.code)
        raise


def _leave(code: list[int]) -> None:
    if code:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code[0])


if __name__ == "__main__":
    program()
