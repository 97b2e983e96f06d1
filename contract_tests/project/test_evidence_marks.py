"""The marks that ship are those of the contract's tests, and the report counts them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from contract_tests.conftest import GRADES as MARKS
from contract_tests.contract import conftest
from fakeim.parity.marks import GRADES, Mark, marks_of, shipped
from fakeim.parity.report import make_report

if TYPE_CHECKING:
    import pytest

CONTRACT = Path(conftest.__file__).parent


def test_the_file_is_as_the_tests_are() -> None:
    assert marks_of(CONTRACT) == shipped(), "run: python -m fakeim.parity.marks"


def test_every_mark_has_its_grade() -> None:
    assert GRADES.keys() == MARKS.keys()


def test_marks_of_classes_and_functions_are_read(tmp_path: Path) -> None:
    (tmp_path / "test_some.py").write_text(
        'import pytest\n\n@pytest.mark.observed("7.11: newest first")\n@pytest.mark.usefixtures("x")\n'
        "def test_one():\n    pass\n\n@pytest.mark.modelled('§12.2')\nclass TestTwo:\n    pass\n"
    )
    (tmp_path / "helper.py").write_text('@pytest.mark.observed("1.1")\ndef test_three():\n    pass\n')
    found = marks_of(tmp_path)
    assert found == [
        Mark("test_some.py::test_one", "observed", "7.11: newest first"),
        Mark("test_some.py::TestTwo", "model", "§12.2"),
    ]
    assert [each.numbers for each in found] == [{"7.11"}, {"§12.2"}]


def test_the_report_counts_the_tests_that_cite_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    tests = [Mark("a", "observed", "7.11"), Mark("b", "observed", "7.11, 7.12"), Mark("c", "model", "1.5")]
    monkeypatch.setattr("fakeim.parity.report.shipped", lambda: tests)
    report = make_report([])
    assert report.tests == {"observed": 2, "model": 1}
    newest_first = [row for row in report.rows if "7.11" in row.evidence]
    assert newest_first
    assert all(row.tests >= 2 for row in newest_first)
