"""`--set path=value`: as if it stood in the file."""

import pytest

from headwater.sdk.errors import ConfigError
from headwater.spec.engines import LocalEngine, SparkEngine
from headwater.spec.load import parse_project
from headwater.spec.problems import ProjectInvalid
from headwater.spec.project import Project

TEXT = """\
version: 1
connectors:
  shop: {type: postgres, config: {host: db}}
  my.db: {type: sqlite, config: {path: a.db}}
pipelines:
  orders:
    sources: [{connector: shop, streams: [public.orders, {name: public.items, mode: full}]}]
    destinations: [{connector: my.db}]
    engine: local
"""


def changed(*overrides: str) -> Project:
    return parse_project(TEXT, "f.yaml", overrides=overrides)


def test_a_value_is_read_as_yaml_and_replaces_what_was_there() -> None:
    project = changed(
        "connectors.shop.config.host=other",
        "connectors.shop.config.port=5433",
        "pipelines.orders.sources[0].streams[1].mode=incremental",
        "pipelines.orders.sources.0.streams.1.key=[a, b]",
    )
    assert project.connectors["shop"].config == {"host": "other", "port": 5433}
    stream = project.pipeline("orders").sources[0].streams[1]
    assert (stream.mode, stream.key) == ("incremental", ("a", "b"))


@pytest.mark.parametrize("path", ['connectors."my.db".config.path', "connectors.'my.db'.config.path"])
def test_a_name_with_dots_stands_in_quotes(path: str) -> None:
    assert changed(f"{path}=b=c.db").connectors["my.db"].config == {"path": "b=c.db"}


def test_a_shorthand_grows_into_its_long_form() -> None:
    assert changed("pipelines.orders.engine.threads=3").pipeline("orders").engine == LocalEngine(threads=3)
    stream = changed("pipelines.orders.sources[0].streams[0].mode=incremental").pipeline("orders").sources[0].streams[0]
    assert (stream.name, stream.mode) == ("public.orders", "incremental")


def test_a_whole_value_can_be_replaced_and_missing_mappings_of_the_grammar_are_made() -> None:
    project = changed("pipelines.orders.engine={type: spark, url: 'sc://x'}", "pipelines.orders.retries.attempts=1")
    assert project.pipeline("orders").engine == SparkEngine(url="sc://x")
    assert project.pipeline("orders").retries.attempts == 1


def test_later_overrides_win_and_the_file_is_dumped_with_them() -> None:
    project = changed("name=a", "name=b")
    assert project.name == "b"
    assert isinstance(data := project.data(), dict)
    assert data["name"] == "b"


def test_a_value_may_be_a_reference() -> None:
    assert changed("connectors.shop.config.host=${env:HOST}").connectors["shop"].config == {"host": "${env:HOST}"}


@pytest.mark.parametrize(
    ("override", "message", "hint"),
    [
        ("connectors.shpo.config.host=x", "no key named 'shpo' in connectors", "did you mean 'shop'?"),
        ("pipelines.orders.retris.attempts=1", "no key named 'retris'", "did you mean 'retries'?"),
        ("pipelines.orders.sources[3].connector=x", "there is no item 3", "it has 1, counted from 0"),
        ("pipelines.orders.sources[x].connector=x", "cannot read", "write --set"),
        ("version.a=1", "a single value", "set version itself"),
        ("pipelines.orders.retrys=1", "no key named 'retrys'", "did you mean 'retries'?"),
        ("pipelines.orders.engine.treads=1", "no key named 'treads'", "did you mean 'threads'?"),
        ("pipelines.orders.engine.threads=x", "should be a whole number", None),
        ("=1", "the path is empty", "write --set"),
        ("name", "there is no value", "write --set"),
        ("name=[1", "not YAML", None),
    ],
)
def test_a_wrong_override_is_explained_at_itself(override: str, message: str, hint: str | None) -> None:
    with pytest.raises(ConfigError) as caught:
        changed(override)
    assert message in str(caught.value)
    assert "--set" in str(caught.value)
    assert hint is None or hint in (caught.value.hint or "")


def test_a_problem_with_an_override_names_it_and_not_a_line_of_the_file() -> None:
    with pytest.raises(ProjectInvalid) as caught:
        changed("pipelines.orders.evolution=sometimes")
    (problem,) = caught.value.problems
    assert (problem.file, problem.line) == ("--set", None)
