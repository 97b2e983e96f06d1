"""Requests to all 31 operations, from pools so small that calls meet: what was shown, and a little that never was.

Each strategy is for a rule of a state machine that has ``shown``: lists of what the target has shown, by kind.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from contract_tests.strategies import mostly
from contract_tests.support import ACCOUNT, FOREIGN_INCIDENT, FOREIGN_PLAN, NO_INCIDENT, NO_PLAN

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from contract_tests.support import Record

    Requests = SearchStrategy[dict[str, Any]]

REGIONS = ("us-east-1", "us-west-2", "eu-west-1", "ap-south-1")
"""Where calls come from, and what a set is made of: one more than it can have."""
NO_SET = f"arn:aws:ssm-incidents::{ACCOUNT}:replication-set/00000000-0000-4000-8000-000000000000"
OTHER_THINGS = [f"arn:aws:sns:us-east-1:{ACCOUNT}:topic", f"{NO_PLAN}/more", NO_INCIDENT.replace("::", ":eu-west-1:")]
NAMES = ["plan-a", "plan-b", "Plan-a"]
PLANS = [f"arn:aws:ssm-incidents::{ACCOUNT}:response-plan/{name}" for name in NAMES]
TOPICS = [f"arn:aws:sns:us-east-1:{ACCOUNT}:{name}" for name in ("one", "two")]
ALARMS = [f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:{name}" for name in ("one", "two")]
CONTACTS = [f"arn:aws:ssm-contacts:us-east-1:{ACCOUNT}:contact/{name}" for name in ("one", "two")]
SECOND = timedelta(seconds=1)
LONG_AGO = datetime(2020, 10, 1, 20, 30, tzinfo=UTC)
IN_A_LONG_TIME = datetime(2099, 1, 1, tzinfo=UTC)
POLICIES = ['{"Statement":[]}', '{ "Statement": [] }', '{"Statement":[],"Version":"2012-10-17"}']
NO_POLICIES = ['{"Version":"2012-10-17"}', "[]", "no JSON"]


def shown(kind: str, *others: Any) -> SearchStrategy[Any]:
    """Choose mostly among what was shown of this ``kind``, now and then among ``others``."""
    rest = st.sampled_from(others)
    return st.runner().flatmap(
        lambda machine: mostly(st.sampled_from(machine.shown[kind]), rest) if machine.shown[kind] else rest
    )


def some(strategy: SearchStrategy[Any], *, least: int = 0, most: int = 2, unique: bool = False) -> SearchStrategy[Any]:
    return st.lists(strategy, min_size=least, max_size=most, unique=unique)


def struct(required: Record | None = None, **optional: SearchStrategy[Any]) -> Requests:
    """Make a structure of the ``required`` members and any of the ``optional`` ones."""
    return st.fixed_dictionaries(required or {}, optional=optional)


def one_of(**members: SearchStrategy[Any]) -> Requests:
    """Make a union: one of the ``members``."""
    return st.one_of([st.fixed_dictionaries({name: strategy}) for name, strategy in members.items()])


# -- parts

titles = st.sampled_from(["title", "", 'a "title" \u00e9'])
summaries = st.sampled_from(["summary", ""])
impacts = st.integers(1, 3)
dedupe_strings = st.sampled_from(["", "same", "same but longer"])
tags = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["", "1", "2"]), min_size=1)
many_tags = st.sampled_from([49, 50]).map(lambda size: {f"tag-{number}": "1" for number in range(size)})
client_tokens = st.sampled_from(["x", "", "y"])
chat_channels = one_of(empty=st.just({}), chatbotSns=some(st.sampled_from(TOPICS), least=1, unique=True))
targets = some(st.sampled_from(TOPICS).map(lambda arn: {"snsTopicArn": arn}))
engagements = some(st.sampled_from(CONTACTS), unique=True)
runbooks = struct(
    {"documentName": st.just("Runbook"), "roleArn": st.just(f"arn:aws:iam::{ACCOUNT}:role/runbooks")},
    documentVersion=st.just("7"),
    parameters=st.just({"name": ["one", "two"]}),
    dynamicParameters=one_of(incident=one_of(variable=st.just("INCIDENT_RECORD_ARN"))),
    targetAccount=st.just("IMPACTED_ACCOUNT"),
)
pager = st.just({"name": "n", "secretId": "s", "pagerDutyIncidentConfiguration": {"serviceId": "p"}})
plan_members = {
    "actions": some(one_of(ssmAutomation=runbooks), most=1),
    "chatChannel": chat_channels,
    "displayName": titles,
    "engagements": engagements,
    "integrations": some(one_of(pagerDutyConfiguration=pager), most=1),
}
template_members = {
    "dedupeString": dedupe_strings,
    "notificationTargets": targets,
    "summary": summaries,
    "incidentTags": tags,
}
flat_members = {
    f"incidentTemplate{name[0].upper()}{name[1:]}": strategy
    for name, strategy in {**template_members, "title": titles, "impact": impacts}.items()
    if name != "incidentTags"
}

plans = shown("plan", *PLANS, NO_PLAN, FOREIGN_PLAN, NO_INCIDENT, *OTHER_THINGS)
incidents = shown("incident", NO_INCIDENT, FOREIGN_INCIDENT, PLANS[0], NO_SET, *OTHER_THINGS)
sets = shown("set", NO_SET, NO_SET.replace(ACCOUNT, "999999999999"), PLANS[0], *OTHER_THINGS)
resources = plans | incidents | sets

sources = st.sampled_from(["aws.cloudwatch", "com.example"])
triggers = struct(
    {"source": sources, "timestamp": st.just(LONG_AGO), "triggerArn": st.sampled_from(ALARMS)},
    rawData=st.just('{"detail":{}}'),
) | struct({"source": sources, "timestamp": st.just(LONG_AGO)})
identifiers = struct(
    {
        "type": st.sampled_from(["OTHER", "METRIC"]),
        "value": one_of(
            url=st.sampled_from(["https://example.com/1", "https://example.com/2"]),
            arn=st.sampled_from(ALARMS),
            metricDefinition=st.just("{}"),
            pagerDutyIncidentDetail=struct({"id": st.just("P1")}, autoResolve=st.booleans()),
        ),
    }
)
parents = shown("parent", {"type": "PARENT", "value": {"arn": f"arn:aws:ssm:us-east-1:{ACCOUNT}:opsitem/oi-0"}})
known_or_new = identifiers | identifiers | parents
items = struct({"identifier": known_or_new}, title=titles, generatedId=st.just("related-item/OTHER/" + "0" * 32))

times = shown("time", LONG_AGO, LONG_AGO + SECOND, IN_A_LONG_TIME) | st.sampled_from([LONG_AGO, LONG_AGO + SECOND])
event_types = mostly(st.sampled_from(["Custom Event", "Note"]), st.sampled_from(["SSM Incident Start", "", "note"]))
event_data = st.sampled_from(['"data"', "", "no JSON"])
references = one_of(
    resource=st.sampled_from(ALARMS),
    relatedItemId=shown("generated id", "related-item/OTHER/" + "0" * 32),
)
NO_EVENT = "00000000-0000-0000-0000-000000000000"


def of(kind: str, nothing: Record, owner: str, owners: SearchStrategy[str], **optional: Any) -> Requests:
    """Name something by its id and its owner; at times by ``nothing``'s id, or with another of the ``owners``."""
    whole = shown(kind, nothing)
    mixed = st.builds(lambda one, arn: one | {owner: arn}, whole, owners)
    return st.builds(lambda one, other: one | other, whole | whole | mixed, struct(**optional))


def an_event(**optional: SearchStrategy[Any]) -> Requests:
    nothing = {"incidentRecordArn": NO_INCIDENT, "eventId": NO_EVENT}
    return of("event", nothing, "incidentRecordArn", incidents, **optional)


# -- filters and pages


def equals(key: str, kind: str, values: SearchStrategy[Any]) -> Requests:
    condition = st.fixed_dictionaries({"equals": st.fixed_dictionaries({kind: some(values)})})
    return st.fixed_dictionaries({"key": st.just(key), "condition": condition})


def around(key: str) -> Requests:
    return st.fixed_dictionaries({"key": st.just(key), "condition": one_of(after=times, before=times)})


WRONG_FILTERS: list[Any] = [
    {"key": "Status", "condition": {"equals": {"stringValues": ["OPEN"]}}},
    {"key": "impact", "condition": {"equals": {"stringValues": ["1"]}}},
    {"key": "status", "condition": {"after": LONG_AGO}},
    {"key": "eventType", "condition": {"equals": {"integerValues": [1]}}},
    {"key": "eventTime", "condition": {"equals": {"stringValues": ["Note"]}}},
    {"key": "creationTime", "condition": {"equals": {"integerValues": [1]}}},
]
callers = shown("caller", f"arn:aws:iam::{ACCOUNT}:user/nobody")
incident_filters = (
    equals("status", "stringValues", st.sampled_from(["OPEN", "RESOLVED"]))
    | equals("impact", "integerValues", impacts)
    | equals("createdBy", "stringValues", callers)
    | around("creationTime")
)
reference_values = st.sampled_from(ALARMS) | shown("generated id", "nothing")
event_filters = (
    equals("eventType", "stringValues", st.sampled_from(["Custom Event", "Note", "SSM Incident Record Update"]))
    | equals("eventReference", "stringValues", reference_values)
    | around("eventTime")
)


def filters(right: Requests) -> SearchStrategy[list[Any]]:
    return some(mostly(right, st.sampled_from(WRONG_FILTERS)), most=3)


def listing(required: Record | None = None, **optional: SearchStrategy[Any]) -> Requests:
    tokens = shown("page token", "nothing of ours")
    pages = struct(required, maxResults=st.integers(1, 3), **optional)
    with_token = st.tuples(pages, mostly(st.just(""), tokens)).map(lambda pair: pair[0] | {"nextToken": pair[1]})
    return mostly(pages, with_token)


# -- Regions and keys


def keys(region: str) -> SearchStrategy[Record]:
    own, other = (f"arn:aws:kms:{name}:{ACCOUNT}:key/1" for name in (region, "us-gov-east-1"))
    right = st.sampled_from([{}, {"sseKmsKeyId": own}])
    return mostly(right, st.sampled_from([{"sseKmsKeyId": key} for key in ("", "DefaultKey", "alias/a", other)]))


region_names = mostly(st.sampled_from(REGIONS), st.sampled_from(["mars", "cn-north-1"]))


@st.composite
def region_maps(draw: st.DrawFn) -> Record:
    """Choose one to three Regions, all without keys or all with one, but for a few."""
    names = draw(st.lists(region_names, min_size=1, max_size=3, unique=True))
    keyed = draw(st.integers(0, 3)) == 0
    of_its_own = {name: {"sseKmsKeyId": f"arn:aws:kms:{name}:{ACCOUNT}:key/1"} if keyed else {} for name in names}
    return draw(mostly(st.just(of_its_own), st.fixed_dictionaries({name: keys(name) for name in names})))


new_names = shown("other region", *REGIONS, "mars", "cn-north-1")
added = new_names.flatmap(lambda name: st.tuples(st.just({"regionName": name}), keys(name)))
actions = one_of(
    addRegionAction=added.map(lambda pair: pair[0] | pair[1]),
    deleteRegionAction=st.fixed_dictionaries({"regionName": shown("region", "us-east-1", "mars")}),
)


def with_token(**optional: SearchStrategy[Any]) -> dict[str, SearchStrategy[Any]]:
    return {**optional, "clientToken": client_tokens}


REQUESTS: dict[str, Requests] = {
    "batch_get_incident_findings": struct(
        {"incidentRecordArn": incidents, "findingIds": some(st.sampled_from(["", NO_EVENT]))}
    ),
    "create_replication_set": struct({"regions": region_maps()}, **with_token(tags=tags)),
    "create_response_plan": struct(
        {
            "name": st.sampled_from(NAMES),
            "incidentTemplate": struct({"title": titles, "impact": impacts}, **template_members),
        },
        **with_token(**plan_members, tags=tags),
    ),
    "create_timeline_event": struct(
        {"incidentRecordArn": incidents, "eventType": event_types, "eventData": event_data, "eventTime": times},
        **with_token(eventReferences=some(references)),
    ),
    "delete_incident_record": struct({"arn": incidents}),
    "delete_replication_set": struct({"arn": sets | st.just(NO_SET) | st.just(NO_SET)}),  # seldom: it ends all
    "delete_resource_policy": of("policy", {"resourceArn": PLANS[0], "policyId": "0" * 32}, "resourceArn", plans),
    "delete_response_plan": struct({"arn": plans}),
    "delete_timeline_event": an_event(),
    "get_incident_record": struct({"arn": incidents}),
    "get_replication_set": struct({"arn": sets}),
    "get_resource_policies": listing({"resourceArn": plans}),
    "get_response_plan": struct({"arn": plans}),
    "get_timeline_event": an_event(),
    "list_incident_findings": listing({"incidentRecordArn": incidents}),
    "list_incident_records": listing(filters=filters(incident_filters)),
    "list_related_items": listing({"incidentRecordArn": incidents}),
    "list_replication_sets": listing(),
    "list_response_plans": listing(),
    "list_tags_for_resource": struct({"resourceArn": resources}),
    "list_timeline_events": listing(
        {"incidentRecordArn": incidents},
        filters=filters(event_filters),
        sortOrder=st.sampled_from(["ASCENDING", "DESCENDING"]),
        sortBy=st.just("EVENT_TIME"),
    ),
    "put_resource_policy": struct(
        {"resourceArn": plans, "policy": mostly(st.sampled_from(POLICIES), st.sampled_from(NO_POLICIES))}
    ),
    "start_incident": struct(
        {"responsePlanArn": plans},
        **with_token(title=titles, impact=impacts, triggerDetails=triggers, relatedItems=some(items)),
    ),
    "tag_resource": struct({"resourceArn": resources, "tags": mostly(tags, many_tags)}),
    "untag_resource": struct({"resourceArn": resources, "tagKeys": some(st.sampled_from("abc"), least=1)}),
    "update_deletion_protection": struct({"arn": sets, "deletionProtected": st.booleans()}, **with_token()),
    "update_incident_record": struct(
        {"arn": incidents},
        **with_token(
            chatChannel=chat_channels,
            impact=impacts,
            notificationTargets=targets,
            status=st.sampled_from(["OPEN", "RESOLVED"]),
            summary=summaries,
            title=titles,
        ),
    ),
    "update_related_items": struct(
        {
            "incidentRecordArn": incidents,
            "relatedItemsUpdate": one_of(itemToAdd=items, itemToRemove=known_or_new),
        },
        **with_token(),
    ),
    "update_replication_set": struct({"arn": sets, "actions": actions.map(lambda action: [action])}, **with_token()),
    "update_response_plan": struct(
        {"arn": plans},
        **with_token(
            **plan_members,
            **flat_members,
            incidentTemplateTags=tags | st.just({}),
        ),
    ),
    "update_timeline_event": an_event(
        **with_token(eventType=event_types, eventData=event_data, eventTime=times, eventReferences=some(references))
    ),
}
"""What each operation is asked, by its method's name."""
