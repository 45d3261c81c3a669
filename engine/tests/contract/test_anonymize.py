"""anonymize through the suite that every processor passes: as SQL, and with methods that work on batches."""

from datetime import date

import pyarrow as pa

from headwater.processors.anonymize import Anonymize, AnonymizeConfig
from headwater.testing.processor_contract import ProcessorContract

PEOPLE = pa.record_batch(
    {
        "id": pa.array([1, 2, None], pa.int64()),
        "email": pa.array(["ann@example.org", "", None], pa.string()),
        "naïve 🦉": pa.array(["+49 170 1234567", "x", None], pa.string()),
        "born": pa.array([date(1990, 5, 17), date(1, 1, 1), None], pa.date32()),
        "card": pa.array(["4111 1111 1111 1111", "", None], pa.string()),
        "pay": pa.array([1000.0, -0.0, None], pa.float64()),
    }
)
KEY = "0123456789abcdef"


def anonymize(**config: object) -> Anonymize:
    return Anonymize(AnonymizeConfig.model_validate({"key": KEY, **config}))


class TestAnonymizeInSql(ProcessorContract):
    processor = anonymize(
        columns={
            "email": "hash",
            "naïve*": {"method": "mask", "keep_last": 4},
            "born": {"method": "generalize", "age_band": 10},
            "card": "redact",
            "pay": "nullify",
        },
        k_anonymity={"columns": ["born"], "k": 2},
        detect="suggest",
    )
    batch = PEOPLE
    misnamed = anonymize(columns={"emial": "hash"})


class TestAnonymizeByBatch(ProcessorContract):
    processor = anonymize(
        columns={
            "email": {"method": "fake", "kind": "email"},
            "naïve 🦉": {"method": "encrypt", "deterministic": True},
            "born": {"method": "noise", "absolute": 30, "per": ["id"]},
            "card": {"method": "tokenize", "keep_last": 4},
            "pay": {"method": "noise", "relative": 0.1},
        },
        detect={"mode": "enforce"},
    )
    batch = PEOPLE
    misnamed = anonymize(columns={"emial": "encrypt"})
