"""What ``fakeim doctor`` looks at. Nothing here touches the network, and no secret is read, let alone shown."""

from __future__ import annotations

import os
import platform
import re
import shutil
import warnings
from importlib.metadata import PackageNotFoundError, entry_points, version
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

MODEL = "82a7c93673b6586594576943a655caaba61227add0607c8be9e17f295663374b"
"""The digest of the API model that the fake was written for: the same in botocore 1.34.0 as in 1.44.5."""

EXTRAS = {
    "click": "cli",
    "rich": "cli",
    "waitress": "server",
    "jinja2": "html",
    "aiobotocore": "aio",
    "mypy-boto3-ssm-incidents": "types",
}
NEEDED = ("botocore", "boto3", "hypothesis", "jsonschema", "pytest", "sortedcontainers")
KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_PROFILE")
CONTAINERS = ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI")
FILES = {"AWS_SHARED_CREDENTIALS_FILE": "~/.aws/credentials", "AWS_CONFIG_FILE": "~/.aws/config"}
ENDPOINTS = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SSM_INCIDENTS")
SETTINGS = ("pyproject.toml", "pytest.toml", "pytest.ini", "tox.ini", "setup.cfg")
BLOCK = "for tests that ask for no fake, put fakeim_block_aws = true into pytest's configuration"


class Check(NamedTuple):
    """What was found: all is well, or it is worth knowing, or something is wrong; and then what to do."""

    name: str
    status: Literal["ok", "note", "wrong"]
    found: str
    remedy: str = ""


def checks() -> Iterator[Check]:
    """Look at everything, one after another."""
    yield from _versions()
    yield from _extras()
    model = _model()
    yield model
    if model.status != "wrong":
        yield _interception()
    yield _plugin()
    yield from _leaks()


# -- what is installed


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _versions() -> Iterator[Check]:
    yield Check("Python", "ok", platform.python_version())
    installed = _version("fakeim")
    if installed:
        yield Check("fakeim", "ok", installed)
    else:
        yield Check("fakeim", "wrong", "not installed, only found on the path", "pip install fakeim")
    for package in NEEDED:
        found = _version(package)
        if found:
            yield Check(package, "ok", found)
        else:
            yield Check(package, "wrong", "not installed", f"pip install {package}")


def _extras() -> Iterator[Check]:
    for package, extra in EXTRAS.items():
        found = _version(package)
        if found:
            yield Check(package, "ok", f"{found}, of the extra {extra}")
        else:
            yield Check(package, "note", "not installed", f'if you want it: pip install "fakeim[{extra}]"')


# -- whether it works


def _model() -> Check:
    try:
        from fakeim.spec.api import load_api  # noqa: PLC0415 - without botocore it cannot be imported

        with warnings.catch_warnings(action="ignore"):  # of a model that differs: it is told here
            api = load_api()
    except (ImportError, OSError, ValueError, KeyError) as error:
        return Check("API model", "wrong", f"cannot be read: {error}", "pip install --upgrade boto3")
    if api.drift:
        lost = api.drift.lost_operations or api.drift.lost_members
        return Check("API model", "note", str(api.drift), f"pip install --upgrade {'boto3' if lost else 'fakeim'}")
    count = f"{len(api.operations)} operations of ssm-incidents"
    if api.digest != MODEL:
        told = f"{count}, in a model that differs from the one that this fakeim was written for"
        return Check("API model", "note", told, "see whether all is as it was: fakeim parity verify")
    return Check("API model", "ok", f"{count}, in the model that this fakeim was written for")


def _interception() -> Check:
    """Let a real boto3 client call within a mock."""
    from fakeim.mock import mock_ssm_incidents  # noqa: PLC0415 - only where the model is well

    name = "interception"
    try:
        import boto3  # noqa: PLC0415 - it may be missing

        with mock_ssm_incidents() as fake:
            client = boto3.client("ssm-incidents", region_name="us-east-1")
            arns = client.list_replication_sets()["replicationSetArns"]
            called = fake.calls.last().operation if fake.calls else "nothing"
    except Exception as error:  # noqa: BLE001 - whatever it is, that is what was to be found out
        remedy = "if it is about a profile or a file, mend that; otherwise report it, please"
        return Check(name, "wrong", f"a boto3 client within the mock fails: {type(error).__name__}: {error}", remedy)
    if len(arns) != 1 or called != "ListReplicationSets":
        told = f"a boto3 client within the mock was answered by something else ({arns})"
        return Check(name, "wrong", told, "report it, please")
    return Check(name, "ok", "a boto3 client within the mock was answered by the fake")


def _plugin() -> Check:
    name = "pytest plugin"
    if not any(each.name == "fakeim" for each in entry_points(group="pytest11")):
        return Check(name, "wrong", "pytest does not find it: its entry point is missing", "pip install fakeim")
    if os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD"):
        told = "PYTEST_DISABLE_PLUGIN_AUTOLOAD is set: pytest loads no plugin by itself"
        return Check(name, "note", told, "pytest -p fakeim.testing.plugin")
    for where, text in _settings():
        if re.search(r"-p[ =\"',]*no:fakeim\b", text):
            return Check(name, "note", f"turned off in {where}", "take -p no:fakeim away there to have its fixtures")
    return Check(name, "ok", "pytest finds it: fixtures fakeim, fakeim_client, fakeim_boto3_client, fakeim_server")


def _settings() -> Iterator[tuple[str, str]]:
    """Give what pytest reads its options from, here."""
    yield "PYTEST_ADDOPTS", os.environ.get("PYTEST_ADDOPTS", "")
    for name in SETTINGS:
        path = Path(name)
        if path.is_file():
            yield name, path.read_text(encoding="utf-8", errors="replace")


# -- what would leak


def _leaks() -> Iterator[Check]:
    yield from _credentials()
    for name in ENDPOINTS:
        if os.environ.get(name):
            told = f"{name} is set: clients outside of a mock go there; within one they are answered by the fake"
            yield Check("endpoint", "note", told, f"if that is not meant: unset {name}")
    program = shutil.which("aws")
    if program:
        told = f"the AWS CLI is installed ({program}); a test that runs it calls AWS, mock or not"
        yield Check("other programs", "note", told, "lead it to fake.serve() with AWS_ENDPOINT_URL_SSM_INCIDENTS")
    told = "what goes past this process's botocore: programs that a test starts, and presigned URLs that it opens"
    yield Check("not mocked, ever", "note", told, "lead them to fake.serve(), the fixture fakeim_server")


def _credentials() -> Iterator[Check]:
    """Say where credentials are, which never says what they are."""
    found = [f"${name}" for name in (*KEYS, *CONTAINERS) if os.environ.get(name)]
    for variable, default in FILES.items():
        path = os.environ.get(variable, default)
        if path and Path(path).expanduser().is_file():
            found.append(path)
    if found:
        told = f"there may be some in {', '.join(found)}: a client outside of a mock can reach AWS"
        yield Check("credentials", "note", told, BLOCK)
    else:
        told = "none in the environment or in files; a machine's role is not looked for"
        yield Check("credentials", "ok", told)
