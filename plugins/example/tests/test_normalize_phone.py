import pyarrow as pa
import pytest

from headwater.sdk.errors import ConfigError
from headwater.testing.processor_contract import ProcessorContract
from headwater_example.normalize_phone import NormalizePhone, NormalizePhoneConfig


class TestNormalizePhone(ProcessorContract):
    processor = NormalizePhone(NormalizePhoneConfig(columns=("phone",), country_code="49"))
    batch = pa.record_batch({"id": [1, 2, 3], "phone": ["(030) 123-45", None, "none"]})
    misnamed = NormalizePhone(NormalizePhoneConfig(columns=("fone",), country_code="49"))


@pytest.mark.parametrize(
    ("spelled", "normal"),
    [
        ("(030) 123-45 67", "+49301234567"),
        ("0049 30 1234567", "+49301234567"),
        ("+44 20 7946 0958", "+442079460958"),
        ("+442079460958", "+442079460958"),
        ("ask at the desk", None),
        ("123", None),
        ("", None),
        ("٠٣٠١٢٣٤٥٦٧", None),
    ],
)
def test_a_number_in_any_spelling_becomes_e164_and_anything_else_null(spelled: str, normal: str | None) -> None:
    processor = NormalizePhone(NormalizePhoneConfig(columns=("phone",), country_code="49", otherwise="null"))
    found = processor.process(pa.record_batch({"phone": [spelled]}))
    assert found.column("phone").to_pylist() == [normal]


def test_what_is_no_number_is_kept_unless_told_otherwise() -> None:
    processor = NormalizePhone(NormalizePhoneConfig(columns=("phone",), country_code="49"))
    assert processor.process(pa.record_batch({"phone": ["none"]})).column("phone").to_pylist() == ["none"]


def test_a_column_that_is_no_text_is_refused() -> None:
    processor = NormalizePhone(NormalizePhoneConfig(columns=("phone",), country_code="49"))
    with pytest.raises(ConfigError, match="not text"):
        processor.output_schema(pa.schema([("phone", pa.int64())]))
