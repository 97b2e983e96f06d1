"""The fuzz targets hold for their corpus, and for what Hypothesis makes of it; ``tox -e fuzz`` looks further."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.budgets import examples
from contract_tests.fuzz.__main__ import CORPUS, main
from contract_tests.fuzz.targets import TARGETS

if TYPE_CHECKING:
    from hypothesis.strategies import DataObject

INPUTS = {name: [each.read_bytes() for each in sorted((CORPUS / name).iterdir())] for name in TARGETS}
each_target = pytest.mark.parametrize("name", TARGETS)


@each_target
def test_the_corpus_does_no_harm(name: str) -> None:
    assert INPUTS[name]
    for data in INPUTS[name]:
        TARGETS[name](data)


@each_target
@examples(percent=60)
@given(data=st.data())
def test_variations_of_the_corpus_do_no_harm(name: str, data: DataObject) -> None:
    one, other = (data.draw(st.sampled_from(INPUTS[name])) for _ in "ab")
    start, end = sorted(data.draw(st.integers(0, len(one))) for _ in "ab")
    inserted = data.draw(st.binary(max_size=8) | st.just(other[start:end]))
    TARGETS[name](one[:start] + inserted + one[end:])


def test_the_corpus_has_no_folder_without_a_target() -> None:
    assert {each.name for each in CORPUS.iterdir()} == TARGETS.keys()


def test_an_unknown_target_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["wier"])
    assert "there is no target wier; there are wire" in capsys.readouterr().err
