"""JSON lines, arrays and objects one after the other; what is no record stands with its line."""

from __future__ import annotations

import datetime as dt
import gzip
import json

import pytest
from unit.files.conftest import Folder

from headwater.sdk.errors import DataError
from headwater.toolkit.arrow_types import field_type_name


def described(folder: Folder, stream: str) -> dict[str, str]:
    return {field.name: field_type_name(field) for field in folder.source().describe(stream).schema}


def test_types_are_those_of_the_values(folder: Folder) -> None:
    folder.write(
        "t.jsonl",
        '{"i": 1, "f": 1.5, "b": true, "t": "x", "d": "2024-01-02", "at": "2024-01-02T03:04:05Z", "zip": "007"}\n'
        '{"i": null, "f": 2, "o": {"p": [1]}, "l": [1, 2], "mixed": 1}\n'
        '{"mixed": "a", "o": {"q": 1}, "l": ["x"], "big": 18446744073709551615}\n',
    )
    assert described(folder, "t") == {
        "i": "int64",
        "f": "float64",
        "b": "bool",
        "t": "string",
        "d": "date",
        "at": "timestamptz",
        "zip": "string",
        "o": "json",
        "l": "json",
        "mixed": "string",
        "big": "decimal(38,0)",
    }
    first, second, third = folder.read("t").to_pylist()
    assert (first["i"], first["zip"], first["at"]) == (1, "007", dt.datetime(2024, 1, 2, 3, 4, 5, tzinfo=dt.UTC))
    assert (second["o"], second["l"], second["mixed"]) == ('{"p":[1]}', "[1,2]", "1")
    assert (third["mixed"], third["i"], int(third["big"])) == ("a", None, 2**64 - 1)


def test_lines_that_are_no_objects_are_set_aside(folder: Folder) -> None:
    folder.write("t.jsonl", '{"a": 1}\n{"a": \n\n[1, 2]\n5\n{"a": 2} x\n{"a": 3}\n')
    table, malformed = folder.read_all("t")
    assert table.to_pydict() == {"a": [1, 3]}
    assert [(bad.line, bad.text) for bad in malformed] == [(2, '{"a": '), (4, "[1, 2]"), (5, "5"), (6, '{"a": 2} x')]
    assert malformed[0].message == "this is no JSON object"


def test_values_of_another_type_after_the_sample_are_set_aside(folder: Folder) -> None:
    records = [json.dumps({"id": number, "ok": True, "at": "2024-01-02"}) for number in range(30_000)]
    records[25_000] = '{"id": 1.5, "ok": true, "at": "2024-01-02"}'
    records[26_000] = '{"id": "x", "ok": "perhaps", "at": "soon"}'
    folder.write("t.ndjson", "\n".join(records) + "\n")
    table, malformed = folder.read_all("t", sample_mb=0.1)
    assert table.num_rows == 29_998
    assert [(bad.line, bad.column, bad.text) for bad in malformed] == [
        (25_001, "id", records[25_000]),
        (26_001, "id", records[26_000]),
    ]
    assert malformed[0].message == "1.5 is no int64"


def test_on_malformed_fail_names_the_line(folder: Folder) -> None:
    folder.write("t.jsonl", '{"a": 1}\n{"a": \n')
    with pytest.raises(DataError, match=r"t\.jsonl:2: 1 malformed"):
        folder.read("t", on_malformed="fail")


def test_an_array_is_read_record_by_record(folder: Folder) -> None:
    folder.write("t.json", '[{"a": 1, "b": "x"},\n {"a": 2}]')
    assert folder.read("t").to_pylist() == [{"a": 1, "b": "x"}, {"a": 2, "b": None}]


def test_an_array_that_is_cut_off_is_an_error(folder: Folder) -> None:
    folder.write("t.json", '[{"a": 1},\n {"a": 2')
    with pytest.raises(DataError, match=r"t\.json"):
        folder.read("t")


def test_objects_over_several_lines_are_read(folder: Folder) -> None:
    folder.write("t.json", '{\n "a": 1\n}\n{\n "a": 2\n}\n')
    assert folder.read("t").to_pydict() == {"a": [1, 2]}


def test_a_byte_order_mark_and_crlf_are_no_part_of_a_record(folder: Folder) -> None:
    folder.write("t.jsonl", b'\xef\xbb\xbf{"a": 1}\r\n{"a": 2}\n')
    assert folder.read_all("t")[0].to_pydict() == {"a": [1, 2]}


def test_bytes_that_are_not_utf8_are_set_aside(folder: Folder) -> None:
    folder.write("t.jsonl", b'{"a": "x"}\n{"a": "caf\xe9"}\n{"a": "y"}\nno\n')
    table, malformed = folder.read_all("t")
    assert table.to_pydict() == {"a": ["x", "y"]}
    assert [bad.line for bad in malformed] == [2, 4]


def test_utf16_and_gzip_lines_are_read(folder: Folder) -> None:
    folder.write("a.jsonl", '{"a": "é"}\n'.encode("utf-16"))
    folder.write("b.jsonl.gz", gzip.compress('{"a": "é"}\n'.encode()))
    for stream in ("a", "b"):
        assert folder.read(stream).to_pydict() == {"a": ["é"]}


def test_a_cut_off_gzip_is_an_error(folder: Folder) -> None:
    folder.write("t.jsonl.gz", gzip.compress(b"".join(b'{"a": %d}\n' % number for number in range(200_000)))[:-100])
    with pytest.raises(DataError, match="no whole gzip"):
        folder.read("t", sample_mb=0.1)


def test_an_empty_file_is_an_error(folder: Folder) -> None:
    folder.write("t.jsonl", "\n")
    with pytest.raises(DataError, match="no record"):
        folder.source().describe("t")


def test_a_file_without_an_object_is_an_error(folder: Folder) -> None:
    folder.write("t.json", "not json at all\n")
    with pytest.raises(DataError, match=r"t\.json"):
        folder.source().describe("t")


def test_keys_that_differ_only_in_case_are_an_error(folder: Folder) -> None:
    folder.write("t.jsonl", '{"id": 1, "ID": 2}\n')
    with pytest.raises(DataError, match="only in case"):
        folder.source().describe("t")


def test_hostile_keys_are_only_names(folder: Folder) -> None:
    record = {'a"b': 1, "it's": 2, "a.b": 3, "$": 4, "headwater_record": 5, "select": 6, "日": 7, "a[0]": 8, "": 9}
    record.pop("")
    folder.write("t.jsonl", json.dumps(record) + "\n")
    assert folder.read("t").to_pylist() == [record]


def test_a_line_without_end_is_an_error(folder: Folder) -> None:
    folder.write("t.jsonl", '{"a": 1}\n{"a": "' + "x" * 40_000_000)
    with pytest.raises(DataError, match=r"t\.jsonl:2: a line is longer"):
        folder.read("t")


def test_declared_types_hold(folder: Folder) -> None:
    folder.write("t.jsonl", '{"id": 1, "l": [1, 2], "x": 1.25}\n{"id": 2, "l": "no", "x": 1.5}\n')
    table, malformed = folder.read_all("t", columns={"l": "list<int64>", "id": "string", "x": "decimal(4,1)"})
    assert table.to_pylist() == []
    assert [(bad.line, bad.column) for bad in malformed] == [(1, "x"), (2, "l")]
