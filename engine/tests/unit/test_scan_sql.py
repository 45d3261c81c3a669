"""The SQL text of scans, held against DuckDB itself."""

from __future__ import annotations

import datetime as dt
import os
import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from headwater.sdk.destination import FileTarget
from headwater.sdk.errors import ConfigError, DataError
from headwater.sdk.source import CsvBytes, FileScan, Malformed
from headwater.sdk.stream import Json
from headwater.toolkit.arrow_types import parse_field
from headwater.toolkit.identifiers import quote_identifier, quote_literal
from headwater.toolkit.scan_columns import conflict_column, conflict_text_column
from headwater.toolkit.scan_rejects import rejected_records
from headwater.toolkit.scan_sql import (
    copy_sql,
    csv_bytes_sql,
    duckdb_type,
    max_rejects,
    scan_sql,
    session_settings,
)

HOSTILE = ['a"b', "a'b", "a;b--", "drop table", "日本", "a b", "select"]


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        for statement in session_settings(memory_limit="1GB", threads=2):
            made.execute(statement)
        yield made


def schema(**columns: str) -> pa.Schema:
    return pa.schema([parse_field(name, text) for name, text in columns.items()])


def write(path: Path, text: str | bytes) -> str:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, object]]:
    return connection.sql(f"SELECT * FROM {sql}").to_arrow_table().to_pylist()


def rejects(connection: duckdb.DuckDBPyConnection, limit: int = max_rejects) -> tuple[Malformed, ...]:
    return rejected_records(lambda sql: connection.execute(sql).fetchall(), limit=limit)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_only_a_name(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    assert connection.sql(f"SELECT 1 AS {quote_identifier(name)}").columns == [name]
    assert connection.sql(f"SELECT {quote_literal(name)} AS v").to_arrow_table().to_pylist() == [{"v": name}]


@pytest.mark.parametrize("name", ["", "a\0b"])
def test_a_name_that_no_system_can_hold_is_refused(name: str) -> None:
    with pytest.raises(ConfigError):
        quote_identifier(name)


def test_a_value_with_nul_is_refused() -> None:
    with pytest.raises(ConfigError, match="NUL"):
        quote_literal("a\0b")


def test_json_values_become_literals(connection: duckdb.DuckDBPyConnection) -> None:
    value: Json = {"a": [1, 2], "b": "it's", "c": None, "d": True, "e": 0.1}
    found = connection.sql(f"SELECT {quote_literal(value)} AS v").to_arrow_table().to_pylist()
    assert found == [{"v": value}]


@pytest.mark.parametrize(
    "data_type",
    [
        *(pa.bool_(), pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64()),
        *(pa.float32(), pa.float64(), pa.string(), pa.binary(), pa.date32(), pa.time64("us"), pa.timestamp("us")),
        *(pa.timestamp("us", "UTC"), pa.decimal128(12, 2), pa.month_day_nano_interval(), pa.list_(pa.int64())),
        pa.struct([pa.field('a"b', pa.decimal128(5, 1)), pa.field("l", pa.list_(pa.string()))]),
    ],
    ids=str,
)
def test_every_type_comes_back_from_duckdb_as_it_is(
    connection: duckdb.DuckDBPyConnection, data_type: pa.DataType
) -> None:
    found = connection.sql(f"SELECT CAST(NULL AS {duckdb_type(data_type)}) AS v").to_arrow_table().schema.field("v")
    assert pa.field("v", data_type).type.equals(found.type) or str(data_type) == str(found.type).replace("l:", "item:")


def test_a_type_that_is_not_normalised_is_refused() -> None:
    with pytest.raises(ConfigError, match="timestamp"):
        duckdb_type(pa.timestamp("ns"))


def test_try_cast_over_csv_gives_null(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    file = write(tmp_path / "t.csv", "a,b\n1,2.5\n2,n/a\n")
    scan = FileScan("csv", (file,), schema(a="string", b="string"))
    found = rows(connection, f"(SELECT TRY_CAST(b AS DECIMAL(12,2)) AS b FROM {scan_sql(scan)})")
    assert found == [{"b": Decimal("2.50")}, {"b": None}]


def test_csv_values_become_their_types(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    file = write(
        tmp_path / "t.csv",
        "i,u,f,d,t,b,day,at,ts,tz,x,l,s,iv\n"
        '-5,7,1.5,12.30,"é, ""q""",true,2024-02-29,01:02:03.5,2024-01-02 03:04:05.123456,'
        '2024-01-02T03:04:05+02:00,\\xAAb,"[1,2]","{""p"": 1}",1 year 2 days\n'
        ",,,,,,,,,,,,,\n"
        '+1, 2 ,.5,1.500,"",false,2024-01-02 00:00:00,23:59:59,2024-01-02,2024-01-02 00:00:00Z,,[],{},00:00:01\n',
    )
    columns = pa.schema(
        [
            *schema(i="int64", u="uint8", f="float64", d="decimal(12,2)", t="string", b="bool", day="date", at="time"),
            *schema(ts="timestamp", tz="timestamptz", x="binary", l="list<int64>"),
            pa.field("s", pa.struct([("p", pa.int64())])),
            *schema(iv="interval"),
        ]
    )
    found = connection.sql(f"SELECT * FROM {scan_sql(FileScan('csv', (file,), columns))}").to_arrow_table()
    assert rejects(connection) == ()
    first, empty, third = found.to_pylist()
    assert first["tz"] == dt.datetime(2024, 1, 2, 1, 4, 5, tzinfo=dt.UTC)
    assert first["ts"] == dt.datetime(2024, 1, 2, 3, 4, 5, 123456)  # noqa: DTZ001
    assert first["iv"] == pa.MonthDayNano([12, 2, 0])
    del first["tz"], first["ts"], first["iv"]
    assert first == {
        "i": -5,
        "u": 7,
        "f": 1.5,
        "d": Decimal("12.30"),
        "t": 'é, "q"',
        "b": True,
        "day": dt.date(2024, 2, 29),
        "at": dt.time(1, 2, 3, 500_000),
        "x": b"\xaab",
        "l": [1, 2],
        "s": {"p": 1},
    }
    assert set(empty.values()) == {None}
    assert (third["i"], third["u"], third["t"], third["day"]) == (1, 2, "", dt.date(2024, 1, 2))


CONFLICTS = [
    ("int64", "1.5"),
    ("int64", "007"),
    ("int64", "1e-3"),
    ("int64", "99999999999999999999"),
    ("int8", "128"),
    ("uint64", "-1"),
    ("int64", "x"),
    ("decimal(12,2)", "1.239"),
    ("decimal(12,2)", "1e-3"),
    ("decimal(5,2)", "12345"),
    ("date", "2024-01-02 03:04:05"),
    ("date", "2024-02-30"),
    ("date", "epoch"),
    ("date", "infinity"),
    ("timestamp", "infinity"),
    ("time", "2024-01-02 03:04:05"),
    ("binary", "\\xZZ"),
    ("interval", "soon"),
    ("list<int64>", "[1"),
]


@pytest.mark.parametrize(("type_text", "value"), CONFLICTS)
def test_a_value_is_never_changed_to_fit_its_column(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, type_text: str, value: str
) -> None:
    file = write(tmp_path / "t.csv", f'k,v\n1,"{value}"\n')
    scan = FileScan("csv", (file,), schema(k="int64", v=type_text))
    with pytest.raises(duckdb.Error, match="column 'v' holds a value that is no"):
        rows(connection, scan_sql(scan))
    (found,) = rows(connection, scan_sql(scan, conflicts="mark"))
    assert found["v"] is None
    assert found[conflict_column] == ["v"]
    assert str(found["k"]) == "1"
    assert rejects(connection) == ()


def test_rows_without_a_conflict_are_not_marked(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    file = write(tmp_path / "t.csv", "k,v\n1,5\n2,\n3,x\n")
    scan = FileScan("csv", (file,), schema(k="int64", v="int64"))
    found = rows(connection, scan_sql(scan, conflicts="mark"))
    assert [row[conflict_column] for row in found] == [None, None, ["v"]]
    assert found[2][conflict_text_column] == '{"k":"3","v":"x"}'


def test_malformed_records_are_set_aside_with_their_line(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    text = b'k,v,w\n1,a,1.5\n2,b\n3,c,2.5,more\n4,"d"d,1\n5,e,x\n6,\xff,1\n7,"g\ng",1\n'
    file = write(tmp_path / "t.csv", text)
    scan = FileScan("csv", (file,), schema(k="int64", v="string", w="float64"))
    assert [row["k"] for row in rows(connection, scan_sql(scan))] == [1, 7]
    found = [(bad.line, bad.text) for bad in rejects(connection)]
    assert found == [(3, "2,b"), (4, "3,c,2.5,more"), (5, '4,"d"d,1'), (6, "5,e,x"), (7, "6,?,1")]
    assert rejects(connection)[0].message == "columns expected: 3, found: 2"


def test_a_record_with_two_faults_is_one_malformed_record(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    scan = FileScan("csv", (write(tmp_path / "t.csv", "a,b\nx,?\n"),), schema(a="float64", b="bool"))
    assert rows(connection, scan_sql(scan)) == []
    (bad,) = rejects(connection)
    assert "'DOUBLE'" in bad.message
    assert "'BOOLEAN'" in bad.message


def test_a_quote_that_never_closes_is_an_error_for_it_swallows_rows(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    scan = FileScan("csv", (write(tmp_path / "t.csv", 'a,b\n1,x\n2,"y\n3,z\n4,z\n'),), schema(a="int64", b="string"))
    rows(connection, scan_sql(scan))
    with pytest.raises(DataError, match=r"t\.csv:3: a quote is opened") as caught:
        rejects(connection)
    assert caught.value.public_code == "files.unclosed_quote"


def test_more_rejects_than_are_kept_are_an_error(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    file = write(tmp_path / "t.csv", "a\n" + "x\n" * 50)
    scan = FileScan("csv", (file,), schema(a="float64"), {"rejects_limit": 20})
    rows(connection, scan_sql(scan))
    with pytest.raises(DataError, match="20 or more"):
        rejects(connection, limit=20)


def test_a_ten_megabyte_field_is_read(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    file = write(tmp_path / "t.csv", 'a,b\n1,"' + "x" * 10_000_000 + '"\n2,y\n')
    scan = FileScan("csv", (file,), schema(a="int64", b="string"))
    found = connection.sql(f"SELECT a, length(b) AS n FROM {scan_sql(scan)}").to_arrow_table().to_pylist()
    assert found == [{"a": 1, "n": 10_000_000}, {"a": 2, "n": 1}]


def test_dialect_options_are_those_of_the_file(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    file = write(tmp_path / "t.csv", "made by x\n'1'|'it\\'s'|1,5|01.02.2024|NA\n")
    scan = FileScan(
        "csv",
        (file,),
        schema(a="int64", b="string", c="float64", d="date", e="string"),
        {
            "delim": "|",
            "quote": "'",
            "escape": "\\",
            "header": False,
            "skip": 1,
            "nullstr": ["", "NA"],
            "decimal_separator": ",",
            "formats": {"d": "%d.%m.%Y"},
        },
    )
    assert rows(connection, scan_sql(scan)) == [{"a": 1, "b": "it's", "c": 1.5, "d": dt.date(2024, 2, 1), "e": None}]


def test_files_with_other_columns_meet_by_name(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    one, two = write(tmp_path / "1.csv", "a,b\n1,x\n"), write(tmp_path / "2.csv", "c;a\n2.5;2\n")
    layouts: list[Json] = [
        {"files": [one], "columns": ["a", "b"]},
        {"files": [two], "columns": ["c", "a"], "options": {"delim": ";"}},
    ]
    scan = FileScan("csv", (one, two), schema(a="int64", b="string", c="float64"), {"layouts": layouts})
    found = sorted(rows(connection, scan_sql(scan)), key=lambda row: str(row["a"]))
    assert found == [{"a": 1, "b": "x", "c": None}, {"a": 2, "b": None, "c": 2.5}]


def test_a_scan_without_files_has_columns_and_no_rows(connection: duckdb.DuckDBPyConnection) -> None:
    found = connection.sql(f"SELECT * FROM {scan_sql(FileScan('csv', (), schema(a='int64', b='date')))}")
    assert found.to_arrow_table().schema == schema(a="int64", b="date")


def test_a_condition_is_part_of_the_scan(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    file = write(tmp_path / "t.csv", "a\n1\n2\n3\n")
    assert rows(connection, scan_sql(FileScan("csv", (file,), schema(a="int64"), {"where": '"a" >= 2'}))) == [
        {"a": 2},
        {"a": 3},
    ]


@pytest.mark.parametrize("name", ["a*b.csv", "a[1].csv", "q?.csv", "it's.csv", "ü ;.csv"])
def test_a_file_name_is_no_pattern(connection: duckdb.DuckDBPyConnection, tmp_path: Path, name: str) -> None:
    write(tmp_path / "axb.csv", "a\n9\n")
    write(tmp_path / "a1.csv", "a\n9\n")
    scan = FileScan("csv", (write(tmp_path / name, "a\n1\n"),), schema(a="int64"))
    assert rows(connection, scan_sql(scan)) == [{"a": 1}]


def test_json_lines_become_their_types(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    lines = (
        '{"i": 5, "f": 2, "t": "x", "j": {"p": [1, "a"]}, "d": "2024-01-02", "ts": "2024-01-02T03:04:05Z"}\n'
        '{"i": null, "l": [1, 2], "t": 5, "unknown": 1}\n'
    )
    columns = schema(i="int64", f="float64", t="string", j="json", d="date", ts="timestamp", l="list<int64>")
    found = rows(connection, scan_sql(FileScan("json", (write(tmp_path / "t.jsonl", lines),), columns)))
    assert found[0]["j"] == '{"p":[1,"a"]}'
    assert found[0]["ts"] == dt.datetime(2024, 1, 2, 3, 4, 5)  # noqa: DTZ001
    assert (found[0]["i"], found[0]["f"], found[0]["d"]) == (5, 2.0, dt.date(2024, 1, 2))
    assert (found[1]["i"], found[1]["t"], found[1]["l"]) == (None, "5", [1, 2])


@pytest.mark.parametrize("value", ["1.5", "true", '"x"', "99999999999999999999"])
def test_a_json_value_is_never_changed_to_fit(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, value: str
) -> None:
    scan = FileScan("json", (write(tmp_path / "t.jsonl", f'{{"v": {value}}}\n'),), schema(v="int64"))
    with pytest.raises(duckdb.Error, match="column 'v'"):
        rows(connection, scan_sql(scan))


def test_parquet_columns_get_their_declared_types(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    at = dt.datetime(2024, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
    table = pa.table(
        {
            "i": pa.array([1], pa.int32()),
            "ns": pa.array([at], pa.timestamp("ns", "Europe/Berlin")),
            "m": pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int32())),
            "d": pa.array(["x"]).dictionary_encode(),
        }
    )
    pq.write_table(table, tmp_path / "t.parquet")
    pair = pa.list_(pa.struct([("key", pa.string()), ("value", pa.int32())]))
    columns = pa.schema(
        [("i", pa.int64()), ("ns", pa.timestamp("us", "UTC")), ("m", pair), ("d", pa.string()), ("new", pa.date32())]
    )
    file = str(tmp_path / "t.parquet")
    options: dict[str, Json] = {"layouts": [{"files": [file], "columns": ["i", "ns", "m", "d"], "maps": ["m"]}]}
    found = connection.sql(f"SELECT * FROM {scan_sql(FileScan('parquet', (file,), columns, options))}").to_arrow_table()
    assert found.to_pylist() == [{"i": 1, "ns": at, "m": [{"key": "k", "value": 1}], "d": "x", "new": None}]


def test_csv_bytes_tell_null_from_empty_over_a_pipe(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    pipe = str(tmp_path / "pipe")
    os.mkfifo(pipe)
    long = "x" * 10_000_000
    text = f'1,"",2024-01-02\n2,,\n3,"a""b\nc",2024-01-03\n4,"{long}",\n'

    def feed() -> None:
        with open(pipe, "w", encoding="utf-8") as out:
            out.write(text)

    thread = threading.Thread(target=feed)
    thread.start()
    columns = pa.schema([("id", pa.int64()), ("note", pa.string()), ('d"', pa.date32())])
    sql = csv_bytes_sql(CsvBytes(columns, {"id": 'CAST("id" AS BIGINT) * 10'}), pipe)
    found = sorted(rows(connection, sql), key=lambda row: str(row["id"]))
    thread.join()
    assert [(row["id"], row["note"]) for row in found] == [(10, ""), (20, None), (30, 'a"b\nc'), (40, long)]
    assert [row['d"'] for row in found] == [dt.date(2024, 1, 2), None, dt.date(2024, 1, 3), None]


@pytest.mark.parametrize("format", ["csv", "json", "parquet"])
def test_what_duckdb_copies_to_a_file_a_scan_reads_back(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, format: str
) -> None:
    columns = pa.schema([*schema(i="int64", t="string", j="json"), pa.field("l", pa.list_(pa.int64()))])
    query = """SELECT 1 AS i, '' AS t, '{"p":[1]}' AS j, [1, 2] AS l UNION ALL SELECT 2, NULL, NULL, NULL"""
    json_columns = {"csv": ["l"], "json": ["j"], "parquet": []}[format]
    target = FileTarget(str(tmp_path / "it's.out"), format, {"json_columns": json_columns})  # type: ignore[arg-type]
    connection.execute(copy_sql(query, target))
    found = rows(connection, scan_sql(FileScan(format, (target.path,), columns)))  # type: ignore[arg-type]
    assert sorted(found, key=lambda row: str(row["i"])) == [
        {"i": 1, "t": "", "j": '{"p":[1]}', "l": [1, 2]},
        {"i": 2, "t": None, "j": None, "l": None},
    ]


def test_parquet_is_copied_with_its_row_groups_and_compression(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    target = FileTarget(str(tmp_path / "t.parquet"), "parquet", {"compression": "zstd", "row_group_size": 4096})
    connection.execute(copy_sql("SELECT i FROM range(10000) t(i)", target))
    footer = pq.ParquetFile(target.path).metadata
    assert footer.num_rows == 10_000
    assert footer.num_row_groups == 3
    assert footer.row_group(0).column(0).compression == "ZSTD"


def test_every_session_setting_is_one_duckdb_knows(connection: duckdb.DuckDBPyConnection) -> None:
    found = dict(connection.execute("SELECT name, value FROM duckdb_settings()").fetchall())
    assert found["TimeZone"] == "UTC"
    assert found["disabled_optimizers"] == "type_pushdown"
    assert found["autoinstall_known_extensions"] == "false"
    assert found["threads"] == "2"
