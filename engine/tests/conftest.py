"""Asserts in the shipped suites explain themselves, as those in test modules do."""

import pytest

pytest.register_assert_rewrite("headwater.testing")
