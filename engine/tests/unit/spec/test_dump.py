"""A project as YAML text and back."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from headwater.spec.dump import dump_data, dump_project
from headwater.spec.load import parse_project
from headwater.spec.yaml_document import compose

TEXT = """\
version: 1
x-note: &note {a: 1}
connectors:
  shop: {type: postgres, config: {host: db, password: "${env:PW}", extra: *note, script: "select 1;\\nselect 2;\\n"}}
pipelines:
  p:
    sources: [{connector: shop, streams: [a, {name: b, mode: incremental, lag: 15m}]}]
    destinations: [shop]
    engine: {type: local, threads: "${env:THREADS}"}
"""

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"))
)


def test_a_dumped_project_reads_back_as_the_same_and_keeps_its_references() -> None:
    project = parse_project(TEXT)
    text = dump_project(project)
    assert parse_project(text) == project
    assert "${env:PW}" in text
    assert "${env:THREADS}" in text
    assert "script: |\n" in text


@pytest.mark.parametrize(
    "text",
    [
        "12",
        "0o17",
        "1e3",
        ".5",
        "true",
        "yes",
        "no",
        "null",
        "~",
        "2026-01-01",
        "1:30",
        "",
        " a",
        "a: b",
        "# a",
        "<<",
        "=",
        "0x1f",
        ".inf",
        "-",
        "@a",
        "{name}",
        "${env:A}",
        "a\tb\n",
        "a\n",
        "é ☃ 😀",
        "\x85",
        "012",
        "1_0",
    ],
)
def test_a_text_stays_a_text_for_our_reader_and_for_an_old_one(text: str) -> None:
    written = dump_data({"a": text, text: "a"})
    assert compose(written, "f").plain() == {"a": text, text: "a"}
    assert yaml.safe_load(written)["a"] == text


@given(
    st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("ab1.é: ", max_size=3), inner, max_size=4),
    )
)
def test_any_data_survives_being_written_and_read(data: object) -> None:
    assert compose(dump_data({"value": data}), "f").plain() == {"value": data}  # pyright: ignore[reportArgumentType]
