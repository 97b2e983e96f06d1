"""The language of IAM's policies: what a document means, and which documents there are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import fakeim
from contract_tests.budgets import examples
from fakeim.service import policies
from fakeim.service.policies import Question, compiled, decide
from fakeim.service.wildcards import arn_matcher, matcher

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

OWN = "arn:aws:ssm-incidents::123456789012:"

# -- a second writing of the rules, for its meaning alone


def naive_fits(pattern: str, text: str) -> bool:
    """Say whether ``text`` fits, trying everything."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(naive_fits(pattern[1:], text[start:]) for start in range(len(text) + 1))
    return bool(text) and pattern[0] in ("?", text[0]) and naive_fits(pattern[1:], text[1:])


def naive_fits_arn(pattern: str, arn: str) -> bool:
    if pattern == "*":
        return True
    parts = zip(pattern.split(":", 5), arn.split(":", 5), strict=False)
    return arn.count(":") >= 5 and all(naive_fits(*each) for each in parts)


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def naive_condition(operator: str, key: str, wanted: Iterable[str], context: Mapping[str, Sequence[str]]) -> bool:
    given = context.get(key, [])
    if operator == "Null":
        return any((word == "true") == (not given) for word in wanted)
    quantifier, _, name = operator.rpartition(":")
    if name.endswith("IfExists") and not given:
        return True
    base = name.removesuffix("IfExists")
    negated, base = "Not" in base, base.replace("Not", "")

    def alike(value: str, each: str) -> bool:
        if base == "StringEqualsIgnoreCase":
            return value.lower() == each.lower()
        return value == each if base == "StringEquals" else naive_fits(each, value)

    def holds(value: str) -> bool:
        return any(alike(value, each) for each in wanted) != negated

    if quantifier == "ForAllValues":
        return all(holds(each) for each in given)
    if quantifier == "ForAnyValue":
        return any(holds(each) for each in given)
    return holds(given[0]) if given else negated


def naive_verdict(document: Mapping[str, Any], question: Question) -> bool | None:
    effects = set()
    for statement in listed(document["Statement"]):
        acts = [naive_fits(each.lower(), question.action.lower()) for each in listed(statement.get("Action", []))]
        acts += [not naive_fits(each.lower(), question.action.lower()) for each in statement.get("NotAction", [])]
        reach = [naive_fits_arn(each, question.resource) for each in listed(statement.get("Resource", []))]
        reach += [not naive_fits_arn(each, question.resource) for each in statement.get("NotResource", [])]
        acting = all(acts) if "NotAction" in statement else any(acts)
        reaching = all(reach) if "NotResource" in statement else any(reach)
        conditions = [
            naive_condition(operator, key, listed(values), question.context)
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        ]
        if acting and reaching and all(conditions):
            effects.add(statement["Effect"])
    return False if "Deny" in effects else True if effects else None


ACTIONS = [
    "*",
    "ssm-incidents:*",
    "ssm-incidents:Get*",
    "SSM-Incidents:startincident",
    "ssm-incidents:?tart*",
    "s3:Get*",
]
RESOURCES = ["*", f"{OWN}response-plan/*", f"{OWN}response-plan/a?", f"{OWN}*/ab*", "arn:aws:*:*:*:*", f"{OWN[:-3]}*:*"]
TARGETS = ["*", f"{OWN}response-plan/ab", f"{OWN}response-plan/a", f"{OWN}incident-record/ab/1", "arn:aws:s3:::ab"]
TEXTS = st.sampled_from(["", "a", "A", "ab", "b"])
SINGLE = ["aws:requesttag/a", "aws:resourcetag/a", "aws:requestedregion"]
OPERATORS = [
    f"{quantifier}{name}{suffix}"
    for quantifier in ("", "ForAllValues:", "ForAnyValue:")
    for name in ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase")
    for suffix in ("", "IfExists")
]


def some_of(*values: str) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=2)


@st.composite
def statements(draw: st.DrawFn) -> dict[str, Any]:
    action, resource = (
        draw(st.sampled_from(["Action", "NotAction"])),
        draw(st.sampled_from(["Resource", "NotResource"])),
    )
    found: dict[str, Any] = {"Effect": draw(st.sampled_from(["Allow", "Deny"]))}
    found |= {action: draw(some_of(*ACTIONS)), resource: draw(some_of(*RESOURCES))}
    condition: dict[str, dict[str, Any]] = {}
    for operator in draw(st.just([]) | st.lists(st.sampled_from([*OPERATORS, "Null"]), max_size=2, unique=True)):
        keys = [*SINGLE, "aws:tagkeys"] if ":" in operator or operator == "Null" else SINGLE
        values = some_of("true", "false") if operator == "Null" else some_of("a", "A", "a*", "?", "b", "")
        condition[operator] = {draw(st.sampled_from(keys)): draw(values)}
    return found | ({"Condition": condition} if condition else {})


questions = st.builds(
    Question,
    st.sampled_from([f"ssm-incidents:{name}" for name in ("StartIncident", "GetIncidentRecord", "TagResource")]),
    st.sampled_from(TARGETS),
    st.fixed_dictionaries(
        {},
        optional={key: TEXTS.map(lambda text: [text]) for key in SINGLE} | {"aws:tagkeys": st.lists(TEXTS, max_size=2)},
    ),
)


@examples(percent=200)
@given(st.lists(statements(), min_size=1, max_size=3), questions)
def test_a_document_means_what_the_rules_say(listing: list[dict[str, Any]], question: Question) -> None:
    document = {"Version": "2012-10-17", "Statement": listing}
    assert decide(compiled(json.dumps(document)), question) is naive_verdict(document, question)
    assert decide(compiled(document), question) is naive_verdict(document, question)


@pytest.mark.parametrize("order", [("Allow", "Deny"), ("Deny", "Allow")])
def test_a_deny_wins_over_every_allow(order: tuple[str, str]) -> None:
    listing = [{"Effect": effect, "Action": "*", "Resource": "*"} for effect in order]
    question = Question("ssm-incidents:StartIncident", TARGETS[1], {})
    assert decide(compiled({"Statement": listing}), question) is False
    assert decide(compiled({"Statement": listing[:1]}), question) is (order[0] == "Allow")
    assert decide([], question) is None


@examples(percent=300)
@given(st.text("a*?b", max_size=8), st.text("ab", max_size=8))
@example("*ab*b*", "aba")
@example("a*a", "a")
@example("?", "\n")
def test_wildcards(pattern: str, text: str) -> None:
    assert matcher(pattern)(text) == naive_fits(pattern, text)


@given(*(st.lists(st.text(letters, max_size=2), min_size=6, max_size=7).map(":".join) for letters in ("a*?", "a")))
@example("a:*:a:a:a:a", "a:a:a:a:a:a:a")
@example("a:a:a:a:a:*a", "a:a:a:a:a:a:a")
@example("*:*:*:*:*:*", "a:a:a:a:a")
def test_a_star_stays_within_its_part_of_an_arn_but_in_the_last(pattern: str, text: str) -> None:
    assert arn_matcher(pattern)(text) == naive_fits_arn(pattern, text)


@pytest.mark.parametrize("part", ["*a", "*?", "?*a*", "*aa", "**"])
def test_no_pattern_takes_long(part: str) -> None:
    pattern = part * (policies.LONGEST // len(part) // 2)
    assert not matcher(f"{pattern}b")("a" * 2000)
    fake = fakeim.FakeIncidentManager()
    fake.iam.deny("ssm-incidents:*", resource=f"*:response-plan/{pattern}b")
    fake.client().list_timeline_events(incidentRecordArn=f"{OWN}incident-record/{'a' * 900}/1")


# -- what is no policy

GOOD = {"Effect": "Allow", "Action": "ssm-incidents:GetResponsePlan", "Resource": "*"}


def document(**changes: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{k: v for k, v in (GOOD | changes).items() if v is not None}]}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("", "no JSON object"),
        ("[1]", "no JSON object"),
        ('{"Statement": [], "Statement": []}', "a member twice"),
        ({"Statement": [{1, 2}]}, "what is no JSON"),
        ({}, "has no Statement"),
        ({"statement": []}, "the policy: there is no element statement; did you mean Statement?"),
        ({"Version": "2012-10-18", "Statement": []}, "Version: give '2012-10-17', not '2012-10-18'"),
        ({"Statement": "all"}, r"Statement: give an object, not 'all'"),
        ({"Statement": [GOOD, 5]}, r"Statement\[1\]: give an object, not 5"),
        (document(Effect="allow"), r"Statement\[0\]\.Effect: give 'Allow' or 'Deny', not 'allow'"),
        (document(Effect=["Allow"]), r"Effect: give"),
        (document(Action=None), "give one of Action and NotAction, not none"),
        (document(NotAction="s3:*"), "give one of Action and NotAction, not both"),
        (document(Actions="s3:*"), "no element Actions; did you mean Action?"),
        (document(Principal="*"), r"Statement\[0\]: there is no element Principal"),
        (document(Action=[]), r"Statement\[0\]\.Action: give one at least"),
        (document(Action=["s3:*", 5]), r"Statement\[0\]\.Action\[1\]: give a text, not 5"),
        (document(Action="ssm-incidents:StrtIncident"), "no action StrtIncident; did you mean StartIncident?"),
        (document(Action="ssm-incidents:Describe*"), r"no action Describe\*"),
        (document(Action="StartIncident"), "names no service; give an action such as ssm-incidents:StartIncident"),
        (document(Action="ssm-incident:StartIncident"), "no service ssm-incident; did you mean ssm-incidents?"),
        (document(Resource="response-plan/a"), "no ARN of six parts"),
        (document(Resource="arn:aws:ssm-incidents:*"), "no ARN of six parts"),
        (document(Resource=f"{OWN}response-plan/${{aws:username}}"), "policy variables"),
        (document(Condition=[]), r"Statement\[0\]\.Condition: give an object"),
        (document(Condition={"StringEquals": {}}), r"Condition\.StringEquals: give an object"),
        (document(Condition={"StringEqual": {"aws:TagKeys": "a"}}), "aws:TagKeys has several values"),
        (document(Condition={"StringEqual": {"aws:RequestTag/a": "a"}}), "no operator StringEqual here; did you mean"),
        (document(Condition={"ForEachValue:StringEquals": {"aws:TagKeys": "a"}}), "no operator ForEachValue"),
        (document(Condition={"StringEquals": {"aws:RequestTags/a": "a"}}), "did you mean aws:RequestTag/KEY?"),
        (document(Condition={"StringEquals": {"aws:RequestTag/": "a"}}), "is not known here"),
        (document(Condition={"StringEquals": {"aws:SourceIp": "a"}}), "the key aws:SourceIp is not known here"),
        (document(Condition={"StringEquals": {"aws:RequestTag/a": {}}}), "give a text, or a list of texts"),
        (document(Condition={"StringEquals": {"aws:RequestTag/a": []}}), "give a text, or a list of texts"),
        (document(Condition={"Null": {"aws:RequestTag/a": "yes"}}), 'give "true"'),
        (document(Sid="a" * policies.LONGEST), "more than 10240 characters"),
    ],
)
def test_a_malformed_policy_names_the_place_and_the_remedy(given: Any, told: str) -> None:
    fake = fakeim.FakeIncidentManager()
    with pytest.raises(ValueError, match=told):
        fake.iam.attach(given)
    assert not fake.iam


def test_what_only_speaks_of_other_services_is_left_alone() -> None:
    condition = {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}
    fake = fakeim.FakeIncidentManager()
    fake.iam.attach(document(Action=["s3:GetObject", "ssm:CreateOpsItem"], Condition=condition))
    with pytest.raises(ValueError, match="aws:SourceIp"):
        fake.iam.attach(document(Action=["s3:GetObject", "*"], Condition=condition))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.sampled_from(ACTIONS),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["Effect", "Action", "Resource", "Condition", "StringLike", "a"]), inner)
    ),
    max_leaves=8,
)


@given(
    st.one_of(
        st.text(max_size=20),
        json_values,
        st.fixed_dictionaries({"Statement": json_values}),
        st.builds(lambda name, value: document(**{name: value}), st.sampled_from(["Sid", *GOOD]), json_values),
        st.builds(lambda value: document(Condition={"StringLike": {"aws:RequestTag/a": value}}), json_values),
    )
)
@example("[" * 100_000)
@example('{"Statement": ' + "[" * 100_000)
def test_no_document_breaks_anything(given: Any) -> None:
    fake = fakeim.FakeIncidentManager()
    try:
        fake.iam.attach(given)
    except ValueError:
        fake.client().list_response_plans()
