"""The language of IAM's policies: documents are checked, compiled, and asked about one action on one resource.

Rules, and what they rest on:
 1. A document has a Statement, one or a list, and perhaps Version and Id. A statement has Effect, one of Action and
    NotAction, one of Resource and NotResource, and perhaps Sid and Condition; one of a resource's policy has a
    Principal as well [documented: IAM's grammar]. Whatever else it has is refused.
 2. Actions do not tell upper from lower case, resources do; ``*`` and ``?`` are wildcards in both [documented].
 3. An explicit Deny wins over every Allow; without either, nothing is said [documented: IAM's evaluation logic].
 4. An action of this service that no operation has is refused, and so is a resource that is neither ``*`` nor an ARN
    of six parts [our choice, for AWS takes the former: it is a typing error].
 5. Statements that can only matter for other services have no meaning here; their conditions are not looked at [our
    choice].
 6. A document has at most 10,240 characters, whitespace aside [documented: IAM's quota for inline policies].
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NamedTuple

from fakeim.service.conditions import Malformed, check_no_variable, conditions
from fakeim.service.wildcards import ARN_PARTS, arn_matcher, matcher
from fakeim.spec.api import SERVICE, load_api
from fakeim.spec.codec import compact_json, parse_json
from fakeim.spec.suggestions import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from fakeim.service.conditions import Condition, Context
    from fakeim.service.wildcards import Matches

LONGEST = 10_240
VERSIONS = ("2012-10-17", "2008-10-17")
OF_OTHER_SERVICES = ("iam:PassRole", "iam:CreateServiceLinkedRole")
"""Actions of other services that calls of this one need."""
_DOCUMENT = ("Version", "Id", "Statement")
_STATEMENT = ("Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition")


class Question(NamedTuple):
    """What is asked of a policy: may the caller do this to that?"""

    action: str
    resource: str
    context: Context
    principals: frozenset[str] = frozenset()
    """By which names a resource's policy may name the caller."""


class Statement(NamedTuple):
    """One statement, compiled."""

    allows: bool
    fits_action: Matches
    fits_resource: Matches
    conditions: Sequence[Condition] = ()
    principals: frozenset[str] | None = None
    """Whom it speaks of; ``None``: who holds the policy."""

    def applies(self, question: Question) -> bool:
        """Say whether this statement speaks of what is asked."""
        return (
            self.fits_action(question.action.lower())
            and self.fits_resource(question.resource)
            and (self.principals is None or not self.principals.isdisjoint(question.principals))
            and all(holds(question.context) for holds in self.conditions)
        )


def decide(statements: Iterable[Statement], question: Question) -> bool | None:
    """Say whether the statements allow what is asked, or deny it; ``None``: neither (rule 3)."""
    found = {each.allows for each in statements if each.applies(question)}
    return None if not found else found == {True}


def compiled(document: str | Mapping[str, Any], *, of_resource: bool = False) -> list[Statement]:
    """Compile a policy: of an identity, or ``of_resource``.

    Args:
        document: JSON text, or what it stands for.
        of_resource: Whether it says itself whom it speaks of, in its statements' Principal.

    Raises:
        Malformed: It is no policy; the message names the place in the document and the remedy.
    """
    policy = _read(document)
    _known(policy, _DOCUMENT, "the policy")
    if policy.get("Version", VERSIONS[0]) not in VERSIONS:
        raise Malformed(f"Version: give {VERSIONS[0]!r}, not {policy['Version']!r}")
    if "Statement" not in policy:
        raise Malformed("the policy has no Statement")
    given = policy["Statement"]
    listed = given if isinstance(given, list) else [given]
    return [
        _statement(each, f"Statement[{number}]" if listed is given else "Statement", of_resource=of_resource)
        for number, each in enumerate(listed)
    ]


def fits_any(patterns: Sequence[str], compile_one: Callable[[str], Matches]) -> Matches:
    """Compile ``patterns`` to a function that says whether a text fits one of them."""
    matchers = [compile_one(pattern) for pattern in patterns]
    return matchers[0] if len(matchers) == 1 else lambda text: any(fits(text) for fits in matchers)


def action_matcher(pattern: str) -> Matches:
    """Compile the pattern of an action; it is asked in lower case (rule 2)."""
    return matcher(pattern.lower())


def check_action(pattern: str, path: str) -> None:
    """Refuse the pattern of an action that is mistyped (rule 4).

    Raises:
        Malformed: It is; with a suggestion.
    """
    operations = load_api().operations
    service, colon, name = pattern.partition(":")
    if pattern == "*" or (service == "*" and colon):
        return
    if not colon:
        raise Malformed(f"{path}: {pattern!r} names no service; give an action such as {SERVICE}:{_nearest(pattern)}")
    if service.lower() == SERVICE:
        fits = matcher(name.lower())
        if not any(fits(each.lower()) for each in operations):
            raise Malformed(f"{path}: {SERVICE} has no action {name}{did_you_mean(name, operations)}")
    elif get_close_matches(service.lower(), [SERVICE], cutoff=0.8):
        raise Malformed(f"{path}: there is no service {service}{did_you_mean(service, [SERVICE])}")


# -- parts


def _nearest(name: str) -> str:
    operations = list(load_api().operations)
    return next(iter(get_close_matches(name, operations, n=1)), operations[0])


def _read(document: str | Mapping[str, Any]) -> dict[str, Any]:
    try:
        text = document if isinstance(document, str) else compact_json(document)
    except (TypeError, ValueError, RecursionError):
        raise Malformed("the policy holds what is no JSON") from None
    policy = parse_json(text, repetition=False)
    if not isinstance(policy, dict):
        raise Malformed("the policy is no JSON object, or has a member twice")
    if len("".join(text.split())) > LONGEST:
        raise Malformed(f"the policy has more than {LONGEST} characters; attach it in parts")
    return policy


def _known(given: Mapping[str, Any], known: Sequence[str], path: str) -> None:
    for name in given:
        if name not in known:
            raise Malformed(f"{path}: there is no element {name}{did_you_mean(str(name), known)}")


def _statement(given: Any, path: str, *, of_resource: bool) -> Statement:
    if not isinstance(given, dict):
        raise Malformed(f"{path}: give an object, not {given!r:.40}")
    _known(given, (*_STATEMENT, "Principal") if of_resource else _STATEMENT, path)
    if given.get("Effect") not in ("Allow", "Deny"):
        raise Malformed(f"{path}.Effect: give 'Allow' or 'Deny', not {given.get('Effect')!r:.40}")
    fits_action = _element(given, "Action", path, check_action, action_matcher)
    fits_resource = _element(given, "Resource", path, _check_resource, arn_matcher)
    relevant = any(map(fits_action, _relevant_actions()))
    found = conditions(given["Condition"], f"{path}.Condition") if relevant and "Condition" in given else []
    principals = _principals(given.get("Principal"), f"{path}.Principal") if of_resource else None
    return Statement(given["Effect"] == "Allow", fits_action, fits_resource, found, principals)


def _relevant_actions() -> list[str]:
    own = (f"{SERVICE}:{name}" for name in load_api().operations)
    return [each.lower() for each in (*own, *OF_OTHER_SERVICES)]


def _element(
    given: Mapping[str, Any],
    name: str,
    path: str,
    check: Callable[[str, str], None],
    compile_one: Callable[[str], Matches],
) -> Matches:
    """Compile the element called ``name`` of a statement, or its opposite, of which it must have one."""
    found = [each for each in (name, f"Not{name}") if each in given]
    if len(found) != 1:
        raise Malformed(f"{path}: give one of {name} and Not{name}, not {'both' if found else 'none'}")
    patterns = _patterns(given[found[0]], f"{path}.{found[0]}")
    for where, pattern in patterns.items():
        check(pattern, where)
    fits = fits_any([*patterns.values()], compile_one)
    return fits if found == [name] else lambda text: not fits(text)


def _patterns(given: Any, path: str) -> dict[str, str]:
    """Give the texts of an element, each under its place."""
    listed = {path: given}
    if isinstance(given, list):
        listed = {f"{path}[{number}]": each for number, each in enumerate(given)}
    for where, each in listed.items():
        if not isinstance(each, str) or not each:
            raise Malformed(f"{where}: give a text, not {each!r:.40}")
    if not listed:
        raise Malformed(f"{path}: give one at least")
    return listed


def _check_resource(pattern: str, path: str) -> None:
    check_no_variable(pattern, path)
    if pattern != "*" and (not pattern.startswith("arn:") or pattern.count(":") < ARN_PARTS - 1):
        raise Malformed(f"{path}: {pattern!r:.80} is no ARN of six parts; '*' is every resource")


def _principals(given: Any, path: str) -> frozenset[str]:
    """Give the names by which a statement of a resource's policy names its principals."""
    if given == "*":
        return frozenset("*")
    if not isinstance(given, dict) or not given.keys() <= {"AWS", "Service", "Federated", "CanonicalUser"}:
        raise Malformed(f'{path}: give "*", or an object as in {{"AWS": "arn:aws:iam::111122223333:root"}}')
    return frozenset(_patterns(given["AWS"], f"{path}.AWS").values()) if "AWS" in given else frozenset()
