"""mock_ssm_incidents where no Region or no credentials are configured: both are provided, and nothing of it is kept."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any
from unittest import mock

import boto3
import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import ConfigParseError
from botocore.httpsession import URLLib3Session

import fakeim
from contract_tests.fake_only.mocked import Instance, names, new_client
from fakeim.clients.interception import interception

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("bare_environment", "no_network")

ELSEWHERE = "eu-west-1"
"""The Region of the fake."""
AUTO: Any = "auto"
"""A mode of clients that looks up the machine's Region."""


def mocked() -> Any:
    return fakeim.mock_ssm_incidents(fakeim.FakeIncidentManager(regions=[ELSEWHERE]))


def region(**options: Any) -> str | None:
    """Return the Region of a new session's clients."""
    return boto3.Session(**options).region_name


@pytest.fixture(autouse=True)
def no_default_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)


# -- the environment is the user's


@pytest.mark.parametrize("name", ["AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EC2_METADATA_DISABLED"])
@pytest.mark.parametrize("value", [ELSEWHERE, "us-east-1", "true", ""])
def test_a_variable_that_is_set_within_stays(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "")  # so that it is removed after this test
    monkeypatch.delenv(name)
    with mocked():
        os.environ[name] = value
    assert os.environ[name] == value


@pytest.mark.parametrize("value", ["eu-north-1", ELSEWHERE])
def test_a_variable_that_is_removed_within_stays_away(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", value)
    with mocked():
        assert region() == value
        monkeypatch.delenv("AWS_DEFAULT_REGION")
        assert region() == ELSEWHERE
    assert "AWS_DEFAULT_REGION" not in os.environ


def set_by_monkeypatch(value: str) -> Callable[[], None]:
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setenv("AWS_DEFAULT_REGION", value)
    return monkeypatch.undo


def set_by_patch(value: str) -> Callable[[], None]:
    stack = ExitStack()
    stack.enter_context(mock.patch.dict(os.environ, AWS_DEFAULT_REGION=value))
    return stack.close


def replaced_by_patch(value: str) -> Callable[[], None]:
    stack = ExitStack()
    stack.enter_context(mock.patch.dict(os.environ, {"AWS_DEFAULT_REGION": value}, clear=True))
    return stack.close


@pytest.mark.parametrize("set_before", [False, True])
@pytest.mark.parametrize("undone_within", [False, True])
@pytest.mark.parametrize("patch", [set_by_monkeypatch, set_by_patch, replaced_by_patch])
@pytest.mark.parametrize("value", ["eu-north-1", ELSEWHERE])
def test_a_patch_of_the_environment_that_overlaps_a_mock_leaves_nothing(
    patch: Callable[[str], Callable[[], None]],
    value: str,
    set_before: bool,  # noqa: FBT001
    undone_within: bool,  # noqa: FBT001
) -> None:
    before = dict(os.environ)
    undo = patch(value) if set_before else None
    with mocked():
        undo = undo or patch(value)
        assert region() == value
        if undone_within:
            undo()
            assert region() == ELSEWHERE
    if not undone_within:
        undo()
    assert dict(os.environ) == before
    assert region() is None


# -- which Region


@pytest.mark.parametrize("variable", ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"])
@pytest.mark.parametrize(
    ("profile", "configured"),
    [
        ("region = eu-west-2", True),
        ("region=eu-west-2", True),
        ("region: eu-west-2", True),
        ("region :eu-west-2", True),
        ("REGION = eu-west-2", True),
        ("Region: eu-west-2", True),
        ("  region = eu-west-2", True),
        ("\tregion = eu-west-2", True),
        ("output = json\nregion = eu-west-2", True),
        ("", False),
        ("region =", False),
        ("# region = eu-west-2", False),
        ("; region = eu-west-2", False),
        ("sso_region = eu-west-2", False),
        ("s3 =\n  region = eu-west-2", False),
        ("output = json\n  region = eu-west-2", False),
        ("[profile other]\nregion = eu-west-2", False),
        ("[other]\nregion: eu-west-2", False),
        ("[sso-session other]\nregion = eu-west-2", False),
    ],
)
def test_the_configured_region_is_read_as_botocore_reads_it(
    profile: str,
    configured: bool,  # noqa: FBT001
    variable: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "config").write_text(f"[default]\n{profile}\n")
    monkeypatch.setenv("FOLDER", str(tmp_path))
    monkeypatch.setenv(variable, "$FOLDER/config")
    assert bool(region()) == configured
    for value in (None, ""):  # a variable that is empty counts as unset
        if value is not None:
            monkeypatch.setenv("AWS_DEFAULT_REGION", value)
        with mocked():
            assert region() == ("eu-west-2" if configured else ELSEWHERE)


@pytest.mark.parametrize("configured", ["", "region = eu-west-2"])
def test_a_client_can_be_made_where_the_variable_is_empty(
    configured: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").write_text(f"[default]\n{configured}\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_DEFAULT_REGION", "")
    with mocked():
        client = new_client("ssm-incidents")
        assert client.meta.region_name == ("eu-west-2" if configured else ELSEWHERE)
        assert names(client) == []
    assert os.environ["AWS_DEFAULT_REGION"] == ""


def test_a_region_of_another_profile_is_for_those_who_choose_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").write_text("[profile bare]\noutput = json\n[profile other]\nregion = eu-west-2\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    with mocked():
        assert new_client("ssm-incidents").meta.region_name == ELSEWHERE
        assert region(profile_name="bare") == ELSEWHERE
        assert region(profile_name="other") == "eu-west-2"
        monkeypatch.setenv("AWS_PROFILE", "other")
        assert region() == "eu-west-2"


def test_a_region_that_code_or_a_variable_names_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    with mocked():
        assert region(region_name="us-west-2") == "us-west-2"
        assert new_client("ssm-incidents", "us-west-2").meta.region_name == "us-west-2"
        assert new_client("ssm-incidents", config=Config(region_name="us-west-2")).meta.region_name == "us-west-2"
        monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
        assert region() == "eu-north-1"


def test_clients_of_other_services_are_in_the_region_too() -> None:
    with mocked():
        assert new_client("sns").meta.region_name == ELSEWHERE


def test_nothing_else_is_provided() -> None:
    session = botocore.session.get_session()
    with mocked():
        values = {name: session.get_config_variable(name) for name in session.session_var_map}
    outside = {name: session.get_config_variable(name) for name in session.session_var_map}
    assert values == outside | {"region": ELSEWHERE}


def test_the_region_is_that_of_the_mock_that_answers() -> None:
    session = boto3.Session()
    with fakeim.mock_ssm_incidents():
        with mocked():
            assert session.region_name == ELSEWHERE
        assert session.region_name == "us-east-1"
    assert session.region_name is None


def test_no_region_is_provided_where_requests_are_only_blocked() -> None:
    interception().block()
    try:
        assert region() is None
    finally:
        interception().unblock()


def test_a_mock_begins_whatever_the_files_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config").write_bytes(b"\xff\xfe no ini file")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    with mocked(), pytest.raises(ConfigParseError):  # as without a mock
        region()


# -- credentials of the instance


@pytest.fixture
def instance(monkeypatch: pytest.MonkeyPatch) -> Instance:
    made = Instance()
    monkeypatch.setattr(URLLib3Session, "send", lambda _session, request: made.send(request))
    return made


def boto3_session() -> Any:
    return boto3.Session()


def default_session() -> Any:
    boto3.setup_default_session()  # as boto3.client does first
    return boto3


def botocore_session() -> Any:
    return boto3.Session(botocore_session=botocore.session.get_session())


USES: dict[str, Callable[[Any], object]] = {
    "a client": lambda session: session.client("ssm-incidents"),
    "a call": lambda session: names(session.client("ssm-incidents")),
    "another service's client": lambda session: session.client("sns"),
    "credentials": lambda session: (session.DEFAULT_SESSION if session is boto3 else session).get_credentials(),
    "a mode": lambda session: session.client("ssm-incidents", config=Config(defaults_mode=AUTO)),
}


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("new_session", [default_session, boto3_session, botocore_session])
def test_a_session_first_used_within_finds_the_credentials_of_the_instance_afterwards(
    use: str, new_session: Callable[[], Any], instance: Instance
) -> None:
    session = new_session()
    with mocked():
        USES[use](session)
        assert instance.asked == []
    other = session.client("sns", "us-east-1")
    assert other._request_signer._credentials.access_key == instance.access_key  # noqa: SLF001
    assert instance.asked


def test_a_session_first_used_within_finds_the_region_of_the_instance_afterwards(instance: Instance) -> None:
    mode, session = Config(defaults_mode=AUTO), boto3.Session()
    with mocked():
        session.client("ssm-incidents", config=mode)
        assert instance.asked == []
    session.client("sns", "us-east-1", config=mode, aws_access_key_id="k", aws_secret_access_key="s")  # noqa: S106
    assert [path for path in instance.asked if path.endswith("/availability-zone/")]


def test_credentials_of_the_instance_that_a_session_has_are_kept(instance: Instance) -> None:
    session: Any = boto3.Session()
    assert session.get_credentials().access_key == instance.access_key
    instance.asked.clear()
    second = fakeim.FakeIncidentManager(account_id="222233334444")
    with fakeim.mock_ssm_incidents(accounts={instance.access_key: second}):
        client = session.client("ssm-incidents")
        plan = client.create_response_plan(name="plan", incidentTemplate={"title": "title", "impact": 1})["arn"]
        assert ":222233334444:" in plan
    assert session.get_credentials().access_key == instance.access_key
    assert instance.asked == []


@pytest.mark.parametrize("disabled", ["true", "false"])
def test_the_users_own_switch_is_obeyed_and_left(
    disabled: str, instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", disabled)
    with mocked():
        boto3.Session().client("ssm-incidents")
        assert instance.asked == []
    assert os.environ["AWS_EC2_METADATA_DISABLED"] == disabled
    assert (boto3.Session().get_credentials() is None) == (disabled == "true")
