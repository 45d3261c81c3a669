"""CSV as people have it: the rows that are there, and every record that is none by file and line."""

from __future__ import annotations

import datetime as dt
import gzip
import logging

import pyarrow as pa
import pytest
from unit.files.conftest import Folder

from headwater.sdk.errors import DataError, UnknownName
from headwater.sdk.source import Malformed


def lines(malformed: list[Malformed]) -> list[tuple[int | None, str]]:
    return [(bad.line, bad.text) for bad in malformed]


def test_types_are_found_and_kept_exact(folder: Folder) -> None:
    folder.write(
        "t.csv",
        "i,zip,f,day,at,utc,b,clock,text,none\n"
        "1,01234,1.5,2024-01-02,2024-01-02 03:04:05,2024-01-02T03:04:05+02:00,true,10:00,a,\n"
        "-2,99999,2,2024-02-29,2024-01-02T03:04:05.5,2024-01-02 03:04:05Z,FALSE,23:59:59,,\n",
    )
    assert folder.types("t") == {
        "i": "int64",
        "zip": "string",
        "f": "double",
        "day": "date32[day]",
        "at": "timestamp[us]",
        "utc": "timestamp[us, tz=UTC]",
        "b": "bool",
        "clock": "time64[us]",
        "text": "string",
        "none": "string",
    }
    first, second = folder.read("t").to_pylist()
    assert (first["zip"], first["utc"]) == ("01234", dt.datetime(2024, 1, 2, 1, 4, 5, tzinfo=dt.UTC))
    assert (second["b"], second["text"], second["day"]) == (False, None, dt.date(2024, 2, 29))


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["01/02/2024", "03/04/2024"], "string"),
        (["31/01/2024", "01/02/2024"], "date32[day]"),
        (["12/31/2024", "01/02/2024"], "date32[day]"),
        (["31.12.2024 23:59", "01.02.2024 00:00"], "timestamp[us]"),
        (["99999999999999999999", "1"], "decimal128(38, 0)"),
        (["0.12345678901234567890", "1"], "string"),
        (["1,234", "2"], "string"),
        (["1e5", "NaN"], "double"),
        (["2024-01-02 03:04:05Z", "2024-01-02 03:04:05"], "string"),
        (["yes", "no"], "string"),
        (["1.2.3.4", "5.6.7.8"], "string"),
    ],
)
def test_a_type_is_taken_only_when_it_loses_nothing(folder: Folder, texts: list[str], expected: str) -> None:
    folder.write("t.csv", "v\n" + "".join(f'"{text}"\n' for text in texts))
    assert folder.types("t") == {"v": expected}


def test_ragged_rows_are_set_aside_and_the_others_read(folder: Folder) -> None:
    folder.write("t.csv", "a,b,c\n1,x,1.5\n2,y\n3,z,2.5,more\n4,w,5\n")
    table, malformed = folder.read_all("t")
    assert table.column("a").to_pylist() == [1, 4]
    assert lines(malformed) == [(3, "2,y"), (4, "3,z,2.5,more")]
    assert malformed[0].file.endswith("/t.csv")
    assert malformed[0].message == "columns expected: 3, found: 2"


def test_a_ragged_first_row_does_not_change_the_header(folder: Folder) -> None:
    folder.write("t.csv", "a,b\n1,2,3\n4,5\n6,7\n")
    table, malformed = folder.read_all("t")
    assert table.to_pydict() == {"a": [4, 6], "b": [5, 7]}
    assert lines(malformed) == [(2, "1,2,3")]


def test_lines_are_those_of_the_file_when_fields_hold_line_breaks(folder: Folder) -> None:
    folder.write("t.csv", 'a,b\n1,"x\ny"\n2,"x\ny\nz"\nbroken\n3,w\n')
    table, malformed = folder.read_all("t")
    assert table.column("a").to_pylist() == [1, 2, 3]
    assert lines(malformed) == [(7, "broken")]


def test_values_that_do_not_fit_after_the_sample_are_set_aside(folder: Folder) -> None:
    rows = [f"{number},{number}.5,2024-01-02\n" for number in range(30_000)]
    rows[20_000] = "20000.5,1,2024-01-02\n"
    rows[25_000] = "25000,many,2024-01-02\n"
    rows[29_000] = "29000,1,2024-01-02 10:00:00\n"
    folder.write("t.csv", "i,f,d\n" + "".join(rows))
    table, malformed = folder.read_all("t", sample_mb=0.1)
    assert table.num_rows == 29_997
    assert lines(malformed) == [
        (20_002, rows[20_000].strip()),
        (25_002, rows[25_000].strip()),
        (29_002, rows[29_000].strip()),
    ]
    assert malformed[0].column == "i"
    assert malformed[0].message == "'20000.5' is no int64"


def test_on_malformed_fail_names_the_first_lines(folder: Folder) -> None:
    folder.write("t.csv", "a,b\n1,x\n2\n3\n4,y\n")
    with pytest.raises(DataError, match=r"t\.csv:3: 2 malformed records \(line 3: .* line 4") as caught:
        folder.read("t", on_malformed="fail")
    assert caught.value.public_code == "files.malformed"
    assert caught.value.hint


def test_a_quote_that_never_closes_is_an_error(folder: Folder) -> None:
    folder.write("t.csv", 'a,b\n1,x\n2,"y\n3,z\n4,z\n')
    with pytest.raises(DataError, match=r"t\.csv:3: a quote is opened in column 'b' and never closed") as caught:
        folder.read("t")
    assert caught.value.public_code == "files.unclosed_quote"


def test_a_quote_that_never_closes_is_an_error_in_a_large_file(folder: Folder) -> None:
    rows = b"1,some text\n" * 1_500_000
    folder.write("t.csv", b"a,b\n" + b"1,x\n" * 10 + b'2,"y\n' + rows + rows + rows)
    with pytest.raises(DataError, match=r"t\.csv:1[12]: a quote is opened"):
        folder.read("t")


def test_bytes_that_are_not_utf8_are_set_aside_with_their_line(folder: Folder) -> None:
    folder.write("t.csv", b"a,b\n1,ok\n2,caf\xe9\n3,ok\n")
    table, malformed = folder.read_all("t")
    assert table.column("a").to_pylist() == [1, 3]
    assert [(bad.line, bad.message) for bad in malformed] == [(3, "bytes that are not UTF-8")]


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-16", "utf-16-be", "shift_jis", "utf-8"])
def test_an_encoding_that_is_declared_is_decoded(folder: Folder, encoding: str) -> None:
    text = "日本" if encoding in ("shift_jis", "utf-16", "utf-16-be", "utf-8") else "Grüße"
    folder.write(
        "t.csv", f"名,id\n{text},1\n".encode(encoding) if text == "日本" else f"n,id\n{text},1\n".encode(encoding)
    )
    assert [row[0] for row in zip(*folder.read("t", encoding=encoding).to_pydict().values(), strict=True)] == [text]


def test_a_byte_order_mark_tells_the_encoding(folder: Folder) -> None:
    folder.write("a.csv", b"\xef\xbb\xbf" + "id,n\n1,é\n".encode())
    folder.write("b.csv", "id,n\n1,é\n".encode("utf-16"))
    for stream in ("a", "b"):
        assert folder.read(stream).to_pylist() == [{"id": 1, "n": "é"}]


def test_bytes_that_are_not_of_a_declared_encoding_are_set_aside(folder: Folder) -> None:
    folder.write("t.csv", b"a,b\n1,\x80uro\n2,\x81?\n3,ok\n")
    table, malformed = folder.read_all("t", encoding="cp1252")
    assert table.column("b").to_pylist() == ["€uro", "ok"]
    assert [bad.line for bad in malformed] == [3]
    assert malformed[0].file.endswith("t.csv")


def test_a_header_in_another_encoding_is_an_error(folder: Folder) -> None:
    folder.write("t.csv", b"stra\xdfe,b\n1,2\n")
    with pytest.raises(DataError, match="header") as caught:
        folder.read("t")
    assert "latin-1" in (caught.value.hint or "")


def test_an_empty_file_is_an_error_that_says_what_to_do(folder: Folder) -> None:
    folder.write("t.csv", "")
    with pytest.raises(DataError, match="nothing in") as caught:
        folder.source().describe("t")
    assert caught.value.public_code == "files.empty"


def test_an_empty_file_has_no_rows_when_columns_are_declared(folder: Folder) -> None:
    folder.write("t.csv", "")
    table = folder.read("t", columns={"id": "int64", "note": "string"})
    assert table.schema == pa.schema([("id", pa.int64()), ("note", pa.string())])
    assert table.num_rows == 0


def test_an_empty_file_among_others_adds_nothing(folder: Folder) -> None:
    folder.write("t/a.csv", "id\n1\n")
    folder.write("t/b.csv", "")
    folder.write("t/c.csv", "\n\n")
    assert folder.read("t").to_pydict() == {"id": [1]}


def test_a_header_alone_is_a_table_without_rows(folder: Folder) -> None:
    folder.write("t.csv", "id,note")
    table, malformed = folder.read_all("t")
    assert (table.schema.names, table.num_rows, malformed) == (["id", "note"], 0, [])


@pytest.mark.parametrize("mixed", ["\r\n1,x\n2,y\r\n", "\n1,x\r\n2,y\n", "\r1,x\n2,y\r\n", "\r1,x\r2,y\r"])
def test_line_ends_may_be_mixed(folder: Folder, mixed: str) -> None:
    folder.write("t.csv", f"id,note{mixed}")
    table, malformed = folder.read_all("t")
    assert (table.to_pydict(), malformed) == ({"id": [1, 2], "note": ["x", "y"]}, [])


def test_line_ends_that_change_after_the_sample_are_read(folder: Folder) -> None:
    folder.write("t.csv", "id,note\n" + "1,x\n" * 50_000 + "2,y\r\n" * 10 + '3,"a\r\nb"\n')
    table = folder.read("t", sample_mb=0.1)
    assert table.num_rows == 50_011
    assert table.column("note")[-1].as_py() == "a\r\nb"


def test_quoted_empty_is_text_and_unquoted_empty_is_null(folder: Folder) -> None:
    folder.write("t.csv", 'id,note\n1,""\n2,\n')
    assert folder.read("t").column("note").to_pylist() == ["", None]


def test_a_file_that_quotes_everything_has_nulls_too(folder: Folder) -> None:
    folder.write("t.csv", '"id","f","note"\n"1","1.5","x"\n"","",""\n')
    assert folder.read("t").to_pydict() == {"id": [1, None], "f": [1.5, None], "note": ["x", None]}


def test_null_values_are_nulls_in_quotes_or_not(folder: Folder) -> None:
    folder.write("t.csv", 'id,note\n1,NA\n"NA",x\n,"-"\n')
    assert folder.read("t", null_values=["NA", "-"]).to_pydict() == {"id": [1, None, None], "note": [None, "x", None]}


def test_the_delimiter_is_found(folder: Folder) -> None:
    folder.write("a.csv", "id;text\n1;a, b\n2;c, d\n")
    folder.write("b.tsv", "id\ttext\n1\ta, b\n")
    folder.write("c.csv", "id|text\n1|a\n")
    folder.write("d.csv", "text\nonly one\n")
    for stream in ("a", "b", "c"):
        assert folder.source().describe(stream).schema.names == ["id", "text"]
    assert folder.read("d").to_pydict() == {"text": ["only one"]}


def test_a_dialect_that_is_declared_holds(folder: Folder) -> None:
    folder.write("t.csv", "made by x\n#1#~#it\\#s#~1,5~31.12.2024\n")
    table = folder.read(
        "t",
        delimiter="~",
        quote="#",
        escape="\\",
        skip_rows=1,
        header="no",
        decimal_separator=",",
        date_format="%d.%m.%Y",
    )
    assert table.to_pylist() == [
        {"column_1": 1, "column_2": "it#s", "column_3": 1.5, "column_4": dt.date(2024, 12, 31)}
    ]


def test_a_file_without_header_is_recognised(folder: Folder) -> None:
    folder.write("t.csv", "1,a\n2,b\n")
    assert folder.read("t").to_pydict() == {"column_1": [1, 2], "column_2": ["a", "b"]}
    assert folder.source(columns={"id": "int64", "name": "string"}).describe("t").schema.names == ["id", "name"]


def test_declared_types_override_those_found(folder: Folder) -> None:
    folder.write("t.csv", "id,price,day\n1,1.50,31.12.2024\n2,2.345,01.01.2025\n")
    columns = {"id": "string", "price": "decimal(8,2)", "day": "date"}
    assert folder.types("t", columns=columns) == {"id": "string", "price": "decimal128(8, 2)", "day": "date32[day]"}
    table, malformed = folder.read_all("t", columns=columns)
    assert table.column("day").to_pylist() == [dt.date(2024, 12, 31)]
    assert [(bad.line, bad.message) for bad in malformed] == [(3, "'2.345' is no decimal(8,2)")]


def test_a_declared_column_that_is_not_there_is_an_error(folder: Folder) -> None:
    folder.write("t.csv", "id,price\n1,2\n")
    with pytest.raises(UnknownName, match="prise"):
        folder.source(columns={"prise": "float64"}).describe("t")


def test_numeric_overflow_is_set_aside(folder: Folder) -> None:
    folder.write("t.csv", "id\n1\n300\n-128\n")
    table, malformed = folder.read_all("t", columns={"id": "int8"})
    assert table.column("id").to_pylist() == [1, -128]
    assert lines(malformed) == [(3, "300")]


def test_all_text_changes_nothing(folder: Folder) -> None:
    folder.write("t.csv", "a,b\n007,1.50\n,x\n")
    assert folder.read("t", all_text=True).to_pydict() == {"a": ["007", None], "b": ["1.50", "x"]}


def test_duplicate_and_empty_names_are_made_unique_and_told(folder: Folder, caplog: pytest.LogCaptureFixture) -> None:
    folder.write("t.csv", "a,A,a,,x\n1,2,3,4,5\n")
    with caplog.at_level(logging.WARNING):
        assert folder.read("t").to_pylist() == [{"a": 1, "A_1": 2, "a_2": 3, "column_4": 4, "x": 5}]
    assert "column 2 'A' is read as 'A_1'" in [record.__dict__.get("what") for record in caplog.records]


def test_blank_lines_are_no_rows(folder: Folder) -> None:
    folder.write("t.csv", "\n\na,b\n\n1,2\n\n\n3,4\n\n")
    assert folder.read("t").to_pydict() == {"a": [1, 3], "b": [2, 4]}


def test_a_nul_byte_is_kept(folder: Folder) -> None:
    folder.write("t.csv", b"a,b\n1,x\0y\n")
    assert folder.read("t").column("b").to_pylist() == ["x\0y"]


def test_two_thousand_columns_are_read(folder: Folder) -> None:
    folder.write("t.csv", ",".join(f"c{at}" for at in range(2_000)) + "\n" + ",".join(["x"] * 2_000) + "\n")
    assert folder.read("t").num_columns == 2_000


def test_a_field_of_ten_megabytes_is_read(folder: Folder) -> None:
    folder.write("t.csv", 'a,b\n1,"' + "x\n" * 5_000_000 + '"\n2,y\n')
    assert [len(text) for text in folder.read("t").column("b").to_pylist()] == [10_000_000, 1]


@pytest.mark.parametrize("before", ["", "a,b\n1,2\n"])
def test_a_line_without_end_is_an_error(folder: Folder, before: str) -> None:
    folder.write("t.csv", before + "x" * 40_000_000)
    with pytest.raises(DataError, match=r"t\.csv:\d: a line is longer than 16,000,000 bytes") as caught:
        folder.read("t")
    assert caught.value.public_code == "files.record_too_long"


def test_a_compressed_line_without_end_is_an_error(folder: Folder) -> None:
    folder.write("t.csv.gz", gzip.compress(b"a,b\n1,2\n" + b"x" * 40_000_000))
    with pytest.raises(DataError, match=r"t\.csv\.gz:3: a line is longer"):
        folder.read("t")


def test_gzip_and_zstd_are_read(folder: Folder) -> None:
    text = b"id,note\n" + b"1,x\n" * 1_000
    folder.write("a.csv.gz", gzip.compress(text))
    folder.write("b.csv.zst", pa.compress(text, codec="zstd", asbytes=True))
    for stream in ("a", "b"):
        assert folder.read(stream).num_rows == 1_000


@pytest.mark.parametrize("cut", [8, 200])
def test_gzip_that_is_cut_off_is_an_error(folder: Folder, cut: int) -> None:
    text = b"id,note\n" + b"".join(b"%d,x\n" % number for number in range(100_000))
    folder.write("t.csv.gz", gzip.compress(text)[:-cut])
    with pytest.raises(DataError, match=r"t\.csv\.gz is no whole gzip file") as caught:
        folder.read("t", sample_mb=0.1)
    assert caught.value.public_code == "files.damaged_compression"


def test_a_file_that_is_no_gzip_is_an_error(folder: Folder) -> None:
    folder.write("t.csv.gz", "id\n1\n")
    with pytest.raises(DataError, match="no whole gzip file"):
        folder.source().describe("t")


def test_more_malformed_records_than_are_kept_fail_the_read(folder: Folder) -> None:
    folder.write("t.csv", "a,b\n" + "1,2\n" * 20_000 + "x\n" * 120_000)
    with pytest.raises(DataError, match="100,000 or more") as caught:
        folder.read("t", sample_mb=0.05)
    assert caught.value.public_code == "files.too_many_malformed"
