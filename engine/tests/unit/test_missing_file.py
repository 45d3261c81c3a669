"""What is said of a database file that is read before there is one."""

from __future__ import annotations

from pathlib import Path

from headwater.toolkit.missing_file import missing_file


def test_the_files_beside_it_and_the_run_that_makes_it_are_named(tmp_path: Path) -> None:
    (tmp_path / "shop.duckdb").touch()
    error = missing_file("DuckDB file 'shp.duckdb'", tmp_path / "shp.duckdb", code="duckdb.no_file")
    assert (str(error), error.public_code) == ("DuckDB file 'shp.duckdb': there is no such file", "duckdb.no_file")
    assert error.hint == "the folder has: shop.duckdb; the first run that writes to it makes it"


def test_a_folder_that_is_not_there_has_no_files(tmp_path: Path) -> None:
    error = missing_file("SQLite file 'a/b.db'", tmp_path / "a" / "b.db", code="sqlite.no_file")
    assert error.hint is not None
    assert error.hint.startswith(f"the folder {str(tmp_path / 'a')!r} has no files; ")
