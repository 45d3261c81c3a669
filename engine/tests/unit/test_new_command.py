"""`headwater new` at the command line."""

from pathlib import Path

from click.testing import CliRunner

from headwater.cli.main import main


def test_it_makes_the_package_where_it_is_told_to_and_prints_the_folder(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["new", "processor", "tidy_names", "--into", str(tmp_path)])

    folder = tmp_path / "headwater-tidy-names"
    assert done.exit_code == 0, done.output
    assert done.stdout.strip() == str(folder)
    assert (folder / "src" / "headwater_tidy_names" / "processor.py").is_file()


def test_it_overwrites_nothing(tmp_path: Path) -> None:
    mine = tmp_path / "headwater-tidy" / "mine.txt"
    mine.parent.mkdir()
    mine.write_text("keep me")
    done = CliRunner().invoke(main, ["new", "processor", "tidy", "--into", str(tmp_path)])

    assert done.exit_code == 2
    assert "new.exists" in done.stderr
    assert [path.name for path in mine.parent.iterdir()] == ["mine.txt"]


def test_a_kind_that_does_not_exist_is_refused_with_those_that_do() -> None:
    done = CliRunner().invoke(main, ["new", "pipeline", "orders"])

    assert done.exit_code == 2
    assert "connector" in done.stderr
    assert "processor" in done.stderr
