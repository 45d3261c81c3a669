"""The whole project as a file: exported, applied, applied again."""

from __future__ import annotations

import textwrap

import httpx
import pytest

PASSWORD = "a-password-in-the-file"
PROJECT = textwrap.dedent(
    """
    version: 1
    connectors:
      shop: {type: postgres, config: {host: db.local, database: shop, user: reader, password: a-password-in-the-file}}
      out: {type: duckdb, config: {path: /data/out.duckdb}}
    processors:
      only_paid: {type: filter, config: {where: status = 'paid'}}
    pipelines:
      orders:
        sources: [{connector: shop, streams: [public.orders]}]
        processors: [only_paid]
        destinations: [out]
    """
)


async def apply(client: httpx.AsyncClient, yaml: str, **more: bool) -> list[tuple[str, str, str]]:
    answer = await client.post("/api/apply", json={"yaml": yaml, **more})
    assert answer.status_code == 200, answer.text
    assert PASSWORD not in answer.text
    return [(item["kind"], item["name"], item["action"]) for item in answer.json()["changes"]]


async def test_a_dry_run_says_what_would_change_and_changes_nothing(editor: httpx.AsyncClient) -> None:
    planned = await apply(editor, PROJECT, dry_run=True)

    assert planned == [
        ("connector", "shop", "create"),
        ("connector", "out", "create"),
        ("processor", "only_paid", "create"),
        ("pipeline", "orders", "create"),
    ]
    assert (await editor.get("/api/connectors")).json()["items"] == []


async def test_applying_twice_changes_nothing_the_second_time(editor: httpx.AsyncClient) -> None:
    await apply(editor, PROJECT)
    ids = (await editor.get("/api/connectors/shop")).json()["id"]

    again = await apply(editor, PROJECT)

    assert {action for _, _, action in again} == {"none"}
    assert (await editor.get("/api/connectors/shop")).json()["id"] == ids


async def test_what_export_gives_apply_takes_as_it_is(editor: httpx.AsyncClient) -> None:
    await apply(editor, PROJECT)

    exported = (await editor.get("/api/export")).text

    assert "${secret:connector.shop.password}" in exported
    assert {action for _, _, action in await apply(editor, exported)} == {"none"}
    assert (await editor.get("/api/connectors/shop")).json()["secrets"] == ["password"]


async def test_a_changed_secret_is_an_update_that_shows_no_value(editor: httpx.AsyncClient) -> None:
    await apply(editor, PROJECT)

    answer = await editor.post("/api/apply", json={"yaml": PROJECT.replace(PASSWORD, "another-password")})

    change = answer.json()["changes"][0]
    assert (change["action"], change["diff"]) == ("update", "# a secret has another value\n")
    assert "another-password" not in answer.text


async def test_prune_deletes_what_the_file_does_not_have(editor: httpx.AsyncClient) -> None:
    await apply(editor, PROJECT)
    smaller = "version: 1\nconnectors:\n  out: {type: duckdb, config: {path: /data/out.duckdb}}\n"

    assert await apply(editor, smaller) == [("connector", "out", "none")]
    pruned = await apply(editor, smaller, prune=True)

    assert pruned == [
        ("connector", "out", "none"),
        ("pipeline", "orders", "delete"),
        ("processor", "only_paid", "delete"),
        ("connector", "shop", "delete"),
    ]


async def test_a_file_with_a_fault_changes_nothing_and_names_the_line(editor: httpx.AsyncClient) -> None:
    answer = await editor.post("/api/apply", json={"yaml": PROJECT.replace("[out]", "[uot]")})

    problem = answer.json()["problems"][0]
    assert (answer.status_code, problem["line"], problem["path"]) == (
        422,
        12,
        "pipelines.orders.destinations[0].connector",
    )
    assert (await editor.get("/api/connectors")).json()["items"] == []


BOMB = "version: 1\nx-a: &a [1,2,3,4,5,6,7,8,9]\n" + "".join(
    f"x-{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9)
)


@pytest.mark.parametrize(
    ("yaml", "says"),
    [
        (BOMB, "stands for more than"),
        ("version: 1\nx-a: &a [*a]\n", "inside &a itself"),
        ("[" * 5000, "nested deeper"),
        ("version: 1\nconnectors: {a: !!python/object/apply:os.system [ls]}\n", "no meaning here"),
        ("version: 1\nversion: 1\n", "twice"),
        ("\tversion: 1", "not YAML"),
        ("version: 1\nx: \x07", "cannot stand in YAML"),
        ("", "is empty"),
        ("- 1\n", "is a mapping"),
        ("version: 1\nconnectors: {a: {type: sqlite, config: {path: " + "a" * 9_999_000, ""),
    ],
)
async def test_hostile_yaml_is_refused(editor: httpx.AsyncClient, yaml: str, says: str) -> None:
    answer = await editor.post("/api/apply", json={"yaml": yaml})

    assert answer.status_code == 422
    assert says in answer.text


async def test_more_than_the_limit_is_refused_before_it_is_read(editor: httpx.AsyncClient) -> None:
    answer = await editor.post("/api/apply", json={"yaml": "a" * 12_000_000})

    assert (answer.status_code, answer.json()["code"]) == (413, "request.too_large")
