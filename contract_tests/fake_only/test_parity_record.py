"""Recording, end to end, with a fake that stands in for AWS; and sweeping, whatever went wrong."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from botocore.exceptions import ClientError

from contract_tests.fake_only.command_line import CliRunner
from contract_tests.fake_only.stand_in import (
    ACCOUNT,
    CALLER,
    PROFILE,
    StandIn,
    at_once,
    somebodys_account,
    standing_in,
    write_profile,
)
from contract_tests.support import contents
from fakeim.cli.commands import fakeim as command
from fakeim.parity import allow_list, iam, redaction, traces, transcripts
from fakeim.parity.aws import Account, open_account
from fakeim.parity.journal import Journal
from fakeim.parity.record import record, write
from fakeim.parity.redaction import LeakFound, Redactor
from fakeim.parity.runs import LEVELS, Run
from fakeim.parity.sweep import inventory, sweep
from fakeim.parity.transcripts import Header, Step, Transcript

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from click.testing import Result

    from fakeim.parity.runs import Level

pytestmark = pytest.mark.slow  # whole recordings over HTTP take seconds
CREATE = {"name": {"$name": "one"}, "incidentTemplate": {"title": "title", "impact": 5}}
FORGET = {"arn": {"$arn": "response-plan/missing"}}


def trace(level: str, *calls: tuple[str, dict[str, Any]], name: str = "trace.jsonl") -> Transcript:
    of = transcripts.Account(onboarded=True, can_onboard=True, regions=("us-east-1",))
    steps = [Step(f"s{n}", operation, "us-east-1", "x", params) for n, (operation, params) in enumerate(calls, 1)]
    return Transcript(Header("Trace", "trace", of, level), tuple(steps), name)


LIFE = trace(
    "data",
    ("CreateResponsePlan", CREATE),
    ("StartIncident", {"responsePlanArn": {"$ref": "s1#/arn"}}),
    ("GetIncidentRecord", {"arn": {"$ref": "s2#/incidentRecordArn"}}),
    ("ListTimelineEvents", {"incidentRecordArn": {"$ref": "s2#/incidentRecordArn"}, "maxResults": 1}),
)


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    write_profile(tmp_path, monkeypatch)
    with standing_in(somebodys_account()) as found:
        yield found


def opening(stand_in: StandIn, folder: Path, level: Level = "data", **changes: Any) -> Any:
    options: dict[str, Any] = {"endpoint_url": stand_in.url, "pace": at_once(), "environ": {}, **changes}
    return open_account(PROFILE, ACCOUNT, level, folder=folder / "runs", **options)


@pytest.fixture
def account(stand_in: StandIn, tmp_path: Path) -> Iterator[Account]:
    with opening(stand_in, tmp_path) as found:
        yield found


# -- recording


@pytest.mark.parametrize("level", LEVELS)
def test_the_frozen_traces_leave_an_account_as_it_was(stand_in: StandIn, tmp_path: Path, level: Level) -> None:
    found = list(traces.probe_traces()) if level == "probe" else list(traces.data_traces())[::8]
    before = contents(stand_in.fake.client())
    with opening(stand_in, tmp_path, level) as account:
        for recording in record(account, found):
            assert recording.cut is None
            path = write(account, tmp_path / "out", recording)
            assert path is not None
            text = path.read_text()
            assert not [each for each in (ACCOUNT, CALLER, "mary.major", "AKIA", account.run.prefix) if each in text]
            read = transcripts.read(path)
            assert (read.header.grade, len(read.steps)) == ("rehearsed", len(recording.trace.steps))
    assert contents(stand_in.fake.client()) == before
    assert not set(stand_in.operations) & allow_list.FORBIDDEN


def test_a_recording_says_where_it_comes_from(account: Account) -> None:
    [recording] = record(account, [LIFE])
    assert recording.transcript is not None
    header = recording.transcript.header
    assert header.target is not None
    assert header.target.keys() == {"endpoint", "account_class", "date"}
    assert header.target["account_class"] == "onboarded"
    assert header.account.regions == ("us-east-1", "us-west-2")
    assert all(step.request_id and step.at for step in recording.transcript.steps)
    assert recording.swept is not None
    assert len(recording.swept.claimed) == 2
    assert [arn.split(":")[5].split("/")[0] for arn in recording.swept.ops_items] == ["opsitem"]


def test_only_aws_is_recorded(account: Account) -> None:
    [rehearsed] = record(account, [LIFE])
    account.is_aws = True
    [recorded] = record(account, [LIFE])
    for recording, grade in ((rehearsed, "rehearsed"), (recorded, "recorded")):
        assert recording.transcript is not None
        assert recording.transcript.header.grade == grade
    with pytest.raises(transcripts.TranscriptError, match="endpoint"):  # of a loopback address, nobody believes it
        transcripts.dumps(recorded.transcript or LIFE)


def test_a_step_that_is_stopped_ends_its_trace_and_the_next_goes_on(account: Account) -> None:
    dangerous = {**CREATE, "engagements": ["arn:aws:ssm-contacts:us-east-1:111122223333:contact/fakeim"]}
    first = trace("data", ("GetResponsePlan", FORGET), ("CreateResponsePlan", dangerous), ("GetResponsePlan", FORGET))
    cut, none, whole = record(account, [first, trace("data", ("CreateResponsePlan", dangerous)), LIFE])
    assert "engagements" in str(cut.cut)
    assert cut.transcript is not None
    assert len(cut.transcript.steps) == 1
    assert none.transcript is None
    assert whole.cut is None


def test_throttled_calls_are_sent_again_and_slower(account: Account, stand_in: StandIn) -> None:
    stand_in.throttled = 3
    before = account.pace.seconds
    [recording] = record(account, [LIFE])
    assert recording.transcript is not None
    assert recording.transcript.steps[0].expect is not None
    assert recording.transcript.steps[0].expect.status == 201
    assert account.pace.seconds == before * 8


def test_an_answer_about_the_caller_is_no_behaviour(account: Account, stand_in: StandIn) -> None:
    for code in ("ThrottlingException", "ExpiredTokenException"):
        stand_in.odd = {"GetIncidentRecord": code}
        [recording] = record(account, [LIFE])
        assert code in str(recording.cut)
        assert recording.transcript is not None
        assert len(recording.transcript.steps) == 2


def test_what_has_no_request_id_is_not_from_aws(account: Account, stand_in: StandIn) -> None:
    account.is_aws = True
    stand_in.odd = {"GetIncidentRecord": "Forbidden"}  # as a proxy says, or a page to log in
    [recording] = record(account, [LIFE])
    assert "request id" in str(recording.cut)


def test_the_budget_ends_a_recording_in_spite_of_clean_up(stand_in: StandIn, tmp_path: Path) -> None:
    with opening(stand_in, tmp_path, pace=at_once(6)) as account:
        cut = [recording.cut for recording in record(account, [LIFE] * 3)]
    assert cut[0] is None
    assert all("budget" in str(each) for each in cut[1:])
    assert stand_in.operations.count("CreateResponsePlan") == 1


def test_what_was_made_is_removed_even_if_the_run_is_interrupted(account: Account, stand_in: StandIn) -> None:
    before = contents(stand_in.fake.client())
    interrupted = account.renewed()
    moments = iter([datetime.now(UTC)] * 3)

    def now() -> datetime:  # asked before each request leaves; at the fourth, with an incident open, it is Ctrl-C
        moment = next(moments, None)
        if moment is None:
            interrupted.now = account.now
            raise KeyboardInterrupt
        return moment

    interrupted.now = now
    with pytest.raises(KeyboardInterrupt):
        list(record(_Once(interrupted), [LIFE]))  # type: ignore[arg-type] # as much of an account as is needed
    assert stand_in.operations.count("StartIncident") == 1
    assert contents(stand_in.fake.client()) == before


class _Once(NamedTuple):
    """An account whose next run is there already."""

    run: Account

    def renewed(self) -> Account:
        return self.run


# -- redaction


def test_what_is_nobodys_business_is_replaced_the_same_by_the_same() -> None:
    redactor = Redactor()
    value = {
        "by": ["arn:aws:iam::876543210987:user/jane", "arn:aws:iam::876543210987:user/jane"],
        "key": "AKIAIOSFODNN7EXAMPLE from 198.51.100.7",
        "nextToken": "AAMA-EFRSURBSGh",
        "number": 1,
    }
    assert redactor.redact(value) == {
        "by": ["arn:aws:iam::111122223333:user/other-1"] * 2,
        "key": "AKIAREDACTED from 203.0.113.1",
        "nextToken": "token-3",
        "number": 1,
    }
    untouched = {"arn": "arn:aws:iam::111122223333:role/fakeim", "title": "123456789012"}
    assert redactor.redact(untouched) == untouched


def test_a_message_of_refusal_tells_no_policy_and_no_account() -> None:
    message = (
        "not authorized with an explicit deny: arn:aws:organizations::876543210987:policy/o-acme/scp/p-acme and "
        "arn:aws:iam::876543210987:policy/acme in account 876543210987, id 11111111-1111-1111-1111-111111111111"
    )
    redacted = Redactor().redact({"message": message})["message"]
    assert not [each for each in ("acme", "876543210987") if each in redacted]
    assert redacted.endswith("id 11111111-1111-1111-1111-111111111111")


@pytest.mark.parametrize(
    "text",
    [ACCOUNT, f"x{CALLER}", "of 876543210987", "arn:aws:sns:us-east-1:876543210987:topic", "ASIAIOSFODNN7EXAMPLE"],
)
def test_a_secret_is_found_and_not_repeated(account: Account, text: str) -> None:
    with pytest.raises(LeakFound, match="line 2: ") as caught:
        redaction.check(f"fine\n{text}\n", account.secrets)
    assert text not in str(caught.value)


def test_nothing_is_written_that_tells_a_secret(account: Account, tmp_path: Path) -> None:
    [recording] = record(account, [LIFE])
    assert recording.transcript is not None
    first, *rest = recording.transcript.steps
    telling = recording.transcript._replace(steps=(first._replace(behaviour=f"of {CALLER}"), *rest))
    with pytest.raises(LeakFound):
        write(account, tmp_path / "out", recording._replace(transcript=telling))
    assert not (tmp_path / "out").exists()


def test_a_tag_that_others_set_does_not_tell_the_callers_name(account: Account, tmp_path: Path) -> None:
    [recording] = record(account, [LIFE])
    assert recording.transcript is not None
    first, *rest = recording.transcript.steps
    assert first.expect is not None
    tagged = first._replace(expect=first.expect._replace(body={"tags": {"owner": "Mary.Major"}}))
    told = recording.transcript._replace(steps=(tagged, *rest))
    with pytest.raises(LeakFound, match="the caller's name"):
        write(account, tmp_path / "out", recording._replace(transcript=told))


# -- sweeping


def left_behind(stand_in: StandIn, folder: Path) -> Path:
    """Make a plan and an incident, and crash; give the journal."""
    with opening(stand_in, folder) as account:
        client = account.client()
        plan = client.create_response_plan(name="plan", incidentTemplate={"title": "title", "impact": 5})["arn"]
        client.start_incident(responsePlanArn=plan)
        path: Path = account.journal.path
        return path


def test_sweep_removes_what_a_crashed_run_has_left(stand_in: StandIn, tmp_path: Path) -> None:
    before = contents(stand_in.fake.client())
    journal = left_behind(stand_in, tmp_path)
    with opening(stand_in, tmp_path, journal=journal) as account:
        there = inventory(account)
        dry = sweep(account, delete=False)
        assert inventory(account) == there
        assert sweep(account, delete=True) == dry
    assert len(dry.claimed) == 2
    assert contents(stand_in.fake.client()) == before


def test_sweep_leaves_alone_what_is_not_claimed_by_name_journal_and_tag(stand_in: StandIn, tmp_path: Path) -> None:
    journal, somebody = left_behind(stand_in, tmp_path), stand_in.fake.client()
    run = Journal.reopen(journal).run
    options: Any = {"incidentTemplate": {"title": "title", "impact": 5}, "tags": {"fakeim-run": run.id}}
    somebody.create_response_plan(name=f"{run.prefix}another", **options)  # the journal does not know it
    somebody.create_response_plan(name="fakeim-another", **options)  # its name is another's
    somebody.untag_resource(
        resourceArn=f"arn:aws:ssm-incidents::{ACCOUNT}:response-plan/{run.prefix}plan", tagKeys=["fakeim-run"]
    )
    before = contents(somebody)["plans"]
    with opening(stand_in, tmp_path, journal=journal) as account:
        swept = sweep(account, delete=True)
    assert [arn.rpartition("-")[2] for arn in swept.left_alone] == ["plan", "another"]
    assert len(swept.claimed) == 1
    assert contents(somebody)["plans"] == before


def test_what_cannot_be_removed_keeps_nothing_else(stand_in: StandIn, tmp_path: Path) -> None:
    journal = left_behind(stand_in, tmp_path)
    stand_in.odd = {"DeleteIncidentRecord": "ConflictException"}
    with opening(stand_in, tmp_path, journal=journal) as account:
        swept = sweep(account, delete=True)
        assert ["ConflictException" in each for each in swept.left_alone.values()] == [True]
        assert [arn.split(":")[5].partition("/")[0] for arn in swept.claimed] == ["response-plan"]
        stand_in.odd = {}
        assert len(sweep(account, delete=True).claimed) == 1


# -- the policy


@pytest.mark.parametrize("level", LEVELS)
def test_the_policy_denies_what_is_never_sent_and_allows_the_rest(level: Level) -> None:
    deny, *allowed = iam.policy(level, ACCOUNT)["Statement"]
    assert (deny["Effect"], deny["Resource"]) == ("Deny", "*")
    assert {each.partition(":")[2] for each in deny["Action"]} == allow_list.FORBIDDEN
    for statement in allowed:
        writes = {each.partition(":")[2] for each in statement["Action"]} - allow_list.READS
        assert statement["Effect"] == "Allow"
        assert not writes & allow_list.FORBIDDEN
        if writes and statement["Sid"] not in {"MakePlans", "ParentOpsItems"}:
            assert all("/fakeim-" in arn and ACCOUNT in arn for arn in statement["Resource"])


def test_the_policy_allows_all_that_is_recorded(stand_in: StandIn, tmp_path: Path) -> None:
    stand_in.fake.iam.attach(iam.policy("data", ACCOUNT))
    with opening(stand_in, tmp_path) as account:
        [recording] = record(account, [LIFE])
    assert recording.cut is None
    assert not stand_in.fake.calls.failed("AccessDeniedException")
    with pytest.raises(ClientError, match="explicit deny"):
        stand_in.fake.client().delete_replication_set(arn="arn:aws:ssm-incidents::210987654321:replication-set/any")


# -- the command line


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, ["parity", *arguments], prog_name="fakeim")


def options(stand_in: StandIn, folder: Path) -> list[str]:
    state = ["--state", str(folder / "state"), "--endpoint-url", stand_in.url]
    return ["--profile", PROFILE, "--expect-account", ACCOUNT, *state]


@pytest.fixture
def probe_files(tmp_path: Path) -> str:
    for each in list(traces.probe_traces())[:3]:
        transcripts.write(tmp_path / each.name, each)
    return str(tmp_path / "probe")


@pytest.mark.parametrize("level", LEVELS)
def test_plan_sends_nothing(tmp_path: Path, level: Level) -> None:
    transcripts.write(tmp_path / "trace.jsonl", LIFE._replace(header=LIFE.header._replace(level=level)))
    result = run("plan", "--level", level, str(tmp_path))
    assert result.exit_code == 0, result.output
    assert "4 calls in 1 traces" in result.stdout
    assert '"Deny"' in result.stdout
    assert ("OpsItem in OpsCenter" in result.stdout) == (level == "data")


def test_iam_prints_a_policy() -> None:
    result = run("iam", "--level", "probe", "--account", ACCOUNT)
    assert json.loads(result.stdout) == iam.policy("probe", ACCOUNT)


def test_record_shows_every_difference_and_gives_a_file_to_send(
    stand_in: StandIn, tmp_path: Path, probe_files: str
) -> None:
    out = str(tmp_path / "out")
    arguments = [
        "record",
        "--level",
        "probe",
        *options(stand_in, tmp_path),
        "--seconds",
        "0",
        "--out",
        out,
        probe_files,
    ]
    same = run(*arguments)
    assert same.exit_code == 0, same.output
    assert "none of them this fake answers otherwise" in same.stdout
    stand_in.odd = {"BatchGetIncidentFindings": "OddException"}
    other = run(*arguments)
    assert other.exit_code == 1, other.output
    assert "OddException" in other.stdout
    names = zipfile.ZipFile(tmp_path / "out.zip").namelist()
    assert sum(name.endswith(".jsonl") for name in names) == 3


def test_only_what_was_recorded_is_to_be_sent(stand_in: StandIn, tmp_path: Path, probe_files: str) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "secret").write_text("something of mine")
    arguments = ["--level", "probe", *options(stand_in, tmp_path), "--seconds", "0", "--out", str(out)]
    assert run("record", *arguments, probe_files).exit_code == 0
    names = zipfile.ZipFile(tmp_path / "out.zip").namelist()
    assert sorted(names) == sorted(f"probe/{each.name}" for each in (out / "probe").iterdir())


def test_an_account_that_says_no_is_told_without_a_traceback(
    stand_in: StandIn, tmp_path: Path, probe_files: str
) -> None:
    stand_in.odd = {"ListReplicationSets": "AccessDeniedException"}
    result = run("record", "--level", "probe", *options(stand_in, tmp_path), "--seconds", "0", probe_files)
    assert (result.exit_code, "AccessDeniedException" in result.stderr) == (1, True)
    assert "fakeim parity sweep" in result.stderr


def test_a_probe_that_makes_something_all_the_same_is_told(stand_in: StandIn, tmp_path: Path, probe_files: str) -> None:
    client, answer = stand_in.fake.client(), stand_in._answer  # noqa: SLF001 - to do what no probe should

    def making(environ: Any, start_response: Any) -> Any:
        if not client.list_response_plans(maxResults=100)["responsePlanSummaries"][2:] and len(stand_in.sent) > 20:
            client.create_response_plan(name="made", incidentTemplate={"title": "title", "impact": 5})
        return answer(environ, start_response)

    stand_in._answer = making  # noqa: SLF001
    arguments = ["--level", "probe", *options(stand_in, tmp_path), "--seconds", "0", "--out", str(tmp_path / "out")]
    result = run("record", *arguments, probe_files)
    assert (result.exit_code, "response-plan/made" in result.stderr) == (3, True)


def test_record_tells_if_the_account_has_changed(stand_in: StandIn, tmp_path: Path) -> None:
    transcripts.write(tmp_path / "traces" / "life.jsonl", LIFE)
    client, answer = stand_in.fake.client(), stand_in._answer  # noqa: SLF001 - to do something meanwhile

    def meanwhile(environ: Any, start_response: Any) -> Any:
        if environ["REQUEST_URI"] == "/startIncident":
            client.create_response_plan(name="meanwhile", incidentTemplate={"title": "title", "impact": 1})
        return answer(environ, start_response)

    stand_in._answer = meanwhile  # noqa: SLF001
    arguments = ["--level", "data", *options(stand_in, tmp_path), "--seconds", "0", "--out", str(tmp_path / "out")]
    result = run("record", *arguments, str(tmp_path / "traces"))
    assert result.exit_code == 3, result.output
    assert "response-plan/meanwhile: changed by somebody else" in result.stderr
    assert "aws ssm delete-ops-item" in result.stdout


def test_sweep_shows_first_and_removes_when_told(
    stand_in: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fakeim.cli.parity_aws.Pace", at_once)
    journal = left_behind(stand_in, tmp_path)
    arguments = ["sweep", *options(stand_in, tmp_path), str(journal)]
    shown, removed, again = run(*arguments), run(*arguments, "--yes"), run(*arguments)
    assert (shown.exit_code, removed.exit_code, again.exit_code) == (3, 0, 0)
    assert shown.stdout.count("would remove") == removed.stdout.count("removed arn") == 2
    assert "Nothing is left." in again.stdout


def test_sweep_looks_past_journals_of_other_accounts_and_broken_ones(
    stand_in: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fakeim.cli.parity_aws.Pace", at_once)
    state = left_behind(stand_in, tmp_path).parent
    (state / "0000000000.jsonl").write_text("")  # of a run that was interrupted at once
    other = Journal.begin(Run("123456789012", "data", "1111111111"), state, datetime.now(UTC))
    other.creating("fakeim-1111111111-plan", harmless=True)
    arguments = [*options(stand_in, tmp_path), "--state", str(state)]
    result = run("sweep", *arguments, "--yes")
    assert (result.exit_code, result.stdout.count("removed arn")) == (3, 2)
    assert "0000000000.jsonl: this is no journal" in result.stderr


@pytest.mark.parametrize("arguments", [("record", "--level", "probe"), ("sweep",)])
def test_an_account_that_is_refused_is_told(
    stand_in: StandIn, tmp_path: Path, probe_files: str, arguments: Any
) -> None:
    given = [*arguments, *options(stand_in, tmp_path), "--expect-account", "123456789012"]
    journal = str(left_behind(stand_in, tmp_path))
    result = run(*given, probe_files if arguments[0] == "record" else journal)
    assert result.exit_code == 1
    assert "123456789012" in result.stderr


def test_nothing_is_sent_without_a_profile_and_an_account() -> None:
    for missing in (["--profile", "x"], ["--expect-account", ACCOUNT]):
        result = run("record", "--level", "probe", *missing)
        assert result.exit_code == 2
        assert "Missing option" in result.stderr
