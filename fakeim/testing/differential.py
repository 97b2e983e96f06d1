"""``differential``: the same calls to two implementations of the service, and whether they answer the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import ClientError
from hypothesis import HealthCheck
from hypothesis import settings as Settings  # noqa: N812 - the argument has its name
from hypothesis.stateful import invariant, run_state_machine_as_test

from fakeim.spec.api import load_api
from fakeim.testing.outcomes import Renaming, contents
from fakeim.testing.stateful import ServiceMachine

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_ssm_incidents import SSMIncidentsClient

    MakeClient = Callable[[], SSMIncidentsClient]


class DifferenceError(AssertionError):
    """Two implementations of the service answered a call differently."""


class Twin(str):
    """A text that is one thing to the left side and another to the right: an ARN, an id, a page token.

    To all who do not know it, it is the left side's.
    """

    __slots__ = ("right",)
    right: str


def _twin(left: str, right: str) -> Twin:
    twin = Twin(left)
    twin.right = right
    return twin


class TwinClient:
    """A client of two accounts: each call goes to both, and both have to answer it alike.

    Its methods are those of boto3's client for the operations. An answer's texts that differ by right, as ids do, are
    ``Twin``s, and can be parameters of later calls. An error is the left side's, if the right one raised the same.
    """

    def __init__(self, left: SSMIncidentsClient, right: SSMIncidentsClient) -> None:
        self._left, self._right = left, right
        self._renaming = Renaming()

    def get_paginator(self, method: str) -> Any:
        """Give botocore's paginator, as both sides' clients have one."""
        from botocore.paginate import Paginator, PaginatorModel  # noqa: PLC0415 - beside its use

        api = load_api()
        name = api.methods[method].name
        model = PaginatorModel(api.files["paginators-1"]).get_paginator(name)
        return Paginator(getattr(self, method), model, api.service_model.operation_model(name))

    def __getattr__(self, method: str) -> Callable[..., Any]:
        def call(**params: Any) -> Any:
            __tracebackhide__ = True
            left, error = _outcome(self._left, method, params)
            right, _ = _outcome(self._right, method, _for_right(params))
            found = list(self._renaming.differences(left, right))
            if found:
                raise DifferenceError(f"right and left differ after {method}({params}): {'; '.join(found)}")
            if error is not None:
                raise error
            return _merged(left, right)

        return call


def differential(left: MakeClient, right: MakeClient, *, settings: Settings | None = None) -> None:
    """Call two implementations alike, in generated runs, and hold their answers against each other.

    Answers have to be equal but for ids, account numbers, principals, page tokens and times; errors by their code and
    status. After each step both sides are read, too.

    Lists are in the order of time. So the clocks of both have to show the same: of fakes, let them share one, or stand.

    Args:
        left: Gives a client of an account as it is at the start of each run, without plans and incidents.
        right: As ``left``.
        settings: Hypothesis's, for how many runs and steps.

    Raises:
        DifferenceError: They differ, an ``AssertionError``; Hypothesis tells the shortest run in which they do.

    >>> import fakeim
    >>> from hypothesis import settings
    >>> from fakeim.testing.differential import differential
    >>> def one():
    ...     fake = fakeim.FakeIncidentManager(seed=1)
    ...     fake.clock.freeze("2026-01-01T12:00:00Z")
    ...     return fake.client()
    >>> def another():
    ...     fake = fakeim.FakeIncidentManager(seed=2, account_id="111122223333")
    ...     fake.clock.freeze("2026-01-01T12:00:00Z")
    ...     return fake.client()
    >>> few = settings(database=None, max_examples=5, stateful_step_count=10)
    >>> differential(one, another, settings=few)
    """
    __tracebackhide__ = True

    class Differential(ServiceMachine):
        def __init__(self) -> None:
            super().__init__()
            self.client = cast("SSMIncidentsClient", TwinClient(left(), right()))

        @invariant()
        def both_have_come_to_the_same(self) -> None:
            contents(self.client)

    # Rules of which nothing is there yet are passed over, early in a run most of them.
    patient = {"deadline": None, "suppress_health_check": [HealthCheck.filter_too_much]}
    chosen = Settings(settings or Differential.TestCase.settings, **cast(Any, patient))
    try:
        run_state_machine_as_test(cast(Any, Differential), settings=chosen)
    except DifferenceError as found:
        raise found.with_traceback(None)  # noqa: B904 - its frames are all fakeim's and Hypothesis's


def _outcome(client: Any, method: str, params: dict[str, Any]) -> tuple[dict[str, Any], ClientError | None]:
    """Call, and give what is to be compared, with the error if there was one."""
    try:
        answer: dict[str, Any] = getattr(client, method)(**params)
    except ClientError as error:
        metadata: Any = error.response["ResponseMetadata"]
        return {"error": error.response["Error"]["Code"], "status": metadata["HTTPStatusCode"]}, error
    metadata = answer.pop("ResponseMetadata")
    return {"status": metadata["HTTPStatusCode"], **answer}, None


def _for_right(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _for_right(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_for_right(each) for each in value]
    return value.right if isinstance(value, Twin) else value


def _merged(left: Any, right: Any) -> Any:
    """Make one answer of two that are the same but for names."""
    if isinstance(left, dict):
        return {name: _merged(each, right[name]) for name, each in left.items()}
    if isinstance(left, list):
        return [_merged(*pair) for pair in zip(left, right, strict=True)]
    return _twin(left, right) if isinstance(left, str) and left != right else left
