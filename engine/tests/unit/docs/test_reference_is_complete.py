"""The reference names all that can be typed, met or received, and nothing that is not there."""

import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime
from typing import get_args

import click
import pytest
from unit.docs.error_codes import codes
from unit.docs.markdown_pages import page, sections

from headwater.cli.main import main
from headwater.run import events
from headwater.run.report import LoadReport, RunReport
from headwater.run.session import Session

CODE_ROW = re.compile(r"^\| `(?P<code>[a-z0-9_]+\.[a-z0-9_]+)` \| (?P<means>[^|]+) \| (?P<do>[^|]+) \|$", re.MULTILINE)
RESULTS = {"--help", "--version"}


def commands(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


COMMANDS = list(commands(main, "headwater"))


def section_of(path: str) -> str:
    """The text below the heading that begins with the command, arguments or not."""
    found = [
        text for heading, text in sections(page("reference/cli.md")).items() if f"{heading} ".startswith(f"{path} ")
    ]
    assert len(found) == 1, f"docs/reference/cli.md needs one heading `## {path} …`"
    return found[0]


@pytest.mark.parametrize(("path", "command"), COMMANDS, ids=[path for path, _ in COMMANDS])
def test_every_command_and_option_has_its_place_on_the_page(path: str, command: click.Command) -> None:
    text = section_of(path)
    options = [option for option in command.params if isinstance(option, click.Option)]
    missing = [name for option in options for name in option.opts if name.startswith("--") and f"`{name}" not in text]

    assert not [name for name in missing if f", `{name}" not in text and f"{name} " not in text]


def test_the_page_names_no_command_and_no_option_that_is_not_there() -> None:
    there = dict(COMMANDS)
    known = {name for command in there.values() for option in command.params for name in option.opts} | RESULTS
    text = page("reference/cli.md")
    headings = [heading for heading in sections(text) if heading.startswith("headwater ")]

    assert [h for h in headings if not any(f"{h} ".startswith(f"{path} ") for path in there)] == []
    assert {name for name in re.findall(r"`(--[a-z-]+)", text) if name not in known} == set()


def test_every_error_code_of_the_source_is_explained_with_what_to_do() -> None:
    explained = {row["code"] for row in CODE_ROW.finditer(page("reference/errors.md"))}
    source = codes()

    assert sorted(source.exact - explained) == []
    assert [pattern for pattern in source.patterns if not any(re.fullmatch(pattern, code) for code in explained)] == []


def test_no_error_code_is_explained_twice_or_without_being_in_the_source() -> None:
    explained = [row["code"] for row in CODE_ROW.finditer(page("reference/errors.md"))]
    source = codes()
    narrow = [pattern for pattern in source.patterns if pattern != r"config\.unknown_[a-z_]+"]
    unknown = {"pipeline", "connector", "processor", "stream", "variable", "file", "secret"}
    possible = source.exact | {f"config.unknown_{kind}" for kind in unknown}
    stale = [c for c in explained if c not in possible and not any(re.fullmatch(p, c) for p in narrow)]

    assert sorted(code for code in set(explained) if explained.count(code) > 1) == []
    assert stale == []


@pytest.mark.parametrize("event", get_args(events.Event), ids=lambda event: event.__name__)
def test_every_event_has_a_section_that_names_its_facts(event: type) -> None:
    text = sections(page("reference/events.md")).get(event.__name__, "")

    assert text, f"docs/reference/events.md needs a section ## {event.__name__}"
    assert [fact.name for fact in fields(event) if fact.name != "at" and f"`{fact.name}`" not in text] == []


def test_every_key_of_the_report_is_on_its_page() -> None:
    load = LoadReport("s", "d", "t", "replace", "exactly once", "succeeded")
    report = RunReport("r", "p", "succeeded", "local", datetime(2026, 1, 1, tzinfo=UTC), 0.1, (load,)).as_dict()
    loads = report["loads"]
    assert isinstance(loads, list)
    assert isinstance(loads[0], dict)
    text = page("reference/run-report.md")

    assert [key for key in (*report, *loads[0]) if f"`{key}`" not in text] == []
    assert [key for key in loads[0]["rows"] or () if f"`{key}`" not in text] == []  # pyright: ignore[reportGeneralTypeIssues]


def test_every_method_of_a_session_is_on_the_page_of_the_python_api() -> None:
    methods = [name for name, value in vars(Session).items() if callable(value) and not name.startswith("_")]

    assert [name for name in methods if f"`{name}(" not in page("reference/python-api.md")] == []
