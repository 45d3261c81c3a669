"""`make demo`: a small web shop's exports, with their faults, through Headwater's command line into a DuckDB file.

Everything it writes lies in `out/` and `.headwater/` beside this file, and is made anew each time. It leaves with 1 as
soon as something is not as it should be.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
from make_data import BAD_CUSTOMERS, CUSTOMERS, FIRST, PRODUCTS, SECOND, UNREAD, Delivery, Shop
from privacy import SHOWN, clear_values, everything_stored, hidden_customers

HERE = Path(__file__).resolve().parent
OUT, HOME, WAREHOUSE = HERE / "out", HERE / ".headwater", HERE / "out" / "warehouse.duckdb"
HEADWATER = Path(sys.executable).with_name("headwater")
EDITED, KEY = OUT / "mended.jsonl", OUT / "pii.key"
PUT_RIGHT = {"two": "2", "12,90": "12.90", "payed": "paid"}
WIDTH = 118
SAID: list[str] = []

Truth = dict[int, tuple[str, Decimal]]
Counts = dict[str, int | str]

REVENUE = """
SELECT category, count(*) AS orders, count(DISTINCT customer_id) AS customers, sum(amount) AS revenue
FROM orders JOIN products USING (product_id) JOIN customers USING (customer_id)
WHERE status IN ('paid', 'shipped') GROUP BY ALL ORDER BY revenue DESC
"""
NEXT = """
headwater preview shop --stream orders     the first rows, and those that would be rejected
headwater discover exports                 what the exports hold, with columns and types
headwater run shop --full-refresh          read everything again, and rebuild the tables
headwater run shop --json                  the report, as a program reads it
$EDITOR headwater.yaml                     add `verify: checksum` to the pipeline, or a step of your own
"""


class Unexpected(Exception):
    """Something is not as it should be."""


def main() -> None:
    began = time.monotonic()
    for folder in (OUT, HOME):
        shutil.rmtree(folder, ignore_errors=True)
    shop = Shop(OUT / "exports")
    good = load_the_first_months(shop)
    good |= mend_what_was_rejected()
    good = load_march_after_a_crash(shop, good)

    prove_that_nobody_is_in_clear()

    title("9. Ask the warehouse")
    ask(REVENUE)

    title("What to try next")
    tell(f"export PATH={HEADWATER.parent}:$PATH; cd {HERE}\n{NEXT}")
    tell(f"Everything was as it should be. It took {time.monotonic() - began:.1f} s.")


def load_the_first_months(shop: Shop) -> Truth:
    """Every act answers what the warehouse should hold after it."""
    title("1. The shop exports its data")
    shop.deliver_customers_and_products()
    first = shop.deliver_orders(FIRST)
    tell(f"{first.lines:,} orders as CSV, {CUSTOMERS:,} customers as JSON lines, {PRODUCTS} products as Parquet.")
    bad, odd = first.bad, first.odd
    tell(f"{first.tests} orders are tests, {bad.total()} lines are wrong in {len(bad)} ways, {odd.total()} are odd.")
    make_key()
    tell(f"The key that hides the customers' addresses lies in {KEY.relative_to(HERE)}, and is shown nowhere.")

    title("2. What would a run do?")
    headwater("check", "shop", "--stream", "orders")

    title("3. Run it: two schemas, ten quality rules, and the customers anonymized on the way")
    said = headwater("run", "shop", "--quiet")
    report = counts_in(said)
    expect_load(report["orders"], first)
    expect_odd(said, first)
    expect(report["customers"]["written"] == CUSTOMERS, "every good customer is there")
    expect(report["products"]["written"] == PRODUCTS, "every product is there")
    expect_warehouse(first.good)
    expect_quarantine("orders", first.bad)
    expect_quarantine("customers", Counter(rule for _, _, rule in BAD_CUSTOMERS))
    return first.good


def mend_what_was_rejected() -> Truth:
    title("4. The rows that were set aside")
    headwater("quarantine", "show", "shop", "--limit", "6")

    title("5. Mend them, and send them on from where they stood")
    mended = mend()
    tell(f"{len(mended)} orders are put right in {EDITED.relative_to(HERE)}: two is 2, 12,90 is 12.90, payed is paid.")
    edited = str(EDITED.relative_to(HERE))
    replayed = counts_in(headwater("quarantine", "replay", "shop", "--stream", "orders", "--edited", edited))
    expect(replayed["orders"]["written"] == len(mended), "every mended row is written")
    return mended


def load_march_after_a_crash(shop: Shop, before: Truth) -> Truth:
    expect_warehouse(before)
    title("6. March arrives, and the run that loads it is killed")
    second = shop.deliver_orders(SECOND)
    after = {**before, **second.good}
    tell(f"{second.lines:,} more lines: new orders, and older ones that were shipped or sent back.")
    kill_a_run()
    if warehouse() == before:
        tell("kill -9 while it was reading: the warehouse is as it was before, not a row of March can be seen.")
    else:
        expect_warehouse(after)
        tell("kill -9 just after the commit: all of March can be seen.")

    title("7. Run it again")
    expect_balanced(counts_in(headwater("run", "shop", "--quiet")))
    expect_warehouse(after)
    headwater("state", "show", "shop")
    tell(f"{len(after):,} orders, each there once and as it is now. Nothing lost, nothing twice.")
    return after


def prove_that_nobody_is_in_clear() -> None:
    title("8. Is anybody to be seen?")
    customers = OUT / "exports" / "customers.ndjson"
    hidden = hidden_customers(customers, KEY)
    with duckdb.connect(WAREHOUSE, read_only=True) as connection:
        rows = connection.execute(SHOWN).fetchall()
    expect(rows == hidden, "every customer is hidden as the key, and only the key, says")
    told = [(str(who), name, token, phone, f"{born.year}s", area) for who, name, token, phone, born, area, _ in rows]
    for cells in (("id", "name", "email", "phone", "born", "postcode"), *told[:3]):
        print(
            "  " + "".join(cell.ljust(width) for cell, width in zip(cells, (4, 10, 66, 16, 7, 8), strict=True)).rstrip()
        )
    print()
    stored = everything_stored(WAREHOUSE, HOME)
    secret = {*clear_values(customers), KEY.read_text().lower()}
    expect(len(stored) > len(rows), "there is something to look through")
    for text in ("\n".join(stored), "\n".join(SAID)):
        expect(not any(value in text for value in secret), "no address, no phone number and no key can be seen")
    tell(
        f"{len(secret):,} addresses, phone numbers and the key were looked for in {len(stored):,} values of the "
        "warehouse, the\nquarantine and the journal, and in all that was printed here. None is there."
    )


def make_key() -> None:
    KEY.touch(mode=0o600)
    KEY.write_text(secrets.token_urlsafe(32))


def headwater(*arguments: str) -> str:
    """Call the command line as a person would, and show what it says."""
    print(f"$ headwater {' '.join(arguments)}")
    said = call(*arguments)
    for line in said.splitlines():
        show(line)
    print()
    return said


def call(*arguments: str) -> str:
    done = subprocess.run(
        [HEADWATER, *arguments], cwd=HERE, env=environment(), capture_output=True, text=True, check=False
    )
    SAID.extend((done.stdout.lower(), done.stderr.lower()))
    expect(done.returncode == 0, f"headwater {' '.join(arguments)} succeeds; it said:\n{done.stdout}{done.stderr}")
    return done.stdout


def environment() -> dict[str, str]:
    """This process's, without what would send the demo's files elsewhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith("HEADWATER_")}


def counts_in(report: str) -> dict[str, Counts]:
    """The table of a printed report, by stream; a replay has a line for each step that it enters."""
    lines = [line.split() for line in report.splitlines()]
    at = next(index for index, cells in enumerate(lines) if cells[:2] == ["stream", "table"])
    head, *rows = lines[at:]
    found: dict[str, Counts] = {}
    for cells in rows:
        if len(cells) >= len(head) and cells[head.index("balanced")] in ("yes", "NO"):
            row = dict(zip(head, cells, strict=False))
            before = found.get(row["stream"], {})
            found[row["stream"]] = {name: _count(text, before.get(name)) for name, text in row.items()}
    return found


def _count(text: str, before: int | str | None) -> int | str:
    digits = text.replace(",", "")
    return int(digits) + (before if isinstance(before, int) else 0) if digits.isdigit() else text


def kill_a_run() -> None:
    """Start a run, and end it by SIGKILL as soon as it reads."""
    command = [HEADWATER, "run", "shop", "--stream", "orders"]
    print("$ headwater run shop --stream orders")
    with subprocess.Popen(
        command, cwd=HERE, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as run:
        events = iter(run.stderr or ())
        while json.loads(next(events))["event"] != "StreamStarted":
            pass
        run.kill()
    print()


def expect_quarantine(stream: str, bad: Mapping[str, int]) -> None:
    """Each bad row once, for the reason it was broken by."""
    (file,) = (HOME / "quarantine" / "shop" / stream).glob("*.parquet")
    rows = pq.read_table(file).to_pylist()
    unread = [row for row in rows if row["step_name"] == "read"]
    found = Counter(UNREAD if row["step_name"] == "read" else _rule(row) for row in rows)
    expect(found == bad, f"the bad {stream} are in quarantine, each once and with its reason, not {found}")
    expect(all(row["file"] and row["line"] > 1 for row in unread), "lines that cannot be read have a file and a line")


def _rule(row: dict[str, list[dict[str, str]]]) -> str:
    return "+".join(rule["id"] for rule in row["rules"])


def mend() -> Truth:
    """Write the rejected rows that a person could put right, as they should be; answers what they should become."""
    shown = ("quarantine", "show", "shop", "--stream", "orders", "--limit", "1000", "--json")
    rows = [json.loads(line) for line in call(*shown).splitlines()]
    mended: Truth = {}
    with EDITED.open("w") as edited:
        for row in rows:
            wrong = [name for name in ("quantity", "unit_price", "status") if row.get(name) in PUT_RIGHT]
            for name in wrong:
                row[name] = PUT_RIGHT[row[name]]
            if wrong:
                edited.write(json.dumps(row) + "\n")
                mended[row["order_id"]] = row["status"], int(row["quantity"]) * Decimal(str(row["unit_price"]))
    return mended


def ask(query: str) -> None:
    tell(query)
    with duckdb.connect(WAREHOUSE, read_only=True) as connection:
        answer = connection.execute(query)
        names = [column[0] for column in answer.description or ()]
        rows = answer.fetchall()
    expect(sum(row[1] for row in rows) > 0, "the warehouse has an answer")
    for cells in (names, *rows):
        print("  " + "".join(_cell(cell, first=index == 0) for index, cell in enumerate(cells)))
    print()


def _cell(value: object, *, first: bool) -> str:
    text = value if isinstance(value, str) else f"{value:,}"
    return text.ljust(10) if first else text.rjust(14)


def warehouse() -> Truth:
    """Status and amount of every order that the warehouse holds."""
    with duckdb.connect(WAREHOUSE, read_only=True) as connection:
        rows = connection.execute("SELECT order_id, status, amount FROM orders").fetchall()
    found = {order_id: (status, amount) for order_id, status, amount in rows}
    expect(len(found) == len(rows), "no order is there twice")
    return found


def expect_warehouse(truth: Truth) -> None:
    expect(warehouse() == truth, f"the warehouse holds the {len(truth):,} good orders, as they are now")


def expect_load(row: Counts, delivery: Delivery) -> None:
    expect(row["read"] == delivery.lines, "every line is counted")
    expect(row["filtered"] == delivery.tests, "test orders are filtered")
    expect(row["rejected"] == delivery.bad.total(), "bad lines are rejected")
    expect(row["written"] == len(delivery.good), "good orders are written")
    expect_balanced({"orders": row})


def expect_odd(report: str, delivery: Delivery) -> None:
    """Rules that only warn count the rows, and let them go on."""
    for rule, count in delivery.odd.items():
        expect(f"orders: {rule} warned, {count} rows" in report, f"{rule} warns of {count} rows")


def expect_balanced(report: dict[str, Counts]) -> None:
    for stream, row in report.items():
        parts = [int(row[name]) for name in ("filtered", "rejected", "dedup", "written")]
        expect(row["balanced"] == "yes" and row["read"] == sum(parts), f"the rows of {stream} add up")


def expect(condition: object, what: str) -> None:
    if not condition:
        raise Unexpected(what)


def title(text: str) -> None:
    print(f"── {text} {'─' * (WIDTH - len(text) - 4)}\n")


def tell(text: str) -> None:
    print(text.strip() + "\n")


def show(line: str) -> None:
    print(line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…")


if __name__ == "__main__":
    try:
        main()
    except Unexpected as wrong:
        sys.exit(f"demo: this was expected, and is not so: {wrong}")
