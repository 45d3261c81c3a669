"""The exports of a small web shop: orders as one CSV per month, customers as JSON lines, products as Parquet.

The same rows come out every time. Some of them are broken in the ways that real exports are broken; every `Delivery`
says which rules they break and how often, and which orders are good, so that the demo can hold its runs against the
truth.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq

CUSTOMERS, PRODUCTS = 1_000, 120
ORDERS = {"2026-01": 4_750, "2026-02": 5_250, "2026-03": 1_000}
FIRST, SECOND = ("2026-01", "2026-02"), ("2026-03",)

HEADER = "order_id,customer_id,product_id,quantity,unit_price,status,ordered_at,updated_at,voucher,note"
STATUSES = ("paid", "paid", "paid", "shipped", "shipped", "cancelled")
COUNTRIES = ("DE", "DE", "AT", "CH", "FR", "NL", "PL")
CATEGORIES = ("books", "garden", "kitchen", "music", "toys", "travel")
NOTES = ("", "", "", "", '"gift, please wrap"', "ring twice", '"say ""hello"" to the dog"')

TEST_EVERY, DIRTY_EVERY, TWICE_EVERY, RAGGED_EVERY = 97, 211, 2_003, 1_900
# What is wrong, and the rule that finds it.
DIRT = (
    ("quantity", "two", "schema:quantity:type"),
    ("unit_price", "n/a", "schema:unit_price:type"),
    ("unit_price", '"12,90"', "schema:unit_price:type"),
    ("quantity", "1.5", "schema:quantity:type"),
    ("customer_id", "", "not_null:customer_id"),
    ("customer_id", "999999", "foreign_key:customer_id"),
    ("status", "payed", "in:status"),
    ("quantity", "-1", "range:quantity"),
    ("ordered_at", "2062-01-20 12:00:00", "dates_in_order"),
)
TWICE, UNREAD = "unique:order_id+updated_at", "read"
VOUCHERS = ("", "", "", "SPRING-10", "WELCOME-5")
BAD_VOUCHER, BAD_VOUCHER_EVERY, LARGE = "spring10%", 1_499, 990
# Customers without orders: the address or the day does not exist.
BAD_CUSTOMERS = (
    ("email", "ada.lovelace(at)example.com", "schema:email:format"),
    ("birth_date", "1985-02-30", "schema:birth_date:type"),
    ("email", "emil@example", "schema:email:format"),
)


@dataclass(frozen=True, slots=True)
class Order:
    """One line of an export. What may be wrong is text."""

    order_id: int
    customer_id: str
    product_id: int
    quantity: str
    unit_price: str
    status: str
    ordered_at: str
    updated_at: datetime
    voucher: str
    note: str

    @property
    def line(self) -> str:
        who = (str(self.order_id), self.customer_id, str(self.product_id))
        what = (self.quantity, self.unit_price, self.status)
        return ",".join([*who, *what, self.ordered_at, _written(self.updated_at), self.voucher, self.note])

    @property
    def is_test(self) -> bool:
        return self.status == "test"

    @property
    def is_dirty(self) -> bool:
        return self.order_id % DIRTY_EVERY == 0

    @property
    def comes_twice(self) -> bool:
        return self.order_id % TWICE_EVERY == 0 and not self.is_test and not self.is_dirty

    @property
    def truth(self) -> tuple[str, Decimal]:
        """What the warehouse should say about it: status and amount."""
        return self.status, int(self.quantity) * Decimal(self.unit_price)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What was written: all lines but the headers, bad and odd ones by rule, and the truth of every good order."""

    lines: int
    tests: int
    bad: Counter[str]
    odd: Counter[str]
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
        self._write("customers.ndjson", map(json.dumps, _customers()))
        pq.write_table(_products(self._prices), self._folder / "products.parquet")

    def deliver_orders(self, months: Iterable[str]) -> Delivery:
        """One file per month: its new orders, and what happened to those of the month before."""
        written: list[Order] = []
        bad, odd = Counter[str](), Counter[str]()
        good: dict[int, tuple[str, Decimal]] = {}
        for month in months:
            orders = [*self._orders[month], *(self._news() if month in SECOND else ())]
            orders += [order for order in orders if order.comes_twice]
            orders.sort(key=lambda order: (order.updated_at, order.order_id))
            broken = _breakable(orders)
            texts = [_text(order, broken.get(index)) for index, order in enumerate(orders)]
            self._write(f"orders/{month}.csv", [HEADER, *texts])
            written += orders
            for index, order in enumerate(orders):
                if index in broken:
                    bad[UNREAD] += 1
                elif order.is_dirty:
                    bad[_dirt(order)[2]] += 1
                elif not order.is_test:
                    bad[TWICE] += index > 0 and orders[index - 1] is order
                    good[order.order_id] = order.truth
                    odd["regex:voucher"] += order.voucher == BAD_VOUCHER
                    odd["range:amount"] += order.truth[1] > LARGE
        return Delivery(len(written), sum(order.is_test for order in written), +bad, +odd, good)

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
            customer_id=str(random.randrange(1, CUSTOMERS + 1)),
            product_id=product + 1,
            quantity=str(random.choice((1, 1, 1, 2, 3, 5))),
            unit_price=f"{self._prices[product]:.2f}",
            status=status if order_id % TEST_EVERY or order_id % DIRTY_EVERY == 0 else "test",
            ordered_at=_written(moment),
            updated_at=moment + timedelta(minutes=random.randrange(120)),
            voucher=random.choice(VOUCHERS) if order_id % BAD_VOUCHER_EVERY else BAD_VOUCHER,
            note=random.choice(NOTES),
        )
        return replace(order, **dict([_dirt(order)[:2]])) if order.is_dirty else order

    def _news(self) -> list[Order]:
        """The last orders of February that were paid are shipped in March, and a few of them come back."""
        paid = [order for order in self._orders[FIRST[-1]] if order.status == "paid" and not order.is_dirty]
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
        at = next(i for i in range(begin, len(orders)) if _is_plain(orders[i]))
        found[at] = len(found) + 1
    return found


def _is_plain(order: Order) -> bool:
    return not (order.is_test or order.is_dirty or order.comes_twice)


def _dirt(order: Order) -> tuple[str, str, str]:
    return DIRT[order.order_id // DIRTY_EVERY % len(DIRT)]


def _written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def _text(order: Order, broken: int | None) -> str:
    """The line; a broken one is cut short, or has fields too many, in turn."""
    if broken is None:
        return order.line
    return order.line.rsplit(",", 5)[0] if broken % 2 else f"{order.line},moved,to aisle 7"


def _customers() -> Iterable[dict[str, object]]:
    yield from (_customer(number) for number in range(1, CUSTOMERS + 1))
    for number, (column, value, _) in enumerate(BAD_CUSTOMERS, start=CUSTOMERS + 1):
        yield {**_customer(number), column: value}


def _customer(number: int) -> dict[str, object]:
    random = Random(number)
    name = random.choice(("Ada", "Bela", "Chiara", "Deniz", "Emil", "Fatma"))
    email = f"{name}.{number}@example.com"
    return {
        "customer_id": number,
        "name": f"{name} {random.choice('KLMNPRST')}.",
        "email": f" {email.upper()} " if number % 11 == 0 else email,
        "phone": f"+49 30 {random.randrange(10_000_000):07}",
        "birth_date": str(date(1950, 1, 1) + timedelta(days=random.randrange(55 * 365))),
        "postcode": f"{random.randrange(10_000, 99_999)}",
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
