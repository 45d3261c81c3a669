"""The suite every destination passes. Subclass it, with the few things `DestinationCase` asks for:

class TestLedger(DestinationContract):
    def make_destination(self, place): return LedgerDestination(LedgerConfig(path=place))
    def read_table(self, place, table): return read_ledger(place / table)
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from headwater.sdk.destination import Destination, Load, Readback, Write
from headwater.sdk.errors import ConfigError, TransientError, Unsupported
from headwater.testing.config_contract import check_config
from headwater.testing.destination_case import STARTED, DestinationCase, request_for
from headwater.testing.destination_commit import DestinationCommit
from headwater.testing.destination_crash import DestinationCrash
from headwater.testing.destination_schema import DestinationSchema
from headwater.testing.destination_values import DestinationValues
from headwater.testing.destination_writes import DestinationWrites
from headwater.testing.no_io import no_io
from headwater.testing.values import difference


class DestinationContract(
    DestinationCommit,
    DestinationCrash,
    DestinationWrites,
    DestinationSchema,
    DestinationValues,
    DestinationCase,
):
    """Life and errors; commits, crashes, strategies, schemas and values stand in the parts it is made of."""

    def test_it_is_a_destination_and_its_config_explains_itself(self, tmp_path: Path) -> None:
        destination = self.make_destination(tmp_path)
        assert isinstance(destination, Destination)
        check_config(destination.config_type)

    def test_constructing_and_capabilities_do_no_io(self, tmp_path: Path) -> None:
        before = sorted(tmp_path.rglob("*"))
        self.make_destination(tmp_path).close()
        with no_io():
            capabilities = self.make_destination(tmp_path).capabilities()
        assert sorted(tmp_path.rglob("*")) == before
        assert capabilities.writes, "a destination that cannot write"
        assert capabilities.parallel_writers >= 1

    def test_check_passes_and_leaves_nothing_behind(self, tmp_path: Path) -> None:
        with self.opened(tmp_path) as destination:
            destination.check()
            destination.check()
        self.assert_clean(tmp_path)
        assert self.read_table(tmp_path, "orders") is None

    def test_closing_twice_is_safe(self, tmp_path: Path) -> None:
        destination = self.make_destination(tmp_path)
        destination.check()
        destination.close()
        destination.close()

    def test_an_unreachable_system_is_named_and_no_secret_shows(self, tmp_path: Path) -> None:
        made = self.unreachable_destination(tmp_path)
        if made is None:
            pytest.skip("this system cannot be unreachable")
        destination, secret = made
        with pytest.raises((ConfigError, TransientError)) as caught:
            destination.check()
        shown = f"{caught.value} {caught.value!r} {caught.value.as_dict()} {caught.value.facts} {destination!r}"
        assert not secret or secret not in shown
        assert caught.value.hint, "an error says what to do"
        destination.close()

    def test_a_strategy_it_does_not_declare_is_unsupported(self, tmp_path: Path) -> None:
        with self.opened(tmp_path) as destination:
            for write in sorted(set(Write) - destination.capabilities().writes):
                with pytest.raises(Unsupported):
                    destination.open(request_for(STARTED, write))
        self.assert_clean(tmp_path)

    def test_a_load_is_a_load_and_readback_gives_what_was_written(self, tmp_path: Path) -> None:
        with self.opened(tmp_path) as destination:
            load = destination.open(request_for(STARTED, self.some_write(destination)))
            assert isinstance(load, Load)
            receipts = [load.write(name, STARTED.to_reader()) for name in ("a", "b")]
            if isinstance(load, Readback):
                reader = load.readback(receipts)
                assert reader.schema.equals(STARTED.schema)
                assert not difference(reader.read_all(), pa.concat_tables([STARTED, STARTED]))
                left_out = load.readback(receipts[:1]).read_all()
                assert not difference(left_out, STARTED)
            load.abort()
