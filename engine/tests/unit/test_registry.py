"""Discovery of plugins: lazy, one owner per name, and a helpful word when a package is missing."""

import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, EntryPoint
from pathlib import Path

import pytest

from headwater.registry import (
    METHODS,
    BrokenPlugin,
    ConnectorType,
    MissingPackage,
    Registry,
    from_entry_points,
    installed,
)
from headwater.sdk.config import PluginConfig
from headwater.sdk.destination import Destination
from headwater.sdk.errors import ConfigError, UnknownName
from headwater.sdk.processor import BatchProcessor, Processor, RelationalProcessor, StreamMaker
from headwater.sdk.source import Source

GOOD = """
from headwater.sdk.config import PluginConfig

class Config(PluginConfig):
    path: str

class Good:
    config_type = Config
    def check(self): ...
    def discover(self, pattern="*", *, after=None, limit=500): ...
    def describe(self, stream): ...
    def plan(self, request): ...
    def read(self, partition): ...
    def close(self): ...
    def capabilities(self): ...
    def open(self, request): ...
    def checkpoints(self, pipeline): ...
    def set_checkpoint(self, pipeline, stream, table, value): ...
    def operations(self, schema): ...

class NoConfig:
    def operations(self, schema): ...

class Half:
    config_type = Config
    def output_schema(self, schema): ...

value = 3
"""


class Dist(Distribution):
    """A distribution with a name, a version and extras, and no files."""

    def __init__(self, name: str, *extras: str) -> None:
        self._lines = [f"Name: {name}", "Version: 1.2", *(f"Provides-Extra: {extra}" for extra in extras)]

    def read_text(self, filename: str) -> str | None:
        return "\n".join(["Metadata-Version: 2.1", *self._lines, ""]) if filename == "METADATA" else None

    def locate_file(self, path: object) -> Path:
        return Path(str(path))


class Plugins:
    """Writes modules that nothing has imported, and makes entry points that name them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.entries: list[EntryPoint] = []

    def module(self, name: str, text: str) -> None:
        (self.folder / f"{name}.py").write_text(text)

    def claim(self, kind: str, name: str, value: str, dist: Dist) -> None:
        entry = EntryPoint(name, value, f"headwater.{kind}s")
        self.entries.append(entry._for(dist))  # pyright: ignore[reportPrivateUsage, reportAttributeAccessIssue]

    def registry(self) -> Registry:
        return from_entry_points(self.entries)


@pytest.fixture
def plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Plugins]:
    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)
    yield Plugins(tmp_path)
    for name in set(sys.modules) - before:
        if name.startswith("hwt_"):
            del sys.modules[name]


def test_names_are_listed_without_importing_a_plugin(plugins: Plugins) -> None:
    plugins.module("hwt_explodes", "raise RuntimeError('imported')")
    plugins.claim("source", "b", "hwt_explodes:B", Dist("one"))
    plugins.claim("source", "a", "hwt_explodes:A", Dist("one"))
    plugins.claim("destination", "b", "hwt_explodes:B", Dist("one"))
    registry = plugins.registry()
    assert registry.names("source") == ["a", "b"]
    assert registry.connector_types() == (
        ConnectorType("a", source=True, destination=False, distribution="one", version="1.2"),
        ConnectorType("b", source=True, destination=True, distribution="one", version="1.2"),
    )


def test_a_plugin_is_loaded_by_name_with_its_config_model(plugins: Plugins) -> None:
    plugins.module("hwt_good", GOOD)
    for kind in ("source", "destination", "processor"):
        plugins.claim(kind, "good", "hwt_good:Good", Dist("one"))
    registry = plugins.registry()
    assert registry.source_type("good").__name__ == "Good"
    assert registry.destination_type("good") is registry.processor_type("good")
    assert issubclass(registry.config_type("source", "good"), PluginConfig)
    assert list(registry.connector_configs()) == list(registry.processor_configs()) == ["good"]
    assert len(registry.connector_configs()["good"]) == 1


def test_an_unknown_type_is_answered_with_the_nearest(plugins: Plugins) -> None:
    plugins.claim("source", "postgres", "hwt_none:X", Dist("one"))
    with pytest.raises(UnknownName) as caught:
        plugins.registry().source_type("postgers")
    assert caught.value.public_code == "config.unknown_source_type"
    assert (caught.value.hint or "").startswith("did you mean 'postgres'?")


def test_a_type_that_has_only_the_other_side_says_so(plugins: Plugins) -> None:
    plugins.claim("source", "api", "hwt_none:X", Dist("one"))
    plugins.claim("destination", "files", "hwt_none:X", Dist("one"))
    with pytest.raises(ConfigError, match="can be a source, not a destination") as caught:
        plugins.registry().destination_type("api")
    assert caught.value.hint == "a destination can be: files"


@pytest.mark.parametrize(("first", "second"), [("source", "source"), ("source", "destination")])
def test_a_name_claimed_by_two_distributions_names_both(plugins: Plugins, first: str, second: str) -> None:
    plugins.claim(first, "shop", "hwt_a:X", Dist("shop-one"))
    plugins.claim(second, "shop", "hwt_b:X", Dist("shop-two"))
    plugins.claim("source", "fine", "hwt_a:Y", Dist("shop-one"))
    registry = plugins.registry()
    with pytest.raises(ConfigError, match=r"claimed by shop-one 1\.2 and by shop-two 1\.2") as caught:
        registry.source_type("shop")
    assert caught.value.public_code == "config.plugin_conflict"
    with pytest.raises(ConfigError, match="claimed by"):
        registry.connector_types()


def test_a_processor_may_have_the_name_of_a_connector(plugins: Plugins) -> None:
    plugins.module("hwt_good", GOOD)
    plugins.claim("source", "sql", "hwt_good:Good", Dist("one"))
    plugins.claim("processor", "sql", "hwt_good:Good", Dist("two"))
    assert plugins.registry().processor_type("sql").__name__ == "Good"


def test_a_missing_package_is_answered_with_the_line_that_installs_it(plugins: Plugins) -> None:
    plugins.module("hwt_needs", "import hwt_driver_nobody_has.pool")
    plugins.claim("source", "shop", "hwt_needs:X", Dist("headwater", "shop"))
    plugins.claim("source", "other", "hwt_needs:X", Dist("stranger"))
    registry = plugins.registry()
    with pytest.raises(MissingPackage) as caught:
        registry.source_type("shop")
    assert "'hwt_driver_nobody_has'" in caught.value.message
    assert caught.value.hint == "pip install 'headwater[shop]'"
    assert caught.value.public_code == "config.missing_package"
    with pytest.raises(MissingPackage) as stranger:
        registry.source_type("other")
    assert "stranger" in (stranger.value.hint or "")
    assert registry.connector_configs() == {}


def test_a_plugin_that_is_itself_broken_shows_its_own_traceback(plugins: Plugins) -> None:
    plugins.module("hwt_broken", "import hwt_broken.part")
    plugins.module("hwt_wrong", "from headwater.sdk.errors import no_such_thing")
    plugins.module("hwt_fails", "1 / 0")
    for name in ("broken", "wrong", "fails", "absent"):
        plugins.claim("source", name, f"hwt_{name}:X", Dist("one"))
    registry = plugins.registry()
    with pytest.raises(ModuleNotFoundError, match="hwt_broken"):
        registry.source_type("broken")
    with pytest.raises(ImportError, match="no_such_thing"):
        registry.source_type("wrong")
    with pytest.raises(ZeroDivisionError):
        registry.source_type("fails")
    with pytest.raises(ModuleNotFoundError, match="hwt_absent"):
        registry.source_type("absent")


@pytest.mark.parametrize(
    ("kind", "value", "message"),
    [
        ("source", "hwt_good:Nobody", "hwt_good has no Nobody"),
        ("source", "hwt_good:value", "is no class"),
        ("processor", "hwt_good:NoConfig", "has no config_type"),
        ("source", "hwt_good:Half", "lacks check, discover, describe, plan, read, close"),
        ("processor", "hwt_good:Half", "lacks operations, or process"),
    ],
)
def test_what_is_no_plugin_is_refused_with_what_it_lacks(plugins: Plugins, kind: str, value: str, message: str) -> None:
    plugins.module("hwt_good", GOOD)
    plugins.claim(kind, "bad", value, Dist("one"))
    with pytest.raises(BrokenPlugin) as caught:
        plugins.registry().config_type(kind, "bad")  # pyright: ignore[reportArgumentType]
    assert message in caught.value.message


def test_the_methods_asked_for_are_those_of_the_contracts() -> None:
    def methods(protocol: type) -> set[str]:
        return {name for name, value in vars(protocol).items() if callable(value) and name[0] != "_"}

    assert set(METHODS["source"][0]) == methods(Source)
    assert set(METHODS["destination"][0]) == methods(Destination)
    kinds = (RelationalProcessor, BatchProcessor, StreamMaker)
    assert [set(names) for names in METHODS["processor"]] == [methods(kind) for kind in kinds]
    assert methods(Processor) == set()


def test_the_installed_plugins_are_found_by_their_entry_points() -> None:
    registry = installed()
    assert {"files", "postgres", "duckdb", "sqlite"} <= set(registry.names("source"))
    postgres = next(found for found in registry.connector_types() if found.name == "postgres")
    assert (postgres.source, postgres.destination, postgres.distribution) == (True, True, "headwater")
