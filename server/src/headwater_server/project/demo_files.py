"""The exports of the demo's shop: orders as one CSV file per month, customers as another.

The same rows come out every time. Some are broken in the ways that real exports are broken.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

CUSTOMERS, PRODUCTS = 500, 60
ORDERS = {"2026-01": 2_400, "2026-02": 2_600}
ORDER = "order_id,customer_id,product_id,quantity,unit_price,status,ordered_at,updated_at,note"
CUSTOMER = "customer_id,name,email,phone,birth_date,postcode,country"
STATUSES = ("paid", "paid", "paid", "shipped", "shipped", "cancelled")
NAMES = ("Ada", "Bela", "Chiara", "Deniz", "Emil", "Fatma")
NOTES = ("", "", "", '"gift, please wrap"', "ring twice", '"say ""hello"" to the dog"')

TEST_EVERY, DIRTY_EVERY = 97, 131
# What is written instead of the right thing.
DIRT = (
    {"quantity": "two"},
    {"unit_price": '"12,90"'},
    {"customer_id": ""},
    {"customer_id": "999999"},
    {"status": "payed"},
    {"quantity": "-1"},
)


def write_exports(folder: Path) -> None:
    """Files that are there stay as they are. Raises OSError."""
    random = Random(2026)
    prices = [random.randrange(199, 29_900) / 100 for _ in range(PRODUCTS)]
    first = 100_000
    for month, count in ORDERS.items():
        _write(folder / "orders" / f"{month}.csv", ORDER, _orders(month, first, count, prices))
        first += count
    _write(folder / "customers.csv", CUSTOMER, map(_customer, range(1, CUSTOMERS + 1)))


def _write(file: Path, header: str, lines: Iterable[str]) -> None:
    if file.exists():
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    # Nobody reads half a file.
    half = file.with_name(f".{file.name}")
    half.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    half.replace(file)


def _orders(month: str, first: int, count: int, prices: list[float]) -> Iterable[str]:
    begin, step = datetime.fromisoformat(f"{month}-01"), timedelta(days=28) / count
    for index in range(count):
        order_id = first + index
        random = Random(order_id)
        product = random.randrange(PRODUCTS)
        ordered = begin + index * step
        order = {
            "order_id": str(order_id),
            "customer_id": str(random.randrange(1, CUSTOMERS + 1)),
            "product_id": str(product + 1),
            "quantity": str(random.choice((1, 1, 1, 2, 3, 5))),
            "unit_price": f"{prices[product]:.2f}",
            "status": "test" if order_id % TEST_EVERY == 0 else random.choice(STATUSES),
            "ordered_at": _moment(ordered),
            "updated_at": _moment(ordered + timedelta(minutes=random.randrange(120))),
            "note": random.choice(NOTES),
        }
        if order_id % DIRTY_EVERY == 0:
            order |= DIRT[order_id // DIRTY_EVERY % len(DIRT)]
        yield ",".join(order.values())


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def _customer(number: int) -> str:
    random = Random(number)
    name = random.choice(NAMES)
    email = f"{name}.{number}@example.com"
    born = date(1950, 1, 1) + timedelta(days=random.randrange(55 * 365))
    wrong = {77: (f"{name}.{number}(at)example.com", str(born)), 333: (email, "1985-02-30")}
    email, birth_date = wrong.get(number, (f" {email.upper()} " if number % 11 == 0 else email, str(born)))
    phone = f"+49 30 {random.randrange(10_000_000):07}"
    postcode = str(random.randrange(10_000, 99_999))
    country = random.choice(("DE", "DE", "AT", "CH", "FR", "NL", "PL"))
    return f"{number},{name} {random.choice('KLMNPRST')}.,{email},{phone},{birth_date},{postcode},{country}"
