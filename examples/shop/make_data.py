"""The exports of a small web shop: orders as one CSV per month, customers as JSON lines, products as Parquet.

The same rows come out every time. Some lines of the orders are broken in the ways that real exports are broken; every
`Delivery` says how many, and which orders are good, so that the demo can hold its runs against the truth.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq

CUSTOMERS, PRODUCTS = 2_000, 120
ORDERS = {"2026-01": 9_500, "2026-02": 10_500, "2026-03": 1_500}
FIRST, SECOND = ("2026-01", "2026-02"), ("2026-03",)

HEADER = "order_id,customer_id,product_id,quantity,unit_price,status,ordered_at,updated_at,note"
STATUSES = ("paid", "paid", "paid", "shipped", "shipped", "cancelled")
COUNTRIES = ("DE", "DE", "AT", "CH", "FR", "NL", "PL")
CATEGORIES = ("books", "garden", "kitchen", "music", "toys", "travel")
NOTES = ("", "", "", "", '"gift, please wrap"', "ring twice", '"say ""hello"" to the dog"')

TEST_EVERY, MISTYPED_EVERY, RAGGED_EVERY = 97, 1_327, 1_900
MISTYPES = (("quantity", "two"), ("unit_price", "n/a"), ("unit_price", '"12,90"'), ("quantity", "1.5"))


@dataclass(frozen=True, slots=True)
class Order:
    """One line of an export; quantity and price are text, for they may be wrong."""

    order_id: int
    customer_id: int
    product_id: int
    quantity: str
    unit_price: str
    status: str
    ordered_at: datetime
    updated_at: datetime
    note: str

    @property
    def line(self) -> str:
        ordered, updated = (f"{moment:%Y-%m-%d %H:%M:%S}" for moment in (self.ordered_at, self.updated_at))
        cells = (self.order_id, self.customer_id, self.product_id, self.quantity, self.unit_price, self.status)
        return ",".join([*map(str, cells), ordered, updated, self.note])

    @property
    def is_test(self) -> bool:
        return self.status == "test"

    @property
    def is_mistyped(self) -> bool:
        return self.order_id % MISTYPED_EVERY == 0

    @property
    def truth(self) -> tuple[str, Decimal]:
        """What the warehouse should say about it: status and amount."""
        return self.status, int(self.quantity) * Decimal(self.unit_price)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What was written: all lines but the headers, the bad ones by kind, and the truth of every good order."""

    lines: int
    tests: int
    ragged: int
    mistyped: int
    good: dict[int, tuple[str, Decimal]]


class Shop:
    """All that ever happened in the shop; its methods write a part of it as files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        random = Random(2026)
        self._prices = [Decimal(random.randrange(199, 19_900)) / 100 for _ in range(PRODUCTS)]
        self._orders = {month: self._month(month, random) for month in ORDERS}

    def deliver_customers_and_products(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._write("customers.ndjson", (json.dumps(_customer(number)) for number in range(1, CUSTOMERS + 1)))
        pq.write_table(_products(self._prices), self._folder / "products.parquet")

    def deliver_orders(self, months: Iterable[str]) -> Delivery:
        """One file per month: its new orders, and what happened to those of the month before."""
        lines = tests = ragged = mistyped = 0
        good: dict[int, tuple[str, Decimal]] = {}
        for month in months:
            orders = [*self._orders[month], *(self._news() if month in SECOND else ())]
            orders.sort(key=lambda order: (order.updated_at, order.order_id))
            broken = _breakable(orders)
            texts = [_text(order, broken.get(index)) for index, order in enumerate(orders)]
            self._write(f"orders/{month}.csv", [HEADER, *texts])
            lines += len(orders)
            tests += sum(order.is_test for order in orders)
            mistyped += sum(order.is_mistyped for order in orders)
            ragged += len(broken)
            for index, order in enumerate(orders):
                if index not in broken and not order.is_test and not order.is_mistyped:
                    good[order.order_id] = order.truth
        return Delivery(lines, tests, ragged, mistyped, good)

    def _month(self, month: str, random: Random) -> list[Order]:
        begin, count = datetime.fromisoformat(f"{month}-01"), ORDERS[month]
        step = timedelta(days=28) / count
        first = 100_000 + sum(n for name, n in ORDERS.items() if name < month)
        return [self._order(first + index, begin + index * step, random) for index in range(count)]

    def _order(self, order_id: int, moment: datetime, random: Random) -> Order:
        product = random.randrange(PRODUCTS)
        status = random.choice(STATUSES)
        order = Order(
            order_id,
            customer_id=random.randrange(1, CUSTOMERS + 1),
            product_id=product + 1,
            quantity=str(random.choice((1, 1, 1, 2, 3, 5))),
            unit_price=f"{self._prices[product]:.2f}",
            status=status if order_id % TEST_EVERY or order_id % MISTYPED_EVERY == 0 else "test",
            ordered_at=moment,
            updated_at=moment + timedelta(minutes=random.randrange(120)),
            note=random.choice(NOTES),
        )
        if not order.is_mistyped:
            return order
        column, value = MISTYPES[order_id // MISTYPED_EVERY % len(MISTYPES)]
        return replace(order, **{column: value})

    def _news(self) -> list[Order]:
        """The last orders of February that were paid are shipped in March, and a few of them come back."""
        paid = [order for order in self._orders[FIRST[-1]] if order.status == "paid" and not order.is_mistyped]
        begin = datetime.fromisoformat("2026-03-02")
        shipped = [
            replace(order, status="shipped", updated_at=begin + timedelta(seconds=30 * index))
            for index, order in enumerate(paid[-240:])
        ]
        returned = [replace(o, status="returned", updated_at=o.updated_at + timedelta(days=9)) for o in shipped[::20]]
        return [*shipped, *returned]

    def _write(self, name: str, lines: Iterable[str]) -> None:
        file = self._folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _breakable(orders: list[Order]) -> dict[int, int]:
    """Positions of good lines, one in each stretch, numbered from 1."""
    found: dict[int, int] = {}
    for begin in range(RAGGED_EVERY // 2, len(orders), RAGGED_EVERY):
        at = next(i for i in range(begin, len(orders)) if not orders[i].is_test and not orders[i].is_mistyped)
        found[at] = len(found) + 1
    return found


def _text(order: Order, broken: int | None) -> str:
    """The line; a broken one is cut short, or has fields too many, in turn."""
    if broken is None:
        return order.line
    return order.line.rsplit(",", 4)[0] if broken % 2 else f"{order.line},moved,to aisle 7"


def _customer(number: int) -> dict[str, object]:
    random = Random(number)
    name = random.choice(("Ada", "Bela", "Chiara", "Deniz", "Emil", "Fatma"))
    email = f"{name}.{number}@example.com"
    return {
        "customer_id": number,
        "name": f"{name} {random.choice('KLMNPRST')}.",
        "email": f" {email.upper()} " if number % 11 == 0 else email,
        "phone": f"+49 30 {random.randrange(10_000_000):07}",
        "country": random.choice(COUNTRIES),
        "newsletter": random.random() < 0.4,
    }


def _products(prices: list[Decimal]) -> pa.Table:
    random = Random(7)
    return pa.table(
        {
            "product_id": pa.array(range(1, PRODUCTS + 1), pa.int32()),
            "title": [f"Article {number:03}" for number in range(1, PRODUCTS + 1)],
            "category": [random.choice(CATEGORIES) for _ in range(PRODUCTS)],
            "list_price": pa.array(prices, pa.decimal128(10, 2)),
        }
    )
