"""Two fakes that are told the same, of which a test makes one late."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import ClientError, ParamValidationError
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from contract_tests.fake_only.accounts import FULL, REGIONS, Account
from contract_tests.fake_only.inspection import OPERATIONS, call, names_in_use
from fakeim import FakeIncidentManager

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import DataObject

    from contract_tests.fake_only.accounts import Outcome
    from fakeim.spec.api import Operation

T = TypeVar("T")
READS = [each for each in OPERATIONS if each.name.startswith(("Get", "List", "BatchGet"))]
WRITES = [each for each in OPERATIONS if each not in READS]
OWN_REGIONS = REGIONS[:2]
UPDATE = {"stackArn": "arn:aws:cloudformation:us-east-1:123456789012:stack/s", "startTime": 0}
TRIGGER: Any = {"source": "alarms", "timestamp": 0, "triggerArn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:a"}


def outcome(fake: FakeIncidentManager, operation: Operation, params: dict[str, Any], region: str) -> Outcome:
    """Call, and give the answer or the error's text, as ``Account.call`` does."""
    try:
        answer = call(fake.client(region), operation, params)
    except (ClientError, ParamValidationError) as error:
        return str(error)
    del answer["ResponseMetadata"]
    return answer


class Twins(RuleBasedStateMachine):
    """Any calls in any order, from two Regions, while time passes. What writes are answered is never late."""

    writers: tuple[str, ...] = OWN_REGIONS
    """The Regions that calls come from."""

    def __init__(self) -> None:
        super().__init__()
        self.account = Account()
        self.late = self.account.fake
        self.prompt = FakeIncidentManager(regions=OWN_REGIONS, clock=self.late.clock)
        self.both(lambda fake: fake.restore(FULL))
        self.tokens = count()

    def both(self, do: Callable[[FakeIncidentManager], T]) -> T:
        """Do the same with both, and see the same come of it."""
        found, expected = do(self.late), do(self.prompt)
        assert found == expected
        return found

    @rule(data=st.data(), operation=st.sampled_from(OPERATIONS))
    def call(self, data: DataObject, operation: Operation) -> None:
        """Call anything."""
        region = data.draw(st.sampled_from(self.writers))
        params = data.draw(self.account.request(operation))
        if operation.token:
            params = {operation.token: f"token {next(self.tokens)}"} | params
        found, expected = self.account.call(operation, params, region), outcome(self.prompt, operation, params, region)
        assert found == expected or operation in READS

    @rule(data=st.data(), trigger=st.none() | st.just(TRIGGER))
    def start(self, data: DataObject, trigger: Any) -> None:
        """Start an incident, as a responder or an alarm does."""
        plans = names_in_use(self.prompt)["response_plans"]
        if plans:
            region = data.draw(st.sampled_from(self.writers))
            request = {"responsePlanArn": data.draw(st.sampled_from(plans)), "clientToken": f"{next(self.tokens)}"}
            request |= {"triggerDetails": trigger} if trigger else {}
            self.both(lambda fake: outcome(fake, _START, request, region))

    @rule(data=st.data())
    def find_something(self, data: DataObject) -> None:
        """Do what AWS does by itself."""
        incidents = names_in_use(self.prompt)["incident_records"]
        if incidents:
            incident = data.draw(st.sampled_from(incidents))
            self.both(lambda fake: fake.add_finding(incident, cloud_formation_stack_update=UPDATE))

    @rule(seconds=st.integers(1, 4))
    def wait(self, seconds: int) -> None:
        """Let time pass."""
        self.late.clock.advance(seconds=seconds)


_START = next(each for each in OPERATIONS if each.name == "StartIncident")
