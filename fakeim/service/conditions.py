"""The conditions of IAM's policies, as far as they can matter for this service.

Rules, and what they rest on:
 1. The service's own keys are aws:RequestTag/KEY, aws:ResourceTag/KEY and aws:TagKeys [documented §13]; of those that
    all services have, the caller's ARN and account and the Region are known here, and of iam:PassRole the service
    that the role is passed to. Another key, or operator, is refused [our choice: better than to ignore it].
 2. The names of keys do not tell upper from lower case, nor do those of tags in them; values do, unless the operator
    says otherwise [documented: IAM's condition keys].
 3. All operators and keys of a Condition must hold; of a key's values one, or for a negated operator all
    [documented: IAM's conditions with several keys or values].
 4. A key that the request lacks fails an operator, but holds for a negated one, for …IfExists and for ForAllValues
    [documented: IAM's operators].
 5. ForAllValues holds if each of the request's values does, ForAnyValue if one does [documented]. aws:TagKeys, which
    has several values, needs one of the two [documented: IAM tells to; what happens otherwise is not known].
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from fakeim.service.wildcards import arn_matcher, matcher
from fakeim.spec.suggestions import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from fakeim.service.wildcards import Matches

    Context = Mapping[str, Sequence[str]]
    """The values of each key that a request has, under the key's name in lower case."""
    Condition = Callable[[Context], bool]

REQUEST_TAG, RESOURCE_TAG, TAG_KEYS = "aws:RequestTag/", "aws:ResourceTag/", "aws:TagKeys"
REGION, CALLER, ACCOUNT = "aws:RequestedRegion", "aws:PrincipalArn", "aws:PrincipalAccount"
PASSED_TO = "iam:PassedToService"
_KEYS = {each.lower() for each in (TAG_KEYS, REGION, CALLER, ACCOUNT, PASSED_TO)}
_TAGS = (REQUEST_TAG.lower(), RESOURCE_TAG.lower())
_SHOWN = (f"{REQUEST_TAG}KEY", f"{RESOURCE_TAG}KEY", TAG_KEYS, REGION, CALLER, ACCOUNT, PASSED_TO)
_IF_EXISTS = "IfExists"
_NULL = "Null"


class Malformed(ValueError):  # noqa: N818 - it says what the policy is
    """Something in a policy cannot be understood; the message names its place and what to write."""


class Operator(NamedTuple):
    """How one value of a policy is compared, and whether the operator holds where it does not fit."""

    compiled: Callable[[str], Matches]
    negated: bool = False


def _equal(value: str) -> Matches:
    return value.__eq__


def _equal_ignoring_case(value: str) -> Matches:
    lower = value.lower()
    return lambda text: text.lower() == lower


OPERATORS = {
    "ArnEquals": Operator(arn_matcher),
    "ArnLike": Operator(arn_matcher),
    "ArnNotEquals": Operator(arn_matcher, negated=True),
    "ArnNotLike": Operator(arn_matcher, negated=True),
    "StringEquals": Operator(_equal),
    "StringEqualsIgnoreCase": Operator(_equal_ignoring_case),
    "StringLike": Operator(matcher),
    "StringNotEquals": Operator(_equal, negated=True),
    "StringNotEqualsIgnoreCase": Operator(_equal_ignoring_case, negated=True),
    "StringNotLike": Operator(matcher, negated=True),
}
_QUANTIFIERS = {"ForAllValues": all, "ForAnyValue": any}


def conditions(block: Any, path: str) -> list[Condition]:
    """Compile the element Condition, which stands at ``path``; all that is given must hold.

    Raises:
        Malformed: An operator, key or value is none that is known here.
    """
    if not isinstance(block, dict):
        raise Malformed(f'{path}: give an object of operators, as in {{"StringEquals": {{"{TAG_KEYS}": "team"}}}}')
    found = []
    for operator, keys in block.items():
        if not isinstance(keys, dict) or not keys:
            raise Malformed(f'{path}.{operator}: give an object of keys and values, as in {{"{REGION}": "us-east-1"}}')
        found += [_condition(operator, key, values, f"{path}.{operator}") for key, values in keys.items()]
    return found


def _condition(operator: str, key: str, values: Any, path: str) -> Condition:
    quantifier, _, name = operator.rpartition(":")
    _check_key(key, quantifier, path)
    listed, lower = _texts(values, f"{path}.{key}"), key.lower()
    if operator == _NULL:
        return _null(lower, listed, f"{path}.{key}")
    if_exists = name.endswith(_IF_EXISTS)
    known = OPERATORS.get(name.removesuffix(_IF_EXISTS))
    if known is None or (quantifier and quantifier not in _QUANTIFIERS):
        named = [*OPERATORS, _NULL]
        raise Malformed(f"{path}: there is no operator {operator} here{did_you_mean(name, named)}")
    compiled = [known.compiled(value) for value in listed]
    over, missing = _QUANTIFIERS.get(quantifier, any), _when_missing(quantifier, known, if_exists=if_exists)

    def holds(context: Context) -> bool:
        given = context.get(lower)
        if not given:
            return missing
        return over(any(fits(each) for fits in compiled) is not known.negated for each in given)

    return holds


def _when_missing(quantifier: str, operator: Operator, *, if_exists: bool) -> bool:
    """Say whether an operator holds where the request lacks the key (rule 4)."""
    return if_exists or quantifier == "ForAllValues" or (operator.negated and not quantifier)


def _null(key: str, values: list[str], path: str) -> Condition:
    wanted = {value.lower() for value in values}
    if not wanted <= {"true", "false"}:
        raise Malformed(f'{path}: give "true" for a key that is to be missing, or "false"')
    return lambda context: str(not context.get(key)).lower() in wanted


def _check_key(key: str, quantifier: str, path: str) -> None:
    lower = key.lower()
    if lower not in _KEYS and not any(lower.startswith(each) and lower != each for each in _TAGS):
        raise Malformed(f"{path}: the key {key} is not known here{did_you_mean(key, _SHOWN)}")
    if lower == TAG_KEYS.lower() and not quantifier and not path.endswith(f".{_NULL}"):
        name = path.rpartition(".")[2]
        raise Malformed(f"{path}: {TAG_KEYS} has several values; write ForAllValues:{name} or ForAnyValue:{name}")


def _texts(values: Any, path: str) -> list[str]:
    listed = values if isinstance(values, list) else [values]
    if not listed or not all(isinstance(each, str | bool | int) for each in listed):
        raise Malformed(f"{path}: give a text, or a list of texts")
    texts = [str(each).lower() if isinstance(each, bool) else str(each) for each in listed]
    for text in texts:
        check_no_variable(text, path)
    return texts


def check_no_variable(text: str, path: str) -> None:
    """Refuse policy variables: what stands for them is not known here."""
    if "${" in text:
        raise Malformed(f"{path}: policy variables such as ${{aws:username}} are not known here; write out the value")
