"""Pages of the seven list operations (catalogue §12.2)."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from itertools import product
from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.config import Config
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.budgets import examples
from contract_tests.contract.lists import (
    ALL,
    EVENTS,
    FILLABLE,
    INCIDENTS,
    ITEMS,
    POLICIES,
    a_plan,
    an_incident,
    for_each,
)
from contract_tests.support import fails

if TYPE_CHECKING:
    from mypy_boto3_ssm_incidents import SSMIncidentsClient

    from contract_tests.contract.lists import Kind
    from contract_tests.contract.targets import ClientIn
    from contract_tests.support import Record

UNCHECKED = Config(parameter_validation=False)


# -- the laws


@pytest.mark.documented("§12.2: a token while there is more; no token without, which AWS does not always keep: §5.4")
@for_each(ALL)
def test_the_pages_are_the_whole(client: SSMIncidentsClient, kind: Kind) -> None:
    params = kind.prepare(client)
    for number in range(6):
        whole, token = kind.page(client, params)
        assert token is None
        for size in range(1, len(whole) + 2):
            expected = [whole[start : start + size] for start in range(0, len(whole), size)] or [[]]
            assert list(kind.pages(client, params, size)) == expected
        kind.add(client, params, number)


@pytest.mark.assumption("what is there all along is given once, whatever comes and goes between the pages")
@for_each(FILLABLE)
def test_pages_neither_repeat_nor_skip(client: SSMIncidentsClient, kind: Kind) -> None:
    @examples(percent=12)
    @given(st.data())
    def law(data: st.DataObject) -> None:
        params = kind.filled(client, data.draw(st.integers(2, 6), label="elements"))
        before, _ = kind.page(client, params)
        gone, given = set(), []
        for page in kind.pages(client, params, data.draw(st.integers(1, 3), label="page size")):
            live, _ = kind.page(client, params)
            assert all(element in live for element in page)
            given += [element[kind.identity] for element in page]
            for added in data.draw(st.lists(st.none() | st.integers(0, 4), max_size=3), label="between two pages"):
                live, _ = kind.page(client, params)
                if added is not None and len(live) < 20:
                    kind.add(client, params, added)
                elif live:
                    removed = data.draw(st.sampled_from(live), label="removed")
                    kind.remove(client, params, removed)
                    gone.add(removed[kind.identity])
        assert len(set(given)) == len(given)
        stayed = [element[kind.identity] for element in before if element[kind.identity] not in gone]
        assert [each for each in given if each in stayed] == stayed

    law()


@pytest.mark.assumption("a token can be used again, and with another page size")
@for_each(FILLABLE)
def test_a_token_can_be_used_again(client: SSMIncidentsClient, kind: Kind) -> None:
    params = kind.filled(client, 4)
    whole, _ = kind.page(client, params)
    token = kind.token(client, params)
    for size in (1, 2, 3, 3, 100):
        assert kind.page(client, params, nextToken=token, maxResults=size)[0] == whole[1 : 1 + size]
    assert kind.page(client, params, nextToken=token) == (whole[1:], None)


@pytest.mark.assumption("17.26, 17.32: by default as many as maxResults may be")
@for_each(FILLABLE)
def test_a_page_has_by_default_as_many_as_it_may_have(client: SSMIncidentsClient, kind: Kind) -> None:
    params = kind.filled(client, kind.largest + 1)
    elements, token = kind.page(client, params)
    assert len(elements) == kind.largest
    last, none = kind.page(client, params, nextToken=token)
    assert (len(last), none) == (1, None)


@pytest.mark.modelled("§12.2, Appendix A")
@for_each(ALL)
def test_limits_of_a_page(client_in: ClientIn, kind: Kind) -> None:
    client = client_in(config=UNCHECKED)
    params = kind.filled(client, 2)
    for size in (1, kind.largest):
        assert len(kind.page(client, params, maxResults=size)[0]) <= size
    for size in (-1, 0, kind.largest + 1):
        with fails(client, "ValidationException"):
            kind.page(client, params, maxResults=size)
    with fails(client, "ValidationException"):
        kind.page(client, params, nextToken="x" * 2001)
    if kind in FILLABLE:
        assert len(kind.token(client, params)) <= 2000


@pytest.mark.assumption("an empty token asks for the first page")
@for_each(ALL)
def test_an_empty_token_is_the_first_page(client: SSMIncidentsClient, kind: Kind) -> None:
    params = kind.filled(client, 2)
    first = kind.page(client, params, maxResults=1)
    assert kind.page(client, params, maxResults=1, nextToken="")[0] == first[0]


# -- tokens that are none


@pytest.mark.assumption("17.7: what is no token is a ValidationException")
@for_each(ALL)
@pytest.mark.parametrize("token", ["x", "token", "AAAA", "====", "é", "\ud800", "\0", " ", "1.2.3.4.5", "x" * 2000])
def test_what_is_no_token_is_refused(client: SSMIncidentsClient, kind: Kind, token: str) -> None:
    params = kind.filled(client, 2)
    encoded = urlsafe_b64encode(token.encode(errors="surrogatepass")).decode()[:2000]
    for each in (token, encoded):
        with fails(client, "ValidationException"):
            kind.page(client, params, nextToken=each)


@pytest.mark.assumption("17.7: a token that was tampered with is a ValidationException")
@for_each(FILLABLE)
def test_a_changed_token_is_refused(client: SSMIncidentsClient, kind: Kind) -> None:
    params = kind.filled(client, 2)
    token = kind.token(client, params)
    changed = {token[:at] + new + token[at + 1 :] for at, new in product(range(len(token)), "A0z_=\n")}
    changed |= {token[:-1], token[1:], f"{token}=", f"{token}A", f" {token}", token.swapcase(), token * 2}
    decoded = urlsafe_b64decode(token)
    inside = (decoded + b"\r", decoded + b" ", b" " + decoded, b"+" + decoded, b"0" + decoded)
    changed |= {urlsafe_b64encode(each).decode() for each in inside}
    refused = client.exceptions.ValidationException
    for each in changed - {token}:
        with pytest.raises(refused):
            kind.page(client, params, nextToken=each)


@pytest.mark.assumption("17.7: another operation's token is a ValidationException")
@for_each(FILLABLE)
def test_another_operations_token_is_refused(client: SSMIncidentsClient, kind: Kind) -> None:
    incident = an_incident(client)
    every: dict[str, Record] = {
        "list_timeline_events": incident,
        "list_related_items": incident,
        "list_incident_findings": incident,
        "get_resource_policies": a_plan(client),
    }
    every[kind.method] = params = every.get(kind.method, {})
    for number in range(2):
        kind.add(client, params, number)
    token = kind.token(client, params)
    for other in ALL:
        if other is not kind:
            with fails(client, "ValidationException"):
                other.page(client, every.get(other.method, {}), nextToken=token)


CUSTOM: Any = [{"key": "eventType", "condition": {"equals": {"stringValues": ["Custom Event"]}}}]
OPEN: Any = [{"key": "status", "condition": {"equals": {"stringValues": ["OPEN"]}}}]


@pytest.mark.assumption("17.7: another request's token is a ValidationException")
@pytest.mark.parametrize(
    ("kind", "first", "then"),
    [
        (EVENTS, {}, {"sortOrder": "ASCENDING"}),
        (EVENTS, {"sortOrder": "ASCENDING"}, {"sortOrder": "DESCENDING"}),
        (EVENTS, {}, {"filters": CUSTOM}),
        (EVENTS, {}, {"filters": []}),
        (INCIDENTS, {}, {"filters": OPEN}),
        (INCIDENTS, {"filters": OPEN}, {}),
    ],
)
def test_another_requests_token_is_refused(client: SSMIncidentsClient, kind: Kind, first: Record, then: Record) -> None:
    params = kind.filled(client, 3)
    token = kind.token(client, params | first)
    with fails(client, "ValidationException"):
        kind.page(client, params | then, nextToken=token)


@pytest.mark.assumption("17.7: a token of another incident's or plan's list is a ValidationException")
@for_each([EVENTS, ITEMS, POLICIES])
def test_another_resources_token_is_refused(client: SSMIncidentsClient, kind: Kind) -> None:
    params, other = kind.filled(client, 2), kind.filled(client, 2)
    token = kind.token(client, params)
    with fails(client, "ValidationException"):
        kind.page(client, other, nextToken=token)


@pytest.mark.modelled("1.1: a JSON object has no order, so the request is the same")
def test_the_same_request_may_be_written_otherwise(client: SSMIncidentsClient) -> None:
    params = EVENTS.filled(client, 3)
    whole, _ = EVENTS.page(client, params)
    token = EVENTS.token(client, params)
    shuffled = [dict(reversed(each.items())) for each in params["filters"]]
    assert (
        EVENTS.page(client, dict(reversed((params | {"filters": shuffled}).items())), nextToken=token)[0] == whole[1:]
    )


@pytest.mark.assumption("17.7, as 4.35: a token holds in all Regions")
def test_a_token_holds_in_all_regions(client_in: ClientIn) -> None:
    here, there = client_in("us-east-1"), client_in("us-west-2")
    params = EVENTS.filled(here, 3)
    token = EVENTS.token(here, params)
    assert EVENTS.page(there, params, nextToken=token) == EVENTS.page(here, params, nextToken=token)


# -- botocore's paginators


@pytest.mark.modelled("§12.2")
@for_each(ALL)
def test_the_paginator_gives_the_whole(client: SSMIncidentsClient, kind: Kind) -> None:
    params = kind.filled(client, 5)
    whole, _ = kind.page(client, params)
    assert client.can_paginate(kind.method)
    paginator = cast(Any, client).get_paginator(kind.method)
    for size in range(1, 7):
        sized = paginator.paginate(**params, PaginationConfig={"PageSize": size}).build_full_result()
        assert sized == {kind.result: whole}


@pytest.mark.modelled("§12.2")
@for_each(FILLABLE)
def test_the_paginator_stops_and_goes_on(client: SSMIncidentsClient, kind: Kind) -> None:
    params = kind.filled(client, 5)
    whole, _ = kind.page(client, params)
    paginator = cast(Any, client).get_paginator(kind.method)
    for size, most in product(range(1, 4), range(1, 5)):
        config = {"PageSize": size, "MaxItems": most}
        begun = paginator.paginate(**params, PaginationConfig=config).build_full_result()
        assert begun[kind.result] == whole[:most]
        config = {"PageSize": size, "StartingToken": begun["NextToken"]}
        rest = paginator.paginate(**params, PaginationConfig=config).build_full_result()
        assert rest[kind.result] == whole[most:]
