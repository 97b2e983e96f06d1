"""Hypothesis strategies for Incident Manager: requests and their parts, accounts with something in them, fault plans.

What they make is read from the API model, valid by construction, and shrinks to the least that is.
``st.from_type`` knows ``FakeIncidentManager`` and ``FaultPlan`` as soon as Hypothesis and fakeim are imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

from hypothesis import strategies as st

from fakeim.service.faults import EVERY
from fakeim.spec.api import load_api
from fakeim.spec.suggestions import did_you_mean
from fakeim.testing.accounts import MORE_THAN_A_PAGE, Incident, populated
from fakeim.testing.broken import Break, by_the_client, by_the_service, service_can_refuse
from fakeim.testing.fault_plans import KINDS, FaultPlan, Mishap
from fakeim.testing.shapes import valid as valid_values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypothesis.strategies import SearchStrategy

    from fakeim.incident_manager import FakeIncidentManager
    from fakeim.spec.api import Operation
    from fakeim.testing.fault_plans import Kind
    from fakeim.testing.shapes import Pool

__all__ = ["Break", "FaultPlan", "Incident", "Mishap", "fakes", "fault_plans", "requests", "shapes"]


@overload
def requests(operation: str, *, valid: Literal[True] = True, pool: Pool | None = None) -> SearchStrategy[Any]: ...
@overload
def requests(
    operation: str, *, valid: Literal[False], refused_by: Literal["service", "client"] = "service"
) -> SearchStrategy[Break]: ...
def requests(
    operation: str,
    *,
    valid: bool = True,
    pool: Pool | None = None,
    refused_by: Literal["service", "client"] = "service",
) -> SearchStrategy[Any]:
    """Make parameters for calls of ``operation``.

    Args:
        operation: The operation's name, as in ``"StartIncident"``.
        valid: ``False`` makes parameters that are broken in exactly one place, each as a ``Break``: its ``value`` is
            the parameters, its ``path`` the place, its ``constraint`` what they should be there.
        pool: Values by the name of their member or shape, to be preferred to fresh ones:
            ``{"responsePlanArn": [plan]}``.
        refused_by: Who is to find what is broken: the ``"service"``, which answers with a ValidationException, or
            boto3's ``"client"``, which raises ParamValidationError and sends nothing.

    Raises:
        ValueError: There is no such operation, with a suggestion; or nothing in its parameters can be broken so.

    >>> from hypothesis import find
    >>> from fakeim.testing.strategies import requests
    >>> find(requests("GetIncidentRecord", pool={"arn": ["arn:aws:ssm-incidents::123456789012:x"]}), lambda _: True)
    {'arn': 'arn:aws:ssm-incidents::123456789012:x'}
    >>> broken = find(requests("GetResourcePolicies", valid=False), lambda broken: broken.path == "maxResults")
    >>> broken.value, broken.constraint
    ({'resourceArn': 'arn:aws::::0', 'maxResults': 101}, 'Member must have value less than or equal to 100')
    """
    shape = _operation(operation).input
    # Deferred until they are drawn: the time that this takes does not count towards an example's deadline.
    if valid:
        return st.deferred(lambda: valid_values(shape, pool))
    if refused_by == "client":
        return st.deferred(lambda: by_the_client(shape).filter(_is_parameters))
    if not service_can_refuse(shape):
        raise ValueError(f"the parameters of {operation} have no constraint that the service checks")
    return st.deferred(lambda: by_the_service(shape).filter(_is_parameters))


def shapes(name: str, *, pool: Pool | None = None) -> SearchStrategy[Any]:
    """Make valid values of the shape called ``name`` in the API model, such as ``"TriggerDetails"``.

    Raises:
        ValueError: There is no such shape; with a suggestion.

    >>> from hypothesis import find
    >>> from fakeim.testing.strategies import shapes
    >>> find(shapes("IncidentTemplate"), lambda _: True)
    {'impact': 1, 'title': ''}
    """
    known = load_api().files["service-2"]["shapes"]
    if name not in known:
        raise ValueError(f"there is no shape {name!r}{did_you_mean(name, known)}")
    return st.deferred(lambda: valid_values(load_api().shape(name), pool))


def fakes(
    *, max_plans: int = 3, max_incidents: int = 5, crowded: bool | None = None, **options: Any
) -> SearchStrategy[FakeIncidentManager]:
    """Make fake accounts with at least a plan and perhaps incidents in them, as ``accounts.populated`` does.

    Args:
        max_plans: How many plans there are at most; 1 or more.
        max_incidents: How many incidents there are at most, those of ``crowded`` aside.
        crowded: Whether there are so many open incidents that a list has more than one page; by default now and then.
        options: Those of ``FakeIncidentManager``.

    >>> from hypothesis import find
    >>> from fakeim.testing.strategies import fakes
    >>> fake = find(fakes(), lambda _: True)
    >>> [each["name"] for each in fake.client().list_response_plans()["responsePlanSummaries"]]
    ['plan-0']
    """

    def with_plans(plans: int) -> SearchStrategy[FakeIncidentManager]:
        incident = st.builds(
            Incident,
            plan=st.integers(0, plans - 1),
            status=st.sampled_from(["OPEN", "RESOLVED"]),
            impact=st.integers(1, 5),
            notes=st.integers(0, 2),
            items=st.integers(0, 1),
        )
        others = {None: [0, 0, 0, MORE_THAN_A_PAGE], True: [MORE_THAN_A_PAGE], False: [0]}[crowded]
        return st.builds(
            populated,
            plans=st.just(plans),
            incidents=st.lists(incident, max_size=max_incidents),
            others=st.sampled_from(others),
            **{name: st.just(value) for name, value in options.items()},
        )

    return st.integers(1, max_plans).flatmap(with_plans)


def fault_plans(
    *operations: str, kinds: Sequence[Kind] = KINDS, max_size: int = 2, latest: int = 10
) -> SearchStrategy[FaultPlan]:
    """Make plans of what is to go wrong, for ``with plan.on(fake):``; the least is that nothing does.

    Args:
        operations: Whose calls are counted, and struck; without any, all calls.
        kinds: How they fail, of ``fault_plans.KINDS``.
        max_size: How many calls fail at most.
        latest: The last call that may fail.

    Raises:
        ValueError: There is no such operation; with a suggestion.

    >>> from hypothesis import find
    >>> from fakeim.testing.strategies import fault_plans
    >>> find(fault_plans("StartIncident"), lambda plan: any(each.kind == "lost reply" for each in plan))
    FaultPlan([Mishap(kind='lost reply', call=1, operation='StartIncident')])
    """
    mishaps = st.builds(
        Mishap,
        kind=st.sampled_from(kinds),
        call=st.integers(1, latest),
        operation=st.sampled_from([_operation(each).name for each in operations] or [EVERY]),
    )
    different = st.lists(mishaps, max_size=max_size, unique_by=lambda each: (each.operation, each.call))
    return different.map(FaultPlan)


def _is_parameters(found: Break) -> bool:
    return isinstance(found.value, dict)


def _operation(name: str) -> Operation:
    known = load_api().operations
    if name not in known:
        raise ValueError(f"there is no operation {name!r}{did_you_mean(name, known)}")
    return known[name]
