"""Makes pytest explain the assertions of a module that is not a test itself."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("contract_tests.fake_only.accounts")
