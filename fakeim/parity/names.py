"""Names at the border: what tests and traces call a thing, and what it is called in a real account.

Tests and traces name a plan ``plan`` and know the account 123456789012. On the way out plans' names,
dedupeStrings and clientTokens get the prefix of the run, the account gets its real number, and what is made gets the
run's tag. On the
way in all this is taken away again, principals get names that say nothing, and what is not this run's is left out of
lists. Which values are names is told by the shapes of the model, never by how a value or its key looks.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from fakeim.parity.runs import TAG, NotSentToAWS
from fakeim.spec.codec import Misfit, element_of, reader
from fakeim.spec.validation import constraint

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fakeim.parity.runs import Run
    from fakeim.spec.api import Operation, Shape

STAND_IN = "123456789012"
"""The account number that tests and traces know."""

_ARNS = {"Arn", "RoleArn", "SnsArn", "SseKmsKey", "SsmContactsArn", "StringListMemberString"}
_TEXTS = _ARNS | {"DedupeString", "EventData", "Policy", "ResponsePlanName", "ServicePrincipal", "String"}
_OWN_LISTS = {"IncidentRecordSummary", "ResponsePlanSummary"}
_KINDS = re.compile(r":(response-plan|incident-record)/(?=[^/])")


class Names:
    """Translates the parameters and answers of one run.

    Args:
        run: Whose names they are.
        refuse: Called with the reason when there is no translation. It must raise.
    """

    def __init__(self, run: Run, refuse: Callable[[str], Any] | None = None) -> None:
        self.run = run
        self._refuse = refuse
        self._principals: dict[str, str] = {}
        kinds = "user|assumed-role|federated-user"
        self._principal = re.compile(rf"(arn:aws[a-z-]*:(?:iam|sts)::){run.account}(:(?:{kinds})/)[\w+=,.@/-]+")

    # -- out

    def outbound(self, operation: Operation, params: Mapping[str, Any]) -> dict[str, Any]:
        """Give the parameters as they are sent; nothing in ``params`` is changed."""
        shape = operation.input
        sent: dict[str, Any] = self._out(shape, dict(params), "")
        if operation.name == "CreateResponsePlan":
            self._tag(shape, sent, "tags")
            if isinstance(sent.get("incidentTemplate"), dict):
                self._tag(shape.members["incidentTemplate"], sent["incidentTemplate"], "incidentTags")
        elif operation.name == "UpdateResponsePlan" and "incidentTemplateTags" in sent:
            self._tag(shape, sent, "incidentTemplateTags")
        return sent

    def _out(self, shape: Shape, value: Any, member: str) -> Any:
        """Translate a value; one that is not of its shape stays as it is, for AWS or botocore to refuse."""
        if shape.type == "structure" and isinstance(value, dict):
            return {
                name: self._out(shape.members[name], each, name) if name in shape.members else each
                for name, each in value.items()
            }
        if shape.type == "list" and isinstance(value, list | tuple):
            return [self._out(element_of(shape), each, member) for each in value]
        if shape.type == "map" and isinstance(value, dict):
            return {name: self._out(element_of(shape), each, member) for name, each in value.items()}
        return self._out_text(shape, value, member) if isinstance(value, str) else value

    def _out_text(self, shape: Shape, value: str, member: str) -> str:
        if shape.name in ("ClientToken", "DedupeString", "ResponsePlanName"):
            return self._fitting(shape, value, f"{self.run.prefix}{value}" if value else value)
        if shape.name in _ARNS or member == "resourceArn":
            return self._fitting(shape, value, self._out_arn(value))
        return self._out_arn(value) if shape.name == "Policy" else value

    def _out_arn(self, text: str) -> str:
        for real, stand_in in self._principals.items():
            text = text.replace(stand_in, real)
        return _KINDS.sub(rf":\1/{self.run.prefix}", text.replace(f":{STAND_IN}:", f":{self.run.account}:"))

    def _fitting(self, shape: Shape, before: str, after: str) -> str:
        if shape.max is not None and len(before) <= shape.max < len(after):
            self._stop(f"not sent to AWS: with the prefix of this run, {before[:30]}… is longer than AWS takes")
        return after

    def _tag(self, shape: Shape, holder: dict[str, Any], member: str) -> None:
        tags = holder.get(member)
        if tags is not None and not _is_valid(shape.members[member], tags):
            return  # AWS refuses it, or botocore: in words that should not quote a tag of ours
        if tags and len(tags) == shape.members[member].max:
            self._stop("not sent to AWS: the tag of this run would be one too many")
        holder[member] = {**(tags or {}), TAG: self.run.id}

    def _stop(self, reason: str) -> None:
        if self._refuse:
            self._refuse(reason)
        raise NotSentToAWS(reason)

    # -- in

    def inbound(self, operation: Operation, answer: Mapping[str, Any]) -> dict[str, Any]:
        """Give the answer of an operation as a test or trace knows it."""
        known: dict[str, Any] = self._in(operation.output, answer)
        if operation.name == "ListTagsForResource":
            known.get("tags", {}).pop(TAG, None)
        elif operation.name == "GetResponsePlan":
            _untag(known.get("incidentTemplate", {}))
        return known

    def error(self, operation: Operation, answer: Mapping[str, Any]) -> dict[str, Any]:
        """Give an error as a test or trace knows it: all its members are of the kinds that hold names.

        Raises:
            NotSentToAWS: The resource has no room for a tag, but the run's own takes the room of one.
        """
        if operation.name == "TagResource" and answer["Error"]["Code"] == "ServiceQuotaExceededException":
            self._stop("the answer of AWS is left out: it counts the tag of this run")
        return self._error(answer)

    def _error(self, answer: Mapping[str, Any]) -> dict[str, Any]:
        return {
            name: self._error(each) if isinstance(each, dict) else self.text(each) if isinstance(each, str) else each
            for name, each in answer.items()
        }

    def _in(self, shape: Shape, value: Any) -> Any:
        if shape.type == "structure" and isinstance(value, dict):
            return {
                name: self._in(shape.members[name], each) if name in shape.members else each
                for name, each in value.items()
            }
        if shape.type == "list" and isinstance(value, list):
            element = element_of(shape)
            own = [each for each in value if element.name not in _OWN_LISTS or self.run.plan_of(each.get("arn"))]
            return [self._in(element, each) for each in own]
        if shape.type == "map" and isinstance(value, dict):
            return {name: self._in(element_of(shape), each) for name, each in value.items()}
        return self.text(value) if shape.name in _TEXTS and isinstance(value, str) else value

    def text(self, text: str) -> str:
        """Give a text that quotes names: an ARN, a message, the JSON of a timeline event."""
        text = self._principal.sub(self._stand_in, text)
        return text.replace(self.run.account, STAND_IN).replace(self.run.prefix, "")

    def _stand_in(self, found: re.Match[str]) -> str:
        number = len(self._principals) + 1
        return self._principals.setdefault(found[0], f"{found[1]}{STAND_IN}{found[2]}principal-{number}")


def _is_valid(shape: Shape, value: Any) -> bool:
    try:
        return constraint(shape)(reader(shape)(value))
    except Misfit:
        return False


def _untag(template: dict[str, Any]) -> None:
    tags = template.get("incidentTags", {})
    tags.pop(TAG, None)
    if not tags:
        template.pop("incidentTags", None)
