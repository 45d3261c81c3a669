"""The processors of this distribution through the suite that every processor passes."""

import pyarrow as pa

from headwater.processors.cast import Cast, CastConfig
from headwater.processors.derive import Derive, DeriveConfig
from headwater.processors.filter import Filter, FilterConfig
from headwater.processors.select import Select, SelectConfig
from headwater.testing.processor_contract import ProcessorContract

ORDERS = pa.record_batch(
    {
        "id": pa.array([1, 2, None], pa.int64()),
        "amount": pa.array(["1.50", "x", None], pa.string()),
        "Mixed Case": pa.array([True, False, None], pa.bool_()),
        "naïve 🦉": pa.array([0.5, None, -1.0], pa.float64()),
    }
)


class TestSelect(ProcessorContract):
    processor = Select(SelectConfig(columns=("naïve*", "id"), rename={"id": "order id"}))
    batch = ORDERS
    misnamed = Select(SelectConfig(columns=("idd",)))


class TestFilter(ProcessorContract):
    processor = Filter(FilterConfig(where='id > 1 AND "Mixed Case"'))
    batch = ORDERS
    misnamed = Filter(FilterConfig(where="idd > 1"))


class TestDerive(ProcessorContract):
    processor = Derive(DeriveConfig(columns={"twice": "id * 2", "id": "id + 1"}))
    batch = ORDERS
    misnamed = Derive(DeriveConfig(columns={"twice": "idd * 2"}))


class TestCast(ProcessorContract):
    processor = Cast(CastConfig(columns={"amount": "decimal(12,2)", "id": "string"}))
    batch = ORDERS
    misnamed = Cast(CastConfig(columns={"amuont": "int64"}))
