"""anonymize in whole runs: nothing protected, and no key, is seen anywhere; the report proves it."""

from __future__ import annotations

import csv
import hmac
import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from pyarrow.csv import write_csv as csv_write
from unit.run.reshaped import Data, Works, step, works_at
from unit.run.test_processor_pages import spelled, steps_of, table_of, titled

from headwater.cli.main import main
from headwater.registry import from_entry_points
from headwater.run.session import Session
from headwater.sdk.config import PluginConfig
from headwater.sdk.processor import Evidence, Operation, Output, Project
from headwater.sdk.stream import Json
from headwater.spec.yaml_document import compose
from headwater.testing.memory import MemorySystem
from headwater.toolkit.expressions.build import column
from headwater.toolkit.privacy.methods import Hash, Mask, Redact
from headwater.toolkit.privacy.proof import evidence_of

KEY = "0123456789-a-key-that-nobody-may-see"
PEOPLE = pa.table(
    {
        "id": ["1", "2", "x", "4"],
        "email": ["ann@example.org", "bob@example.org", "eve@example.org", None],
        "phone": ["+49 170 1234567", "0301234567", "+49 170 7654321", ""],
        "card": ["4111 1111 1111 1111", "5500005555555559", "340000000000009", "12"],
        "note": ["call ann@example.org", "", "mail to eve@example.org", None],
    }
)
CLEAR = ("ann@example.org", "eve@example.org", "1234567", "7654321", "4111 1111", "340000000000009")
PROTECT = step(
    "anonymize",
    key=KEY,
    columns={"email": "hash", "phone": {"method": "mask", "keep_last": 2}, "card": "tokenize", "note": "redact"},
)
NUMBERS = step("cast", columns={"id": "int64"})


@pytest.fixture
def works(tmp_path: Path) -> Iterator[Works]:
    yield from works_at(tmp_path)


def checks(works: Works, *steps: Data, kind: str = "proof") -> dict[str, dict[str, Any]]:
    (load,) = works.run(*steps).report.loads
    return {str(check["name"]): dict(check) for check in load.checks if check["kind"] == kind}


def test_no_clear_value_and_no_key_reaches_target_quarantine_report_or_log(
    works: Works, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    works.add(people=PEOPLE)
    ran = works.run(NUMBERS, PROTECT)
    assert ran.counts("people") == (4, 2, 0, 2)
    seen = [
        repr(ran.rows("people")),
        json.dumps(ran.report.as_dict()),
        caplog.text,
        *(path.read_bytes().decode("latin-1") for path in tmp_path.rglob("*") if path.is_file()),
    ]
    for text in (*CLEAR, KEY):
        assert not any(text in place for place in seen), text
    assert ran.rejected("people") == [("cast:id",), ("tokenize:card",)]


def test_no_key_is_in_what_a_check_or_an_error_says(works: Works) -> None:
    works.add(people=PEOPLE)
    pads = [bytes(byte ^ mask for byte in KEY.encode()).hex() for mask in (0x36, 0x5C)]
    explained = repr(works.session(NUMBERS, PROTECT).check("p"))
    assert "getvariable" in explained
    for text in (KEY, *pads):
        assert text not in explained.lower()


def test_rejected_rows_show_a_protected_value_as_it_will_be_delivered_or_not_at_all(works: Works) -> None:
    works.add(people=PEOPLE)
    (load,) = works.run(NUMBERS, PROTECT).report.loads
    eve, short = [json.loads(row["row"]) for row in pq.read_table(load.quarantine).to_pylist()]
    assert eve["email"] == hmac.digest(KEY.encode(), b"eve@example.org", "sha256").hex()
    assert (eve["phone"], eve["card"], eve["note"]) == ("*" * 13 + "21", "(protected)", "mail to [email]")
    assert short["card"] == "(protected)"


def test_the_report_says_what_was_done_with_which_key_and_what_was_looked_at(works: Works) -> None:
    works.add(people=PEOPLE)
    found = checks(works, NUMBERS, PROTECT)
    assert {name: (check["passed"], check["method"], check["looked_at"]) for name, check in found.items()} == {
        "protected:email": (True, "hash", 3),
        "protected:phone": (True, "mask", 4),
        "protected:card": (True, "tokenize", 2),
        "protected:note": (True, "redact", 3),
    }
    assert found["protected:email"]["key_version"] == "1"
    assert "HMAC-SHA-256" in found["protected:email"]["message"]


def test_columns_are_followed_through_later_steps(works: Works) -> None:
    works.add(people=PEOPLE)
    renamed = step("select", columns=["*"], rename={"email": "who"})
    replaced = step("derive", columns={"phone": "'none'"})
    found = checks(works, PROTECT, renamed, replaced)
    assert found["protected:email"]["looked_at"] == 3
    assert found["protected:phone"]["looked_at"] == 1  # the row that `tokenize` rejected


def test_personal_columns_that_nobody_protects_are_suggested(works: Works) -> None:
    works.add(people=PEOPLE.append_column("contact", PEOPLE["email"]))
    config = {**PROTECT["config"], "detect": "suggest"}
    found = checks(works, step("anonymize", **config))
    assert [name for name in found if name.startswith("detected")] == ["detected:contact"]
    assert found["detected:contact"]["suggested"] == "hash"
    assert found["detected:contact"]["severity"] == "warn"


def test_enforcing_publishes_nothing_while_a_personal_column_is_bare(works: Works) -> None:
    works.add(people=PEOPLE)
    report = works.session(step("anonymize", key=KEY, columns={"email": "hash"}, detect="enforce")).run("p")
    (load,) = report.loads
    assert load.error is not None
    assert load.error.public_code == "data.personal_data"
    assert "'card'" in load.error.message or "'phone'" in load.error.message
    assert not any(text in load.error.message for text in CLEAR)
    ignored = step(
        "anonymize", key=KEY, columns={"email": "hash"}, detect={"mode": "enforce", "ignore": ["phone", "card", "note"]}
    )
    assert works.run(ignored).counts("people") == (4, 0, 0, 4)


def test_k_anonymity_is_measured_after_the_columns_are_coarser(works: Works) -> None:
    table = pa.table({"zip": ["10115", "10117", "20095", None, None], "sex": ["f", "f", "m", "m", "m"]})
    works.add(people=table)
    coarse = step(
        "anonymize",
        columns={"zip": {"method": "generalize", "prefix": 2}},
        k_anonymity={"columns": ["zip", "sex"], "k": 2},
    )
    found = checks(works, coarse, kind="set")
    assert (found["k_anonymity"]["value"], found["k_anonymity"]["passed"]) == (1, False)
    assert found["k_anonymity:rows"]["value"] == 1
    coarse["config"]["k_anonymity"]["severity"] = "fail"
    (load,) = works.session(coarse).run("p").loads
    assert load.error is not None
    assert load.error.public_code == "data.set_rule_failed"


def test_an_empty_stream_is_as_anonymous_as_it_can_be(works: Works) -> None:
    works.add(people=PEOPLE.slice(0, 0))
    found = checks(works, step("anonymize", k_anonymity={"columns": ["id"], "k": 5, "severity": "fail"}), kind="set")
    assert all(check["passed"] for check in found.values())


def test_values_that_do_not_look_protected_are_counted_and_not_shown() -> None:
    table = pa.table({"email": ["ann@example.org", "0" * 64, None], "phone": ["****34", "123434", "*"]})
    method = Hash.model_validate({"method": "hash", "key": KEY, "key_version": "1"})
    mask = Mask(method="mask", keep_last=2)
    set_aside: list[Mapping[str, Json]] = [{"email": "eve@example.org"}, {"email": None}]
    found = [evidence_of("email", method, table, set_aside), evidence_of("phone", mask, table, [])]
    assert [item.rows for item in found] == [2, 1]
    assert not any("example" in repr(item) for item in found)
    notes = pa.table({"note": ["call [email]", "call ann@example.org"]})
    assert evidence_of("note", Redact(method="redact"), notes, []).rows == 1


class Liar:
    """Says that it has hidden a column, and has not."""

    config_type: ClassVar[type[PluginConfig]] = PluginConfig

    def __init__(self, config: PluginConfig) -> None:
        self.config = config

    def operations(self, schema: pa.Schema) -> tuple[Operation, ...]:
        return (Project(tuple(Output(name, column(schema, name, place="liar")) for name in schema.names)),)

    def evidence(
        self, before: pa.Schema, delivered: pa.Table, set_aside: Sequence[Mapping[str, Json]]
    ) -> tuple[Evidence, ...]:
        clear = sum("@" in str(value) for value in delivered["email"].to_pylist())
        return (Evidence("protected:email", "email", "hashed", clear),)


def test_a_promise_that_the_rows_belie_publishes_nothing(works: Works) -> None:
    works.add(people=PEOPLE)
    registry = from_entry_points(
        [
            EntryPoint("memory", "headwater.testing.memory_source:MemorySource", "headwater.sources"),
            EntryPoint("memory", "headwater.testing.memory_destination:MemoryDestination", "headwater.destinations"),
            EntryPoint("liar", "unit.run.test_anonymize_runs:Liar", "headwater.processors"),
            *entry_points(group="headwater.processors"),
        ]
    )
    honest = works.session({"type": "liar"})
    session = Session(honest.project, registry, honest.home)
    (load,) = session.run("p").loads
    assert load.error is not None
    assert load.error.public_code == "data.not_protected"
    assert "3 of the values" in load.error.message
    assert MemorySystem.named(f"lake of {works.home}").tables == {}


def test_a_project_written_as_the_design_shows_runs(tmp_path: Path, works: Works) -> None:
    works.add(people=PEOPLE)
    (tmp_path / "key").write_text(KEY)
    columns = {
        "email": {"method": "hash", "key": f"${{file:{tmp_path / 'key'}}}"},
        "phone": {"method": "mask", "keep_last": 4},
    }
    found = works.run({"type": "anonymize", "config": {"columns": columns}, "streams": ["people"]})
    assert found.rows("people", "phone")[0] == ("",)


def test_the_example_of_the_page_gives_what_the_page_shows(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = titled("anonymize.md")
    monkeypatch.setenv("PII_KEY", "the key of this example")
    works.add(people=table_of(shown["input"]))
    ran = works.run(*steps_of(compose(shown["headwater.yaml"], "headwater.yaml").plain(), works.home))
    header, *rows = csv.reader(io.StringIO(shown["output"]))
    assert ran.columns("people") == header
    assert [[spelled(value) for value in row] for row in ran.rows("people")] == rows
    assert [" ".join(rules) for rules in ran.rejected("people")] == shown["rejected"].splitlines()[1:]


def test_detecting_looks_at_what_would_be_delivered_and_passes_over_what_is_protected(works: Works) -> None:
    works.add(people=PEOPLE)
    renamed = step("select", columns=["*"], rename={"email": "who"})
    (bare,) = works.session(renamed).detect("p")
    assert [(item.column, item.kind) for item in bare.found] == [
        ("who", "email"),
        ("phone", "phone"),
        ("card", "card"),
    ], "two different notes are too few to tell"
    (guarded,) = works.session(PROTECT, renamed).detect("p")
    assert (guarded.found, guarded.protected) == ((), ("card", "note", "phone", "who"))
    (as_read,) = works.session(PROTECT, renamed).detect("p", after=0)
    assert as_read.found[0].column == "email"
    assert not any(text in json.dumps(bare.as_dict()) for text in CLEAR)


def test_the_command_prints_a_step_that_protects_what_it_found(tmp_path: Path) -> None:
    (tmp_path / "exports").mkdir()
    csv_write(PEOPLE, tmp_path / "exports" / "people.csv")
    project = tmp_path / "headwater.yaml"
    project.write_text("""
version: 1
connectors:
  shop: {type: files, config: {url: exports}}
pipelines:
  p: {sources: [{connector: shop, streams: [people]}], destinations: [{connector: shop}]}
""")
    done = CliRunner().invoke(main, ["detect", "p", "--file", str(project), "--fail"])
    assert done.exit_code == 1
    assert '"card": {method: tokenize}' in done.stdout
    assert not any(text in done.stdout for text in CLEAR)


def test_without_the_extra_package_only_the_methods_that_need_it_are_refused() -> None:
    program = """
import sys
sys.modules["cryptography"] = None
import pyarrow as pa
from headwater.processors.anonymize import Anonymize, AnonymizeConfig
from headwater.sdk.errors import ConfigError

def described(method):
    made = Anonymize(AnonymizeConfig.model_validate({"key": "0123456789abcdef", "columns": {"x": method}}))
    schema = pa.schema([("x", pa.string())])
    return made.output_schema(schema) if hasattr(made, "output_schema") else made.operations(schema)

described("hash")
described({"method": "fake", "kind": "name"})
for method in ("tokenize", "encrypt"):
    try:
        described(method)
    except ConfigError as error:
        print(error.public_code, error.hint)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.splitlines() == ["config.missing_package pip install 'headwater[anonymize]'"] * 2
