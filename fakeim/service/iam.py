"""Who may do what: the policies of an account's callers, and what they make of a call.

Rules, and what they rest on:
 1. Of whom no policy allows anything, may do everything but what is denied; once something is allowed to a caller, all
    else is denied implicitly, as always in AWS [our choice: who does not ask for IAM has none of it].
 2. A policy counts for every caller, or for one: a user, a role's session, or a role and with it all its
    sessions [documented: IAM].
 3. A call needs everything in ``actions.needs``. An explicit deny wins [documented: IAM's evaluation logic]; the first
    need that is not met is told [assumption].
 4. What the model does not allow is refused first, for it may not say which resource it is about; then who may not
    do it, then what is not there: so a caller does not learn what exists [assumption: 17.5, as AWS does mostly]. A
    replay of a client token is authorized as the call was [assumption].
 5. The message names the policy's type [documented by IAM, see errors: rule 6].
 6. The key aws:ResourceTag has the tags that the resource has before the call [documented: IAM's condition keys].
"""

from __future__ import annotations

from threading import RLock
from typing import TYPE_CHECKING, Any, Self

from fakeim.service import actions, errors, policies
from fakeim.service.callers import checked_caller, names
from fakeim.service.conditions import (
    ACCOUNT,
    CALLER,
    PASSED_TO,
    REGION,
    REQUEST_TAG,
    RESOURCE_TAG,
    TAG_KEYS,
    Malformed,
    conditions,
)
from fakeim.service.strict import Strict
from fakeim.service.wildcards import arn_matcher, matcher
from fakeim.spec.api import SERVICE
from fakeim.spec.suggestions import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from fakeim.service.conditions import Context
    from fakeim.service.policies import Statement
    from fakeim.service.world import World

EXPLICIT = "with an explicit deny in an identity-based policy"
IMPLICIT = "because no identity-based policy allows the {} action"


class Policy(Strict):
    """A policy that is attached; ``detach`` or the end of its ``with`` block takes it away."""

    def __init__(self, iam: Iam, statements: Sequence[Statement], caller: str | None, told: str) -> None:
        self._iam, self._told = iam, told
        self.statements = statements
        self.caller = caller

    def __repr__(self) -> str:
        return f"<Policy of {self.caller or 'every caller'}: {self._told}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.detach()

    def detach(self) -> None:
        """Take the policy away, if it is still there."""
        self._iam.discard(self)


class Iam(Strict):
    """The policies of one fake account; true while there are any. ``changed`` is told when they change."""

    def __init__(self, world: World, changed: Callable[[], None]) -> None:
        self._world, self._changed = world, changed
        self.lock = RLock()  # as that of ``Faults``
        self._policies: list[Policy] = []
        self._callers: dict[str, str] = {}

    def __bool__(self) -> bool:
        return bool(self._policies)

    def __iter__(self) -> Iterator[Policy]:
        return iter(self._policies)

    def deny(
        self,
        action: str | Sequence[str],
        *,
        resource: str | Sequence[str] = "*",
        condition: Mapping[str, Any] | None = None,
        caller: str | None = None,
    ) -> Policy:
        """Deny an action, whatever else is allowed.

        Args:
            action: Such as ``"ssm-incidents:StartIncident"``, with wildcards, or several.
            resource: The ARN that it is denied on, or a pattern such as ``"*:response-plan/prod-*"``, or several.
            condition: As in a policy's Condition: ``{"StringEquals": {"aws:ResourceTag/team": "web"}}``.
            caller: The ARN of the user, the role or its session that it is denied to; by default all.

        Returns:
            What is attached: a context manager that ends with its block; or use its ``detach()``, or ``clear()``.

        Raises:
            ValueError: An argument has no meaning, or could never have an effect; with a suggestion.
        """
        return self._say("Deny", action, resource, condition, caller)

    def allow(
        self,
        action: str | Sequence[str],
        *,
        resource: str | Sequence[str] = "*",
        condition: Mapping[str, Any] | None = None,
        caller: str | None = None,
    ) -> Policy:
        """Allow an action, and thereby nothing that is not allowed as well. The arguments are those of ``deny``."""
        return self._say("Allow", action, resource, condition, caller)

    def attach(self, policy_document: str | Mapping[str, Any], *, caller: str | None = None) -> Policy:
        """Attach a whole policy, as IAM reads it.

        Args:
            policy_document: JSON text, or what it stands for.
            caller: The ARN of the user, the role or its session that has it; by default all have.

        Returns:
            As for ``deny``.

        Raises:
            ValueError: It is malformed, or has what is not known here; the message names the place and the remedy.
        """
        return self._attach(policies.compiled(policy_document), caller, "a document")

    def identify(self, access_key: str, *, caller: str) -> None:
        """Let calls that are signed with ``access_key`` be made by ``caller``, where clients sign: not direct ones.

        Args:
            access_key: The id of the key.
            caller: The ARN of a user or of a role's session in this account.

        Raises:
            ValueError: ``caller`` is no such ARN.
        """
        if type(access_key) is not str or not access_key:
            raise ValueError(f"access_key={access_key!r}: give the id of an access key, as in 'AKIABOT'")
        with self.lock:
            self._callers = self._callers | {access_key: checked_caller(self._world, caller)}

    def caller_of(self, access_key: str | None) -> str | None:
        """Say who signs with ``access_key``, if that was said; ``None`` is a call without a signature."""
        return self._callers.get(access_key or "")

    def clear(self) -> None:
        """Take all policies away, and forget whose the access keys are."""
        with self.lock:
            self._policies, self._callers = [], {}
            self._changed()

    def discard(self, policy: Policy) -> None:
        """Take ``policy`` away, if it is there."""
        with self.lock:
            self._policies = [each for each in self._policies if each is not policy]
            self._changed()

    # -- asked on the way of a call

    def authorize(self, operation: str, params: Mapping[str, Any]) -> None:
        """Let a call pass, or refuse it.

        Raises:
            ServiceError: AccessDeniedException: its caller may not do it (rules 1 to 5).
        """
        world = self._world
        known_as = names(world.caller)
        statements = [
            statement
            for policy in self._policies
            if policy.caller is None or policy.caller in known_as
            for statement in policy.statements
        ]
        only_what_is_allowed = any(each.allows for each in statements)
        for need in actions.needs(world, operation, params):
            question = policies.Question(*need, context(world, need, operation, params))
            verdict = policies.decide(statements, question)
            if verdict is False:
                raise errors.access_denied(world.caller, *need, EXPLICIT)
            if verdict is None and only_what_is_allowed:
                raise errors.access_denied(world.caller, *need, IMPLICIT.format(need.action))

    def _say(
        self,
        effect: str,
        action: str | Sequence[str],
        resource: str | Sequence[str],
        condition: Mapping[str, Any] | None,
        caller: str | None,
    ) -> Policy:
        fits_action = policies.fits_any(_texts("action", action, policies.check_action), policies.action_matcher)
        patterns = _texts("resource", resource, lambda pattern, _: _check_reach(pattern, fits_action))
        fits_resource = policies.fits_any(patterns, arn_matcher)
        found = [] if condition is None else conditions(condition, "condition")
        statement = policies.Statement(effect == "Allow", fits_action, fits_resource, found)
        return self._attach([statement], caller, f"{effect} {action} on {resource}")

    def _attach(self, statements: Sequence[Statement], caller: str | None, told: str) -> Policy:
        holder = None if caller is None else checked_caller(self._world, caller, roles=True)
        policy = Policy(self, statements, holder, told)
        with self.lock:
            self._policies = [*self._policies, policy]
            self._changed()
        return policy


def context(world: World, need: actions.Need, operation: str, params: Mapping[str, Any]) -> Context:
    """Give what a policy's conditions can ask about a call, by the keys in lower case."""
    given = actions.request_tags(operation, params)
    found = {
        REGION: [world.region],
        CALLER: [world.caller],
        ACCOUNT: [world.caller.split(":")[4]],
        TAG_KEYS: [*given, *params.get("tagKeys", ())],
        PASSED_TO: [f"{SERVICE}.amazonaws.com"] if need.action == actions.PASS_ROLE else [],
    }
    found |= {f"{REQUEST_TAG}{key}": [value] for key, value in given.items()}
    found |= {f"{RESOURCE_TAG}{key}": [value] for key, value in (world.state.tags.get(need.resource) or {}).items()}
    return {key.lower(): values for key, values in found.items()}


def _texts(name: str, given: str | Sequence[str], check: Callable[[str, str], None]) -> list[str]:
    patterns: list[Any] = list(given) if isinstance(given, list | tuple) else [given]
    if not patterns or not all(isinstance(each, str) and each for each in patterns):
        raise ValueError(f"{name}={given!r}: give a text, or several in a list")
    for each in patterns:
        check(each, name)
    return patterns


def _check_reach(pattern: str, fits_action: Callable[[str], bool]) -> None:
    """Refuse the pattern of a resource that none of the actions is authorized on."""
    if not pattern.startswith(("*", "arn:")):
        raise Malformed(f"resource: {pattern!r} is no ARN; a pattern of one is '*:{pattern.rpartition(':')[2]}'")
    if pattern == "*" or any(fits_action(each.lower()) for each in policies.OF_OTHER_SERVICES):
        return
    reached = {name: kinds for name, kinds in actions.RESOURCES.items() if fits_action(f"{SERVICE}:{name}".lower())}
    known = sorted({kind for kinds in reached.values() for kind in kinds})
    kind = pattern.rpartition(":")[2].partition("/")[0]
    if reached and not known:
        raise Malformed(f"resource: {', '.join(reached)} is authorized on '*' only, not on {pattern!r}")
    if reached and not any(matcher(kind)(each) for each in known):
        raise Malformed(f"resource: {', '.join(reached)} is not authorized on {kind!r}{did_you_mean(kind, known)}")
