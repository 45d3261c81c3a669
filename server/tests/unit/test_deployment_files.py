"""The settings that pages and deployment files speak of are those that the server has."""

import re
from pathlib import Path

import pytest
import yaml

from headwater_server.settings import Settings

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
NAMES = {f"HEADWATER_{name.upper()}" for name in Settings.model_fields}
VARIABLE = re.compile(r"HEADWATER_[A-Z_]*[A-Z]")
# Names the file to read, and are no settings.
ELSEWHERE = {"HEADWATER_CONFIG"}
# Of compose.yaml alone: what it makes containers of. Its page lists them.
OF_COMPOSE = {
    "HEADWATER_BIND",
    "HEADWATER_DB_PASSWORD",
    "HEADWATER_IMAGE_TAG",
    *(f"HEADWATER_{part}_MEMORY" for part in ("BACKEND", "DB", "WORKER")),
}


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_setting_has_a_row_on_its_page(name: str) -> None:
    assert f"| `{name}` |" in PAGE


def test_the_page_of_settings_names_none_that_is_not_there() -> None:
    assert set(re.findall(r"^\| `(HEADWATER_[A-Z_]+)`", PAGE, re.MULTILINE)) - NAMES == set()


@pytest.mark.parametrize(
    "file", ["deploy/kubernetes/headwater.yaml", "deploy/systemd/headwater.env", "deploy/systemd/headwater.service"]
)
def test_a_deployment_file_sets_only_what_the_server_reads(file: str) -> None:
    assert set(VARIABLE.findall((ROOT / file).read_text(encoding="utf-8"))) - NAMES == set()


def test_every_variable_of_the_compose_file_is_a_setting_or_on_its_page() -> None:
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    page = (ROOT / "docs" / "how-to" / "deploy-with-compose.md").read_text(encoding="utf-8")

    assert set(VARIABLE.findall(text)) - NAMES == OF_COMPOSE
    assert [name for name in re.findall(r"\$\{([A-Z_]+)[:}]", text) if f"`{name}`" not in page] == []


def test_services_of_the_compose_file_run_without_root_rights_and_write_to_volumes_only() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]

    for name, service in services.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["restart"] == ("no" if name == "first-start" else "unless-stopped"), name
    assert [name for name, service in services.items() if "ports" in service] == ["frontend"]
    assert services["frontend"]["ports"][0].startswith("${HEADWATER_BIND:-127.0.0.1}:")


@pytest.mark.parametrize("distribution", ["engine", "server"])
def test_every_distribution_has_the_licence_as_a_file_of_its_own(distribution: str) -> None:
    """A link would lead out of the sdist, and the wheel that is built from it would have none."""
    own = ROOT / distribution / "LICENSE"

    assert not own.is_symlink()
    assert own.read_bytes() == (ROOT / "LICENSE").read_bytes()
