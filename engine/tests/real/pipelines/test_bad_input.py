"""Input that is wrong: a clear error with a code and a way out, nothing lost, nothing half-visible."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest
from real.conftest import PostgresDatabase
from real.pipelines.project import ProjectFolder

FILES = {"type": "files", "config": {"url": "in"}}
LAKE = {"type": "duckdb", "config": {"path": "lake.duckdb"}}


@pytest.fixture
def project(tmp_path: Path) -> ProjectFolder:
    return ProjectFolder(tmp_path)


def lake(project: ProjectFolder, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(project.path / "lake.duckdb"), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_a_wrong_password_is_a_configuration_error_that_does_not_show_it(
    project: ProjectFolder, postgres: PostgresDatabase
) -> None:
    config = {**postgres.config, "password": "not-the-password"}
    project.pipeline({"type": "postgres", "config": config}, LAKE)
    answer = project.run()
    assert answer.code == 2
    assert answer.error["code"] == "postgres.auth_failed"
    assert answer.error["hint"]
    assert "not-the-password" not in answer.stderr + str(answer.printed)


def test_a_host_that_is_down_is_named_with_its_port(project: ProjectFolder, postgres: PostgresDatabase) -> None:
    project.pipeline({"type": "postgres", "config": {**postgres.config, "port": 1}}, LAKE)
    answer = project.run()
    assert answer.code == 1
    assert answer.error["code"] == "postgres.unreachable"
    assert "127.0.0.1:1" in answer.error["message"].replace(" port ", ":")


def test_ragged_rows_go_to_quarantine_with_their_line_and_the_others_arrive(project: ProjectFolder) -> None:
    project.write("in/t.csv", "id,name\n1,ada\n2\n3,cy,extra\n4,dee\n")
    project.pipeline(FILES, LAKE)
    answer = project.run()
    assert answer.code == 0
    assert answer.load["rows"] == {"read": 4, "filtered": 0, "rejected": 2, "deduplicated": 0, "written": 2}
    assert lake(project, "SELECT id, name FROM t ORDER BY id") == [(1, "ada"), (4, "dee")]
    shown = project.call("quarantine", "show", "p", "--json", "--limit", "1")
    assert (shown.printed["_line"], shown.printed["_text"]) == (3, "2")


def test_a_value_that_is_not_of_its_columns_type_is_rejected_with_the_column(project: ProjectFolder) -> None:
    rows = "".join(f"{number},{number * 2}\n" for number in range(1000))
    project.write("in/t.csv", f"id,n\n{rows}x,1\n")
    project.pipeline({"type": "files", "config": {"url": "in", "columns": {"id": "int64", "n": "int64"}}}, LAKE)
    answer = project.run()
    assert answer.code == 0
    assert (answer.load["rows"]["written"], answer.load["rows"]["rejected"]) == (1000, 1)


def test_a_quote_that_never_closes_fails_and_publishes_nothing(project: ProjectFolder) -> None:
    project.write("in/t.csv", 'id,name\n1,ada\n2,"bob\n3,cy\n')
    project.pipeline({"type": "files", "config": {"url": "in", "quote": '"', "delimiter": ","}}, LAKE)
    answer = project.run()
    assert answer.code != 0
    assert "t.csv" in answer.error["message"]


def test_a_header_alone_makes_an_empty_table(project: ProjectFolder) -> None:
    project.write("in/t.csv", "id,name\n")
    project.pipeline(FILES, LAKE)
    answer = project.run()
    assert answer.code == 0
    assert lake(project, "SELECT count(*) FROM t") == [(0,)]


def test_a_byte_order_mark_and_mixed_line_ends_are_no_part_of_the_data(project: ProjectFolder) -> None:
    project.write("in/t.csv", b"\xef\xbb\xbfid,name\r\n1,ada\r\n2,bob\r\n")
    project.pipeline(FILES, LAKE)
    assert project.run().code == 0
    assert lake(project, "SELECT id, name FROM t ORDER BY id") == [(1, "ada"), (2, "bob")]


def test_a_cut_parquet_file_is_named(project: ProjectFolder) -> None:
    project.write("in/t.parquet", b"PAR1" + b"\0" * 100)
    project.pipeline(FILES, LAKE)
    answer = project.run()
    assert answer.code != 0
    assert "t.parquet" in answer.error["message"]
    assert answer.error["hint"]


def test_columns_that_appear_later_widen_the_table_and_are_reported(project: ProjectFolder) -> None:
    project.write("in/t.csv", "id\n1\n")
    project.pipeline(FILES, {**LAKE, "write": "append"})
    assert project.run().code == 0
    project.write("in/t.csv", "id,name\n2,bob\n")
    answer = project.run()
    assert answer.code == 0
    assert {"column": "name", "change": "added"}.items() <= answer.load["schema_changes"][0].items()
    assert lake(project, "SELECT id, name FROM t ORDER BY id") == [(1, None), (2, "bob")]


def test_a_frozen_table_refuses_a_new_column_and_keeps_its_rows(project: ProjectFolder) -> None:
    project.write("in/t.csv", "id\n1\n")
    project.pipeline(FILES, {**LAKE, "write": "append", "evolution": "freeze"})
    assert project.run().code == 0
    project.write("in/t.csv", "id,name\n2,bob\n")
    answer = project.run()
    assert answer.code == 1
    assert "name" in answer.error["message"]
    assert lake(project, "SELECT * FROM t") == [(1,)]


def test_hostile_names_and_values_arrive_as_they_are(project: ProjectFolder, postgres: PostgresDatabase) -> None:
    with postgres.connect() as connection:
        connection.execute('CREATE TABLE "sel""ect; drop" ("from" int PRIMARY KEY, "naïve ""x""" text)')
        connection.execute("""INSERT INTO "sel""ect; drop" VALUES (1, ''';DROP TABLE x;--'), (2, NULL)""")
    source = {"type": "postgres", "config": postgres.config, "streams": ['public.sel"ect; drop']}
    project.pipeline(source, {"type": "postgres", "config": postgres.config, "table": 'copy\'s "of" it'})
    answer = project.run()
    assert answer.code == 0, answer.printed
    found = postgres.execute('SELECT "from", "naïve ""x""" FROM "copy\'s ""of"" it" ORDER BY 1')
    assert found == [(1, "';DROP TABLE x;--"), (2, None)]


def test_a_text_with_a_nul_is_refused_by_postgres_with_the_table_left_as_it_was(
    project: ProjectFolder, postgres: PostgresDatabase
) -> None:
    project.write("in/t.ndjson", '{"id": 1, "name": "a\\u0000b"}\n')
    project.pipeline(FILES, {"type": "postgres", "config": postgres.config})
    answer = project.run()
    assert answer.code == 1
    assert "name" in answer.error["message"]
    assert postgres.execute("SELECT to_regclass('t')") == [(None,)]


def test_a_table_of_two_thousand_columns_passes_through_files(project: ProjectFolder) -> None:
    names = ",".join(f"c{number}" for number in range(2000))
    project.write("in/t.csv", f"{names}\n{','.join(['1'] * 2000)}\n")
    project.pipeline(FILES, {"type": "files", "config": {"url": "out"}})
    answer = project.run()
    assert answer.code == 0
    assert answer.load["rows"]["written"] == 1


def test_numbers_too_large_for_their_column_fail_and_name_it(
    project: ProjectFolder, postgres: PostgresDatabase
) -> None:
    postgres.execute("CREATE TABLE t (id smallint)")
    project.write("in/t.csv", "id\n70000\n")
    project.pipeline(FILES, {"type": "postgres", "config": postgres.config, "write": "append", "evolution": "freeze"})
    answer = project.run()
    assert answer.code == 1
    assert "id" in answer.error["message"]
    assert postgres.execute("SELECT count(*) FROM t") == [(0,)]


def test_zero_rows_replace_a_table_by_an_empty_one(project: ProjectFolder, postgres: PostgresDatabase) -> None:
    postgres.execute("CREATE TABLE empty_one (id int)")
    project.pipeline({"type": "postgres", "config": postgres.config, "streams": ["public.empty_one"]}, LAKE)
    answer = project.run()
    assert answer.code == 0
    assert answer.load["rows"] == {"read": 0, "filtered": 0, "rejected": 0, "deduplicated": 0, "written": 0}
    assert lake(project, "SELECT count(*) FROM empty_one") == [(0,)]


def test_every_wrong_key_of_a_project_is_named_with_its_line(project: ProjectFolder) -> None:
    project.write("headwater.yaml", "version: 1\npipelines:\n  p:\n    source: []\n    destinations: [lake]\n")
    answer = project.call("run", "p", "--json")
    assert answer.code == 2
    assert "headwater.yaml:4" in answer.stderr
    assert "sources" in answer.stderr


@pytest.mark.parametrize("write", ["append", "merge"])
def test_a_malformed_line_is_set_aside_once_however_often_its_file_is_read_again(
    project: ProjectFolder, write: str
) -> None:
    stream = {"name": "t", "mode": "incremental", "cursor": "id", "primary_key": ["id"]}
    project.pipeline({**FILES, "streams": [stream]}, {**LAKE, "write": write})
    project.write("in/t.csv", "id,name\n1,ada\n2\n3,cy\n")
    assert project.run().load["rows"]["rejected"] == 1
    assert project.run().load["rows"]["rejected"] == 0
    project.write("in/t.csv", "id,name\n1,ada\n2\n3,cy\n2\n4,dee\n")
    third = project.run()
    assert (third.load["rows"]["rejected"], third.load["balanced"]) == (1, True)
    assert project.run().load["rows"]["rejected"] == 0
    assert project.run("--full-refresh").load["rows"]["rejected"] == 2
    assert project.run().load["rows"]["rejected"] == 0
    assert lake(project, "SELECT id FROM t ORDER BY id") == [(1,), (3,), (4,)]
