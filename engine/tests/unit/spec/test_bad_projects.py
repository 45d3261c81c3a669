"""Every mistake in a project file: told at its place, with the way out, all of them at once."""

import pytest

from headwater.spec.load import parse_project, project_of
from headwater.spec.problems import Problem, ProjectInvalid

HEAD = "version: 1\n"
PIPELINE = """\
version: 1
pipelines:
  p:
    sources: [{type: files}]
    destinations: [{type: duckdb}]
"""


def problems(text: str) -> tuple[Problem, ...]:
    with pytest.raises(ProjectInvalid) as caught:
        parse_project(text, "f.yaml")
    return caught.value.problems


def test_all_problems_come_in_one_error_in_the_order_of_the_file() -> None:
    text = """\
version: 1
conectors: {}
connectors:
  shop: {tpe: postgres}
pipelines:
  orders:
    sources:
      - connector: shoop
        streams:
          - {name: public.orders, mode: incremenal}
    destinations:
      - connector: shop
        write: [merge]
    engine: {type: local, threads: many}
schedules:
  nightly: {pipeline: order, cron: "0 25 * * *"}
"""
    found = [(problem.line, problem.column, problem.path, problem.code) for problem in problems(text)]
    assert found == [
        (2, 1, "conectors", "config.unknown_key"),
        (4, 9, "connectors.shop.type", "config.missing_key"),
        (4, 10, "connectors.shop.tpe", "config.unknown_key"),
        (8, 20, "pipelines.orders.sources[0].connector", "config.unknown_connector"),
        (10, 41, "pipelines.orders.sources[0].streams[0].mode", "config.wrong_value"),
        (13, 16, "pipelines.orders.destinations[0].write", "config.wrong_value"),
        (14, 36, "pipelines.orders.engine.threads", "config.wrong_type"),
        (16, 23, "schedules.nightly.pipeline", "config.unknown_pipeline"),
        (16, 36, "schedules.nightly.cron", "config.wrong_value"),
    ]


def test_the_error_reads_as_a_list_and_as_data() -> None:
    with pytest.raises(ProjectInvalid) as caught:
        parse_project("version: 1\nconectors: {}\npipelines: 3\n", "f.yaml")
    assert str(caught.value) == (
        "2 problems in f.yaml\n"
        "  f.yaml:2:1: conectors: there is no key named 'conectors' here\n"
        "      did you mean 'connectors'? there is: version, name, connectors, processors, pipelines, schedules\n"
        "  f.yaml:3:12: pipelines: should be a mapping, and is a whole number"
    )
    assert caught.value.public_code == "config.invalid_project"
    assert caught.value.problems[0].as_dict() == {
        "code": "config.unknown_key",
        "message": "there is no key named 'conectors' here",
        "path": "conectors",
        "file": "f.yaml",
        "line": 2,
        "column": 1,
        "hint": "did you mean 'connectors'? there is: version, name, connectors, processors, pipelines, schedules",
    }


def test_a_single_problem_gives_the_error_its_own_code_and_hint() -> None:
    with pytest.raises(ProjectInvalid) as caught:
        parse_project(f"{PIPELINE}    engin: local\n", "f.yaml")
    assert caught.value.public_code == "config.unknown_key"
    assert (caught.value.hint or "").startswith("did you mean 'engine'?")


@pytest.mark.parametrize(
    ("below", "message", "hint"),
    [
        ("    engine: sparc\n", "the type should be one of local, spark, databricks", "did you mean 'spark'?"),
        ("    engine: {type: mars}\n", "the type should be one of", None),
        ("    engine: {type: spark, threads: 3}\n", "no key named 'threads'", "there is: type, url"),
        ("    engine: {type: local, memory: lots}\n", "should be a size", "512MB"),
        ("    engine: {threads: 3, type: local, memory: 0}\n", "should be greater than or equal to 1", None),
        ("    retries: {attempts: 0}\n", "should be greater than or equal to 1", None),
        ("    retries: {backoff: 5}\n", "should be a duration", "90s"),
        ("    retries: {backoff: 5m}\n", "'max_backoff' is shorter", None),
        ("    retries: 3\n", "should be a mapping, and is a whole number", None),
        ("    evolution: evolv\n", "'evolv' should be one of evolve, freeze, ignore", "did you mean 'evolve'?"),
        ("    description: 3\n", "should be text, and is a whole number", "put it in quotes"),
        ("    processors: [{name: x}]\n", "neither 'processor' nor 'type' is given", "`processor: NAME`"),
        (
            "    processors: [{type: a, processor: b}]\n",
            "'processor' and 'type' exclude each other",
            "keep 'processor'",
        ),
        ("    processors: [{processor: b, config: {}}]\n", "'processor' and 'config' exclude each other", None),
        ("    processors: [{type: a, name: x}, {type: b, name: x}]\n", "two processors are named 'x'", None),
        ("    processors: [{type: a, name: x/y}]\n", "should match pattern", None),
        ("    processors: [{type: a, enabled: maybe}]\n", "should be true or false, and is text", None),
        ("    processors: nothing\n", "should be a list, and is text", None),
        ("    quarantine: {limit: some}\n", "should be", None),
    ],
)
def test_a_wrong_value_in_a_pipeline_is_explained(below: str, message: str, hint: str | None) -> None:
    found = problems(PIPELINE + below)
    assert any(message in problem.message for problem in found), found
    assert hint is None or any(hint in (problem.hint or "") for problem in found), found
    assert {problem.line for problem in found} == {6}


@pytest.mark.parametrize(
    ("stream", "message"),
    [
        ("{}", "'name' is missing"),
        ("{name: ''}", "should have at least 1 character"),
        ("3", "should be a mapping, and is a whole number"),
        ("{name: a, lag: soon}", "should be a duration or a number"),
        ("{name: a, lag: -1}", "should be greater than or equal to 0"),
        ("{name: a, primary_key: [1]}", "should be text, and is a whole number"),
        ("{name: a, columns: {only: [b]}}", "no key named 'only'"),
        ("{name: a, table: '{nam}'}", "unknown placeholder {nam}"),
        ("{name: a, table: '{name'}", "braces that do not pair up"),
        ("{name: a, table: {name}}", "should be text, and is a mapping"),
        ("{name: a, alias: ''}", "should have at least 1 character"),
        ("{name: a, write: upsert}", "should be one of replace, append, merge, scd2"),
    ],
)
def test_a_wrong_stream_is_explained(stream: str, message: str) -> None:
    text = PIPELINE.replace("{type: files}", f"{{type: files, streams: [{stream}]}}")
    found = problems(text)
    assert [(problem.line, message in problem.message) for problem in found] == [(4, True)], found


@pytest.mark.parametrize(
    ("schedule", "message"),
    [
        ("{cron: '0 2 * * *'}", "'pipeline' is missing"),
        ("{pipeline: p}", "'cron', 'every' or 'after' is needed"),
        ("{pipeline: p, cron: '@daily', every: 5m}", "'cron' and 'every' exclude each other"),
        ("{pipeline: p, cron: '0 2 * *'}", "it has 4 fields"),
        ("{pipeline: p, cron: '61 * * * *'}", "minute '61' is not between 0 and 59"),
        ("{pipeline: p, cron: '@noon'}", "none of @hourly"),
        ("{pipeline: p, every: 10ms}", "at least 1s"),
        ("{pipeline: p, every: 5m, timezone: Mars/Base}", "no time zone named 'Mars/Base'"),
        ("{pipeline: p, every: 5m, timezone: ../../etc/passwd}", "no time zone named"),
        ("{pipeline: p, every: 5m, start: soon}", "should be"),
        ("{pipeline: p, every: 5m, start: 20260101}", "should be a date or a time"),
        ("{pipeline: p, every: 5m, start: 2026-02-01, end: 2026-01-01}", "is not later than 'start'"),
        ("{pipeline: p, every: 5m, overlap: wait}", "should be one of skip, queue, cancel_running"),
        ("{pipeline: p, every: 5m, missed: some}", "should be one of none, last, all"),
        ("{pipeline: p, after: [p]}", "would wait for itself"),
        ("{pipeline: p, after: [q]}", "no pipeline named 'q'"),
    ],
)
def test_a_wrong_schedule_is_explained(schedule: str, message: str) -> None:
    found = problems(f"{PIPELINE}schedules:\n  s: {schedule}\n")
    assert [(problem.line, message in problem.message) for problem in found] == [(7, True)], found


def test_pipelines_that_wait_for_each_other_are_refused() -> None:
    pipelines = PIPELINE + PIPELINE.split("pipelines:\n")[1].replace("  p:", "  q:")
    text = f"{pipelines}schedules:\n  a: {{pipeline: p, after: [q]}}\n  b: {{pipeline: q, after: [p]}}\n"
    assert [problem.code for problem in problems(text)] == ["config.circular_schedule"]


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("", "config.invalid_project", "the file is empty"),
        ("# only a comment\n", "config.invalid_project", "the file is empty"),
        ("[1, 2]", "config.invalid_project", "is a mapping"),
        ("pipelines: {}", "config.missing_key", "'version' is missing"),
        ("version: 2", "config.wrong_value", "should be 1"),
        ("version: '1'", "config.wrong_value", "should be 1"),
        ("version: 1\nname: a b", "config.wrong_value", "should match pattern"),
    ],
)
def test_a_file_that_is_no_project_is_refused(text: str, code: str, message: str) -> None:
    (problem,) = problems(text)
    assert problem.code == code
    assert message in problem.message


@pytest.mark.parametrize("name", ["a b", "a/b", "-a", ".a", "''", "${env:X}", "a\tb"])
def test_a_name_that_is_no_name_is_refused_at_its_key(name: str) -> None:
    (problem,) = problems(f'{HEAD}connectors:\n  "{name}": {{type: sqlite}}\n')
    assert (problem.code, problem.line, problem.column) == ("config.wrong_name", 3, 3)


def test_names_of_any_script_are_allowed() -> None:
    assert "größe-1.x" in parse_project(f"{HEAD}connectors:\n  größe-1.x: {{type: sqlite}}\n").connectors


def test_a_stream_listed_twice_is_refused_with_both_places() -> None:
    (problem,) = problems(PIPELINE.replace("{type: files}", "{type: files, streams: [a, b, {name: a}]}"))
    assert (problem.code, problem.path) == ("config.duplicate_stream", "pipelines.p.sources[0].streams[2]")


def test_broken_references_are_found_before_anything_runs() -> None:
    text = (
        HEAD + 'connectors:\n  a: {type: x, config: {p: "${PASSWORD}", q: "${vault:x}", r: "${env:}", s: "${env:A"}}\n'
    )
    found = problems(text)
    assert [problem.path.rpartition(".")[2] for problem in found] == ["p", "q", "r", "s"]
    assert {problem.code for problem in found} == {"config.bad_reference"}
    assert found[0].hint == "write ${env:PASSWORD}, or $${ for a plain ${"


@pytest.mark.parametrize("where", ["version: '${env:V}'", "version: 1\nconnectors: {a: {type: '${env:T}'}}"])
def test_a_reference_cannot_stand_where_the_grammar_itself_is_chosen(where: str) -> None:
    assert problems(where)[0].path in ("version", "connectors.a.type")


def test_a_project_from_data_has_problems_without_lines() -> None:
    with pytest.raises(ProjectInvalid) as caught:
        project_of({"version": 1, "pipeline": {}}, "the request")
    (problem,) = caught.value.problems
    assert (problem.file, problem.line, problem.path) == ("the request", None, "pipeline")


def test_a_secret_in_clear_is_not_quoted_by_an_error() -> None:
    text = PIPELINE + "    engine: {type: databricks, token: [hunter2]}\n"
    with pytest.raises(ProjectInvalid) as caught:
        parse_project(text)
    assert "hunter2" not in str(caught.value) + str(caught.value.facts)
