"""Tests of every kind: what the service does, what only the fake can do, and what it costs."""

import pytest

pytest.register_assert_rewrite("contract_tests.contract.lists", "contract_tests.support")
