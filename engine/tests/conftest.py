"""Asserts in the shipped suites explain themselves, as in test modules. What needs Spark shares one process."""

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

pytest.register_assert_rewrite("headwater.testing")

# How long one example takes says more of the machine than of the code; what never ends meets the test's own timeout.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")

SPARK = "engine/tests/parity/test_"


class OneSpark(LoadScopeScheduling):
    """Tests go one by one to whoever is free, but those of the parity suite all to the same process: a JVM is enough.

    xdist's own loadgroup marks tests by a name that pytest 9 does not let it change.
    """

    def _split_scope(self, nodeid: str) -> str:
        return SPARK if nodeid.startswith(SPARK) else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> OneSpark | None:
    return OneSpark(config, log) if config.getvalue("dist") == "load" else None
