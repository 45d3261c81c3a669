"""A plugin's config: checked against its own model, at its own lines, without showing a value."""

from typing import Literal

import pytest
from pydantic import Field, field_validator, model_validator

from headwater.sdk.config import PluginConfig, Secret
from headwater.sdk.errors import UnknownName
from headwater.spec.load import parse_project
from headwater.spec.plugin_config import (
    PluginUse,
    config_problems,
    connector_use,
    plugin_config,
    plugin_problems,
    plugin_uses,
    processor_use,
)
from headwater.spec.problems import Problem, ProjectInvalid
from headwater.spec.project import Project
from headwater.spec.references import Environment, Resolver

TEXT = """\
version: 1
connectors:
  shop:
    type: postgres
    config:
      host: "${env:DB}"
      port: "${env:PORT}"
      password: "${env:PW}"
  bare: {type: postgres}
processors:
  guard: {type: filter, config: {where: a}}
pipelines:
  p:
    sources: [shop]
    processors: [guard, {type: filter, config: {where: b}}]
    destinations: [shop, {type: postgres, config: {host: h, sslmod: off}}, bare]
"""


class Pool(PluginConfig):
    size: int = 1


class PostgresConfig(PluginConfig):
    host: str = Field(description="Where the server is.")
    port: int = 5432
    password: Secret | None = None
    sslmode: Literal["off", "on"] = "on"
    pool: Pool = Pool()
    tables: tuple[Pool, ...] = ()

    @field_validator("host")
    @classmethod
    def _is_local(cls, value: str) -> str:
        if value.endswith(".evil"):
            raise ValueError(f"host {value} is not allowed")
        return value

    @model_validator(mode="after")
    def _no_odd_ports(self) -> "PostgresConfig":
        if self.port == 1:
            raise ValueError("port 1 needs a password")
        return self


class FilterConfig(PluginConfig):
    where: str


def resolver(**variables: str) -> Resolver:
    return Resolver({"env": Environment(variables)})


def project(text: str = TEXT) -> Project:
    return parse_project(text, "f.yaml")


def shop(of: Project) -> PluginUse:
    return connector_use(of, of.pipeline("p").sources[0], ("pipelines", "p", "sources", 0), "source")


def problems_of(text: str, **variables: str) -> tuple[Problem, ...]:
    found = project(text)
    with pytest.raises(ProjectInvalid) as caught:
        plugin_config(found, shop(found), PostgresConfig, resolver(**variables))
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return caught.value.problems


def test_a_saved_config_is_resolved_and_validated_with_types() -> None:
    found = project()
    config = plugin_config(found, shop(found), PostgresConfig, resolver(DB="db", PORT="5433", PW="hunter2"))
    assert (config.host, config.port) == ("db", 5433)
    assert config.password is not None
    assert config.password.get_secret_value() == "hunter2"
    assert "hunter2" not in repr(config)
    assert found.connectors["shop"].config["password"] == "${env:PW}"


def test_a_processor_is_saved_or_stands_in_the_step() -> None:
    found = project()
    saved, inline = found.pipeline("p").processors
    first = processor_use(found, saved, ("pipelines", "p", "processors", 0))
    second = processor_use(found, inline, ("pipelines", "p", "processors", 1))
    assert (first.label, first.type, first.at) == ("guard", "filter", ("processors", "guard"))
    assert (second.label, second.name, second.at) == ("filter", None, ("pipelines", "p", "processors", 1))
    assert plugin_config(found, first, FilterConfig, resolver()).where == "a"
    assert plugin_config(found, second, FilterConfig, resolver()).where == "b"


def test_an_unknown_key_of_a_config_is_answered_with_the_nearest_at_its_line() -> None:
    (problem,) = problems_of(TEXT.replace("host:", "hots: x\n      host:", 1), DB="db", PORT="1234", PW="x")
    assert (problem.code, problem.line, problem.column, problem.path) == (
        "config.unknown_key",
        6,
        7,
        "connectors.shop.config.hots",
    )
    assert (problem.hint or "").startswith("did you mean 'host'? there is: host, port")


def test_a_missing_key_of_a_config_says_what_it_is() -> None:
    found = project()
    use = connector_use(
        found, found.pipeline("p").destinations[2], ("pipelines", "p", "destinations", 2), "destination"
    )
    with pytest.raises(ProjectInvalid) as caught:
        plugin_config(found, use, PostgresConfig, resolver())
    (problem,) = caught.value.problems
    assert (problem.line, problem.path, problem.hint) == (9, "connectors.bare.config.host", "Where the server is.")


def test_nested_keys_of_a_config_have_their_own_places() -> None:
    text = TEXT.replace('host: "${env:DB}"', "host: h\n      pool: {sise: 3}\n      tables: [{size: many}]")
    first, second = problems_of(text, PORT="1234", PW="x")
    assert (first.line, first.path, first.hint) == (
        7,
        "connectors.shop.config.pool.sise",
        "did you mean 'size'? there is: size",
    )
    assert (second.line, second.path) == (8, "connectors.shop.config.tables[0].size")


def test_all_references_without_a_value_are_reported_at_once() -> None:
    found = problems_of(TEXT, PORT="1")
    assert [(problem.line, problem.code) for problem in found] == [
        (6, "config.unknown_variable"),
        (8, "config.unknown_variable"),
    ]


def test_a_value_from_a_reference_shows_in_no_message_whatever_a_validator_says() -> None:
    (problem,) = problems_of(TEXT, DB="hunter2.evil", PORT="1234", PW="x")
    assert problem.message == "host *** is not allowed (its value comes from ${env:DB})"
    (port,) = problems_of(TEXT, DB="db", PORT="hunter2", PW="x")
    assert "hunter2" not in str(port.as_dict())
    (short,) = problems_of(TEXT, DB="db", PORT="1", PW="x")
    assert short.message == "port *** needs a password"


def test_a_part_of_a_text_that_came_from_a_reference_is_struck_out_too() -> None:
    text = TEXT.replace('"${env:DB}"', '"db-${env:DB}"')
    (problem,) = problems_of(text, DB="hunter2.evil", PORT="1234", PW="x")
    assert "hunter2" not in problem.message


def test_a_literal_value_of_a_config_is_not_quoted() -> None:
    (problem,) = problems_of(TEXT.replace('"${env:PW}"', "[hunter2]"), DB="db", PORT="1234")
    assert problem.path == "connectors.shop.config.password"
    assert "hunter2" not in str(problem.as_dict())


def test_a_config_can_be_checked_before_its_references_have_values() -> None:
    found = project()
    assert config_problems(found, shop(found), PostgresConfig) == []
    wrong = project(
        TEXT.replace("type: postgres\n", 'type: postgres\n    description: "a"\n').replace("port:", "prot:")
    )
    assert [problem.path for problem in config_problems(wrong, shop(wrong), PostgresConfig)] == [
        "connectors.shop.config.prot"
    ]


def test_every_plugin_in_use_is_listed_once_per_kind() -> None:
    assert [(use.kind, use.label) for use in plugin_uses(project())] == [
        ("source", "shop"),
        ("processor", "guard"),
        ("processor", "filter"),
        ("destination", "shop"),
        ("destination", "postgres"),
        ("destination", "bare"),
    ]


def test_all_plugins_of_a_project_are_checked_against_what_is_installed() -> None:
    def config_type(kind: str, name: str) -> type[PluginConfig]:
        if kind == "processor":
            raise UnknownName("processor type", name, ["cast"], place="installed plugins")
        return PostgresConfig

    found = plugin_problems(project(), config_type)
    assert [(problem.path, problem.code) for problem in found] == [
        ("processors.guard.type", "config.unknown_processor_type"),
        ("pipelines.p.processors[1].type", "config.unknown_processor_type"),
        ("pipelines.p.destinations[1].config.sslmod", "config.unknown_key"),
        ("connectors.bare.config.host", "config.missing_key"),
    ]
