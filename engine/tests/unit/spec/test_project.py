"""A right project file becomes models, whatever of the grammar it uses."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest

from headwater.sdk.destination import Evolution, Write
from headwater.sdk.errors import ConfigError, UnknownName
from headwater.spec.document import Data
from headwater.spec.engines import DatabricksEngine, LocalEngine, SparkEngine
from headwater.spec.load import load_project, parse_project, project_of
from headwater.spec.pipeline import QuarantineSpec, RetrySpec
from headwater.spec.steps import EvolutionPolicy, WriteMode
from headwater.spec.write_settings import takes, write_settings

MINIMAL = """\
version: 1
pipelines:
  copy:
    sources: [{type: files, config: {url: in}}]
    destinations: [{type: duckdb, config: {path: out.db}}]
"""

EVERYTHING = """\
version: 1
name: shop
x-defaults: &pg {host: db.local, password: "${env:PW}"}
connectors:
  shop: {type: postgres, config: {<<: *pg, database: shop}, description: The shop.}
  lake: {type: files, config: {url: /lake}}
processors:
  protect: {type: anonymize, config: {columns: [email]}, description: Hides who it was.}
pipelines:
  orders:
    description: All orders.
    sources:
      - connector: shop
        parallelism: 4
        streams:
          - name: public.orders
            mode: incremental
            cursor: updated_at
            lag: 15m
            inclusive: false
            start: "2026-01-01"
            primary_key: id
            columns: {include: ["*"], exclude: [secret_*]}
            filter: amount > 0
            alias: crm_{name}
            write: merge
            table: raw.{name}
            key: [id, shop]
            evolution: freeze
            verify: checksum
          - name: public.dim_*
            exclude: public.dim_tmp
            columns: [id, name]
          - public.plain
      - type: sqlite
        config: {path: extra.db}
    processors:
      - {type: filter, name: paid, streams: crm_orders, exclude: [x], enabled: false, config: {where: paid}}
      - protect
    destinations:
      - connector: lake
        streams: ["crm_*", {name: public.plain, write: append, table: plain, key: [a], evolution: ignore}]
        exclude: crm_secret
        write: replace
        table: "{schema}_{name}"
        evolution: ignore
        verify: count
      - lake
    engine: {type: local, threads: 4, memory: 2GiB, parallelism: 3, temp_directory: /tmp/spill}
    evolution: freeze
    verify: checksum
    retries: {attempts: 5, backoff: 500ms, max_backoff: 2m, jitter: 0.1}
    quarantine: {url: /quarantine, retention: 7d, limit: 1%}
schedules:
  nightly:
    pipeline: orders
    cron: "0 2 * * *"
    timezone: Europe/Berlin
    start: 2026-01-01
    end: "2027-01-01T00:00:00Z"
    jitter: 5m
    overlap: queue
    missed: all
    after: []
    enabled: false
"""


def test_the_smallest_project_has_the_defaults_of_the_grammar() -> None:
    pipeline = parse_project(MINIMAL).pipeline("copy")
    assert [stream.name for stream in pipeline.sources[0].streams] == ["*"]
    assert pipeline.sources[0].streams[0].mode == "full"
    assert [target.name for target in pipeline.destinations[0].streams] == ["*"]
    assert pipeline.engine == LocalEngine()
    assert (pipeline.evolution, pipeline.verify) == ("evolve", "count")
    assert pipeline.retries == RetrySpec()
    assert pipeline.quarantine == QuarantineSpec()
    assert pipeline.processors == ()


def test_a_project_that_uses_every_key_reads_as_written() -> None:
    project = parse_project(EVERYTHING)
    pipeline = project.pipeline("orders")
    orders, dims, plain = pipeline.sources[0].streams
    assert project.connectors["shop"].config == {"host": "db.local", "password": "${env:PW}", "database": "shop"}
    assert (orders.lag, orders.primary_key, orders.key) == (900.0, ("id",), ("id", "shop"))
    assert orders.columns.exclude == ("secret_*",)
    assert (dims.columns.include, dims.exclude, plain.name) == (("id", "name"), ("public.dim_tmp",), "public.plain")
    assert pipeline.processors[0].streams == ("crm_orders",)
    assert pipeline.processors[1].processor == "protect"
    assert pipeline.destinations[1].connector == "lake"
    assert pipeline.engine == LocalEngine(threads=4, memory=2 * 2**30, parallelism=3, temp_directory="/tmp/spill")
    assert pipeline.retries.backoff == timedelta(milliseconds=500)
    assert pipeline.quarantine == QuarantineSpec(url="/quarantine", retention=timedelta(days=7), limit="1%")
    nightly = project.schedules["nightly"]
    assert nightly.start == datetime(2026, 1, 1)  # noqa: DTZ001
    assert nightly.end == datetime(2027, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "engine"),
    [
        ("local", LocalEngine()),
        ("spark", SparkEngine()),
        (
            "{type: spark, url: 'sc://h:15002', conf: {a.b: true, c: 3}}",
            SparkEngine(url="sc://h:15002", conf={"a.b": True, "c": 3}),
        ),
        ("{type: databricks, cluster_id: c1}", DatabricksEngine(cluster_id="c1")),
        ("{type: databricks, new_cluster: {num_workers: 2}}", DatabricksEngine(new_cluster={"num_workers": 2})),
    ],
)
def test_an_engine_is_named_or_given_with_its_options(written: str, engine: object) -> None:
    assert parse_project(f"{MINIMAL}    engine: {written}\n").pipeline("copy").engine == engine


def test_a_quarantine_may_be_just_its_address() -> None:
    assert parse_project(f"{MINIMAL}    quarantine: /q\n").pipeline("copy").quarantine.url == "/q"


def test_empty_sections_and_empty_configs_are_empty() -> None:
    project = parse_project("version: 1\nconnectors:\n  a: {type: sqlite, config: }\nschedules:\n")
    assert project.connectors["a"].config == {}
    assert project.schedules == {}


def test_json_is_read_as_well() -> None:
    assert parse_project('{"version": 1, "connectors": {"a": {"type": "sqlite"}}}').connectors["a"].type == "sqlite"


def test_plain_data_makes_the_same_project_as_its_yaml() -> None:
    data: dict[str, Data] = {
        "version": 1,
        "pipelines": {
            "copy": {
                "sources": [{"type": "files", "config": {"url": "in"}}],
                "destinations": [{"type": "duckdb", "config": {"path": "out.db"}}],
            }
        },
    }
    assert project_of(data) == parse_project(MINIMAL)


def test_projects_are_equal_by_what_they_say_not_by_where() -> None:
    assert parse_project(MINIMAL) == parse_project("# moved\n\n" + MINIMAL, "other.yaml")
    assert parse_project(MINIMAL) != parse_project(MINIMAL.replace("out.db", "else.db"))


def test_a_folder_means_the_project_file_in_it(tmp_path: Path) -> None:
    (tmp_path / "headwater.yaml").write_text(MINIMAL)
    project = load_project(tmp_path)
    assert project == load_project(tmp_path / "headwater.yaml")
    assert project.directory == tmp_path
    assert project.where("pipelines.copy.sources[0].config.url") == f"{tmp_path}/headwater.yaml:4"
    assert project.where(("pipelines", "copy", "engine")) == f"{tmp_path}/headwater.yaml:3"


def test_a_project_file_that_is_not_there_is_named_with_what_is(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(MINIMAL)
    with pytest.raises(ConfigError) as caught:
        load_project(tmp_path / "headwater.yaml")
    assert caught.value.public_code == "config.no_project"
    assert "shop.yaml" in (caught.value.hint or "")


def test_an_unknown_pipeline_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownName) as caught:
        parse_project(MINIMAL).pipeline("cpoy")
    assert caught.value.public_code == "config.unknown_pipeline"
    assert "did you mean 'copy'?" in (caught.value.hint or "")


def test_no_value_shows_in_a_repr() -> None:
    text = (
        MINIMAL.replace("{path: out.db}", "{path: out.db, password: hunter2}")
        + "    engine: {type: databricks, token: hunter2}\n"
    )
    project = parse_project(text)
    shown = repr(project) + str(project.pipelines) + repr(project.pipeline("copy").engine) + repr(project.origin)
    assert "hunter2" not in shown
    assert "engine" in shown


def test_models_are_frozen() -> None:
    project = parse_project(MINIMAL)
    with pytest.raises(ValueError, match="frozen"):
        project.pipeline("copy").sources[0].connector = "x"  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize(
    ("stream", "table", "write", "evolution", "verify", "key"),
    [
        ("public.a", "from_stream", "merge", "freeze", "checksum", ("id",)),
        ("public.b", "from_target", "append", "ignore", "count", ()),
        ("public.c", "from_destination", "replace", "evolve", "checksum", None),
    ],
)
def test_the_nearest_word_on_how_a_stream_is_written_wins(
    stream: str, table: str, write: str, evolution: str, verify: str, key: tuple[str, ...] | None
) -> None:
    text = """
version: 1
pipelines:
  p:
    sources:
      - type: sqlite
        streams:
          - {name: public.a, table: from_stream, write: merge, evolution: freeze, key: id}
          - {name: public.b, table: from_stream, write: merge, evolution: freeze, key: id}
          - public.*
    destinations:
      - type: sqlite
        table: from_destination
        write: replace
        exclude: public.d
        streams: ["*", {name: public.b, table: from_target, write: append, evolution: ignore, verify: count, key: []}]
    verify: checksum
"""
    pipeline = parse_project(text).pipeline("p")
    specs = {spec.name: spec for spec in pipeline.sources[0].streams}
    settings = write_settings(pipeline, pipeline.destinations[0], stream, specs.get(stream, specs["public.*"]))
    found = (settings.table, settings.write, settings.evolution, settings.verify, settings.key)
    assert found == (table, write, evolution, verify, key)
    assert takes(pipeline.destinations[0], stream)
    assert not takes(pipeline.destinations[0], "public.d")


def test_the_grammar_has_the_words_of_the_contracts() -> None:
    assert set(get_args(WriteMode)) == {write.value for write in Write}
    assert set(get_args(EvolutionPolicy)) == {policy.value for policy in Evolution}


def test_engine_options_without_a_type_are_those_of_the_local_engine() -> None:
    pipeline = "{sources: [a], destinations: [a], engine: {threads: 3}}"
    text = f"version: 1\nconnectors: {{a: {{type: files}}}}\npipelines: {{p: {pipeline}}}"
    engine = parse_project(text).pipelines["p"].engine
    assert (engine.type, engine.model_dump()["threads"]) == ("local", 3)
