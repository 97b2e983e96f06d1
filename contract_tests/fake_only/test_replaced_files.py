"""A fake reads its own files although a test has replaced the file system, and also from a zip file."""

from __future__ import annotations

import builtins
import errno
import io
import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import botocore
import pytest

import fakeim
from contract_tests.fake_only.over_http import send
from contract_tests.fake_only.processes import run
from fakeim.clients.server import LONGEST_END
from fakeim.pictures import pages
from fakeim.spec import api, drift
from fakeim.spec.package_data import package_data

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def fake() -> fakeim.FakeIncidentManager:
    return fakeim.FakeIncidentManager()


@pytest.fixture
def fs() -> Iterator[Any]:
    """Replace the file system by pyfakefs, as its own fixture does; skip where it is missing."""
    unittest = pytest.importorskip("pyfakefs.fake_filesystem_unittest", reason="pyfakefs is not installed")
    with unittest.Patcher() as patcher:
        yield patcher.fs


@pytest.fixture
def no_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let all that reads a file by its path fail."""

    def refuse(*_: Any, **__: Any) -> Any:
        raise NotADirectoryError(errno.ENOTDIR, "replaced")

    for owner, name in [(builtins, "open"), (io, "open"), (os, "open"), (os, "stat"), (os, "listdir"), (os, "scandir")]:
        monkeypatch.setattr(owner, name, refuse)
    for name in ("open", "read_bytes", "read_text", "exists", "is_dir", "is_file"):
        monkeypatch.setattr(Path, name, refuse)


def use_all_that_is_read(fake: fakeim.FakeIncidentManager) -> None:
    """Use what fakeim reads from files as if for the first time."""
    model = api.read_model()
    assert model == api.load_api().files
    assert not drift.Drift.of(model["service-2"])
    pages.environment.cache_clear()
    fake.open_incident(title="A title")
    assert "A title" in fake.to_html()


@pytest.mark.usefixtures("no_files")
def test_nothing_is_read_by_its_path(fake: fakeim.FakeIncidentManager) -> None:
    use_all_that_is_read(fake)


@pytest.mark.usefixtures("fs")
def test_all_is_read_under_pyfakefs(fake: fakeim.FakeIncidentManager) -> None:
    assert not os.path.exists(api.__file__)  # noqa: PTH110 - what pyfakefs replaces in this module
    use_all_that_is_read(fake)


def test_all_is_read_under_the_windows_of_pyfakefs(fs: Any, fake: fakeim.FakeIncidentManager) -> None:
    fs.os = type(fs.os).WINDOWS
    use_all_that_is_read(fake)


def test_every_template_is_loaded() -> None:
    folder = Path(pages.__file__).parent / "templates"
    assert list(pages.TEMPLATES) == sorted(each.name for each in folder.iterdir() if each.suffix != ".css")


# -- what is missing, and what cannot be read


def test_a_botocore_without_the_model_is_told_to_be_updated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "VERSION", "2001-01-01")
    with pytest.raises(FileNotFoundError, match="no model of ssm-incidents 2001-01-01: pip install -U boto3"):
        api.read_model()


@pytest.mark.parametrize("number", [errno.EACCES, errno.EMFILE, errno.ENOTDIR, errno.EIO])
def test_a_model_that_cannot_be_read_is_not_taken_to_be_missing(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def fail(package: str, path: str) -> bytes:
        raise OSError(number, os.strerror(number), f"{package}/{path}")

    monkeypatch.setattr(api, "package_data", fail)
    with pytest.raises(OSError, match="service-2") as caught:
        api.read_model()
    assert caught.value.errno == number
    assert "pip install" not in str(caught.value)


def test_a_package_is_read_from_a_zip_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = tmp_path / "packed.zip"
    with ZipFile(archive, "w") as file:
        file.writestr("fakeim_packed/__init__.py", "")
        file.writestr("fakeim_packed/data/there.json", "{}")
    monkeypatch.syspath_prepend(archive)
    assert package_data("fakeim_packed", "data/there.json") == b"{}"
    with pytest.raises(FileNotFoundError, match="missing"):
        package_data("fakeim_packed", "data/missing.json")


PROGRAM = """
import sys
sys.path.insert(0, {archive!r})
import botocore, fakeim, json
fake = fakeim.FakeIncidentManager()
arn = fake.open_incident(title="A title")
try:
    fake.client().get_incident_record(arn="arn:aws:ssm-incidents::123456789012:incident-record/web/1")
except fake.client().exceptions.ResourceNotFoundException as error:
    code = error.response["Error"]["Code"]
record = fake.client().get_incident_record(arn=arn)["incidentRecord"]
places = [package.__file__.startswith({archive!r}) for package in (fakeim, botocore)]
print(json.dumps([places, record["title"], code, "A title" in fake.to_html()]))
"""


@pytest.mark.slow
@pytest.mark.parametrize("with_botocore", [False, True], ids=["fakeim", "fakeim and botocore"])
def test_fakeim_runs_from_a_zip_file(tmp_path: Path, *, with_botocore: bool) -> None:
    archive = tmp_path / "packages.zip"
    with ZipFile(archive, "w") as file:
        for package in (fakeim, botocore) if with_botocore else (fakeim,):
            root = Path(str(package.__file__)).parent
            for path in root.rglob("*"):
                ours = f"data/{api.SERVICE}" in path.as_posix() or path.name == "partitions.json"
                of_others = "data" in path.parts and not ours
                if path.is_file() and path.suffix != ".pyc" and not of_others:
                    file.write(path, path.relative_to(root.parent))
    told = json.loads(run(PROGRAM.format(archive=str(archive))))
    assert told == [[True, with_botocore], "A title", "ResourceNotFoundException", True]


# -- the server


def answers(url: str) -> bool:
    answer: dict[str, Any] = send(url, "POST", "/listResponsePlans", {}).json
    return answer == {"nextToken": None, "responsePlanSummaries": []}


def test_a_server_answers_and_ends_without_functions_of_files(
    fake: fakeim.FakeIncidentManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> Any:
        raise OSError(errno.EBADF, "replaced")

    with fake.serve() as url:
        with monkeypatch.context() as patched:
            for name in ("read", "write", "pipe", "dup"):
                patched.setattr(os, name, refuse)
            assert answers(url)
        assert answers(url)


@pytest.mark.parametrize("replaced_first", [False, True])
def test_a_server_answers_and_ends_under_pyfakefs(
    request: pytest.FixtureRequest, fake: fakeim.FakeIncidentManager, *, replaced_first: bool
) -> None:
    if replaced_first:
        request.getfixturevalue("fs")
    with fake.serve() as url:
        if not replaced_first:
            request.getfixturevalue("fs")
        assert answers(url)  # within the ten seconds that the connection waits
        began = time.monotonic()
    assert time.monotonic() - began < LONGEST_END
