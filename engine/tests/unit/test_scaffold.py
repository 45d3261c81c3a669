"""`headwater new`: what it makes passes its own tests, and is the example plugin under another name."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from headwater.cli.scaffold import Kind, folder_name, render, write
from headwater.sdk.errors import ConfigError

EXAMPLE = Path(__file__).parents[3] / "plugins" / "example"


@pytest.mark.parametrize(("kind", "name"), [("connector", "weather_station"), ("processor", "tidy2")])
def test_a_new_package_passes_its_own_tests_at_once(tmp_path: Path, kind: Kind, name: str) -> None:
    folder = tmp_path / folder_name(name)
    write(render(kind, name), folder)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "not killed"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder / "src"), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout


def test_the_connector_template_is_the_example_plugin_under_another_name() -> None:
    rendered = {path.as_posix(): text for path, text in render("connector", "arrow_folder").items()}
    own = EXAMPLE / "src" / "headwater_example" / "arrow_folder"
    expected = {f"src/headwater_arrow_folder/{path.name}": path for path in own.glob("*.py")}
    expected["tests/test_arrow_folder.py"] = EXAMPLE / "tests" / "test_arrow_folder.py"
    for name, path in expected.items():
        found = rendered[name].replace("headwater_arrow_folder", "headwater_example.arrow_folder")
        assert found == path.read_text(encoding="utf-8"), f"{name} differs from the example's"


def test_a_package_has_entry_points_of_its_name() -> None:
    text = {path.as_posix(): text for path, text in render("connector", "weather").items()}["pyproject.toml"]
    assert 'weather = "headwater_weather.source:WeatherSource"' in text
    assert 'weather = "headwater_weather.destination:WeatherDestination"' in text


@pytest.mark.parametrize("name", ["", "Weather", "my-plugin", "2fast", "a b", "a__b", "class", "x" * 41, "../up", "é"])
def test_a_name_that_cannot_be_a_plugins_is_refused(name: str) -> None:
    with pytest.raises(ConfigError) as caught:
        render("processor", name)
    assert caught.value.public_code == "new.invalid_name"


def test_a_refused_name_comes_with_one_that_would_do() -> None:
    with pytest.raises(ConfigError) as caught:
        render("connector", "My-Plugin")
    assert "my_plugin" in (caught.value.hint or "")


def test_nothing_is_ever_overwritten(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine")
    with pytest.raises(ConfigError) as caught:
        write(render("processor", "tidy"), tmp_path)
    assert caught.value.public_code == "new.exists"
    assert (tmp_path / "README.md").read_text() == "mine"
    assert len(list(tmp_path.iterdir())) == 1
