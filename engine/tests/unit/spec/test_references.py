"""References: parsed early, looked up late, never shown."""

from pathlib import Path

import pytest

from headwater.sdk.errors import ConfigError
from headwater.spec.engines import DatabricksEngine, LocalEngine
from headwater.spec.load import parse_project, resolved_pipeline
from headwater.spec.problems import ProjectInvalid
from headwater.spec.references import (
    BadReference,
    Environment,
    Files,
    NoSecrets,
    Reference,
    Resolver,
    parse_references,
)

PIPELINE = """\
version: 1
connectors:
  one: {type: files}
pipelines:
  p:
    sources: [{connector: "${env:SOURCE}", streams: [{name: "${env:STREAM:-orders}", lag: "${env:LAG:-0}"}]}]
    processors: [{type: filter, enabled: "${env:FILTERED:-true}", config: {where: "${env:NEVER_SET}"}}]
    destinations: [{connector: one, table: "${env:SCHEMA:-raw}.{name}", write: "${env:WRITE:-append}"}]
    engine: "${env:ENGINE:-local}"
    retries: {attempts: "${env:ATTEMPTS}"}
  other:
    sources: [{type: files}]
    destinations: [{type: files}]
    engine: {type: "${env:OTHER}", threads: 4}
"""


def resolver(**variables: str) -> Resolver:
    return Resolver({"env": Environment(variables), "secret": NoSecrets(), "file": Files(Path("/nowhere"))})


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("plain", ("plain",)),
        ("", ()),
        ("${env:A}", (Reference("env", "A"),)),
        ("u:${env:A}@${file:/run/x}", ("u:", Reference("env", "A"), "@", Reference("file", "/run/x"))),
        ("${env:A:-b:c}", (Reference("env", "A", "b:c"),)),
        ("${env:A:-}", (Reference("env", "A", ""),)),
        ("$${env:A}", ("${", "env:A}")),
        ("$$${env:A}", ("$", "${", "env:A}")),
        ("cost $5 {a}", ("cost $5 {a}",)),
        ("${secret:a:-b}", (Reference("secret", "a:-b"),)),
    ],
)
def test_a_text_is_split_into_parts_and_references(text: str, parts: tuple[object, ...]) -> None:
    assert parse_references(text) == parts


@pytest.mark.parametrize("text", ["${A}", "${env}", "${env: }", "a ${env:A", "${vault:x}", "${}"])
def test_a_text_that_only_looks_like_a_reference_is_refused(text: str) -> None:
    with pytest.raises(BadReference):
        parse_references(text)


def test_a_default_stands_in_for_a_variable_that_is_missing_or_empty() -> None:
    assert resolver(B="").resolve("${env:A:-x} ${env:B:-y} [${env:B}] $${env:C}") == "x y [] ${env:C}"


def test_a_missing_variable_is_named_with_the_nearest_that_exists() -> None:
    with pytest.raises(BadReference) as caught:
        resolver(SHOP_PASSWORD="hunter2").resolve("${env:SHOP_PASWORD}")
    assert caught.value.public_code == "config.unknown_variable"
    assert "${env:SHOP_PASWORD} has no value" in caught.value.message
    assert (caught.value.hint or "").startswith("did you mean 'SHOP_PASSWORD'?")
    assert "hunter2" not in str(caught.value.as_dict())


def test_a_file_gives_its_text_without_the_last_line_break(tmp_path: Path) -> None:
    (tmp_path / "pw").write_text("a\nb\n")
    assert Resolver.local(tmp_path).resolve("${file:pw}|${file:" + str(tmp_path / "pw") + "}") == "a\nb|a\nb"


def test_a_file_that_cannot_be_read_is_named_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff")
    (tmp_path / "large").write_bytes(b"x" * 1_000_001)
    local = Resolver.local(tmp_path)
    for name, reason in [("none", "has no value"), ("binary", "not UTF-8"), ("large", "1 MB"), (".", "directory")]:
        with pytest.raises(ConfigError, match=reason):
            local.resolve(f"${{file:{name}}}")


def test_a_secret_without_a_store_is_an_error_of_its_own() -> None:
    with pytest.raises(BadReference) as caught:
        resolver().resolve("${secret:pii_key}")
    assert caught.value.public_code == "config.no_secret_store"
    assert "${env:PII_KEY}" in (caught.value.hint or "")


def test_a_secret_store_can_be_plugged_in(tmp_path: Path) -> None:
    class Store:
        def get(self, name: str) -> str | None:
            return {"pii_key": "k"}.get(name)

        def missing(self, name: str) -> str:
            return f"there is: pii_key, and no {name}"

    local = Resolver.local(tmp_path, secrets=Store())
    assert local.resolve("${secret:pii_key}") == "k"
    with pytest.raises(BadReference) as caught:
        local.resolve("${secret:other}")
    assert (caught.value.public_code, caught.value.hint) == ("config.unknown_secret", "there is: pii_key, and no other")


def test_reading_a_project_looks_nothing_up_and_keeps_the_references() -> None:
    project = parse_project(PIPELINE)
    pipeline = project.pipeline("p")
    assert pipeline.sources[0].connector == "${env:SOURCE}"
    assert pipeline.retries.attempts == 3
    assert ("pipelines", "p", "retries", "attempts") in project.origin.deferred
    assert project.pipeline("other").engine == LocalEngine()


def test_a_resolved_pipeline_has_values_of_the_right_type_everywhere_but_in_configs() -> None:
    project = parse_project(PIPELINE)
    values = resolver(SOURCE="one", ATTEMPTS="7", ENGINE="databricks", LAG="15m", FILTERED="false", WRITE="merge")
    pipeline = resolved_pipeline(project, "p", values)
    assert pipeline.sources[0].connector == "one"
    assert pipeline.sources[0].streams[0].name == "orders"
    assert pipeline.sources[0].streams[0].lag == 900.0
    assert pipeline.destinations[0].table == "raw.{name}"
    assert pipeline.destinations[0].write == "merge"
    assert pipeline.engine == DatabricksEngine()
    assert pipeline.retries.attempts == 7
    assert pipeline.processors[0].enabled is False
    assert pipeline.processors[0].config == {"where": "${env:NEVER_SET}"}


def test_every_missing_value_of_a_pipeline_is_reported_and_none_of_another_pipeline() -> None:
    with pytest.raises(ProjectInvalid) as caught:
        resolved_pipeline(parse_project(PIPELINE, "f.yaml"), "p", resolver())
    assert [(problem.path, problem.line) for problem in caught.value.problems] == [
        ("pipelines.p.sources[0].connector", 6),
        ("pipelines.p.retries.attempts", 10),
    ]
    assert caught.value.public_code == "config.unknown_variable"
    assert "SOURCE" in caught.value.problems[0].message


def test_a_value_of_the_wrong_type_is_told_by_its_reference_and_not_shown() -> None:
    with pytest.raises(ProjectInvalid) as caught:
        resolved_pipeline(parse_project(PIPELINE), "p", resolver(SOURCE="one", ATTEMPTS="hunter2", WRITE="hunter3"))
    assert [problem.path for problem in caught.value.problems] == [
        "pipelines.p.destinations[0].write",
        "pipelines.p.retries.attempts",
    ]
    assert "its value comes from ${env:ATTEMPTS}" in caught.value.problems[1].message
    assert "hunter" not in str(caught.value) + str(caught.value.facts)
    assert caught.value.__suppress_context__


def test_a_name_that_comes_from_a_reference_must_exist_too() -> None:
    with pytest.raises(ProjectInvalid, match="no connector named 'two'"):
        resolved_pipeline(parse_project(PIPELINE), "p", resolver(SOURCE="two", ATTEMPTS="1"))


def test_an_unknown_key_is_not_excused_by_a_reference_in_its_value() -> None:
    with pytest.raises(ProjectInvalid, match="no key named 'enginee'"):
        parse_project(PIPELINE + '    enginee: "${env:X}"\n')
