"""The API as JSON Schema 2020-12: what each operation takes and answers, and each modelled error.

What the documents describe, and why:
 1. Values as boto3 takes and gives them, in JSON: members under the API's names, wherever a request carries them
    (path, query or body); absent members are absent. On the wire a response has ``null`` for each of them [observed
    1.9], which every SDK drops and which never means anything else: drop them too before checking a raw body.
    ``ResponseMetadata`` is boto3's own, and no member.
 2. Timestamps are numbers, seconds since the epoch, as on the wire [observed 1.7, 1.8]; JSON has no datetimes. Whoever
    checks boto3's datetimes lets them pass for numbers, as ``fakeim.schemas.validator`` does.
 3. A request's document is what the service accepts. It allows known members only: the service is not known to mind
    others, but no client sends them, and a mistyped name is what a schema is there to find.
 4. Answers keep to the same limits as requests, but for what was observed: a TagMap, which has at least one tag, is
    empty in the answer of ListTagsForResource where there are none (catalogue §11). It may be so in other answers too
    [assumption: whether a template's cleared tags are empty or absent is open, §17.14].
 5. Lengths are counted in code points, as JSON Schema and Python do. Java counts UTF-16 units, two for an emoji
    [assumption: the service counts code points; nothing is known].
 6. Integers are of 32 bits [model]. JSON Schema takes 3.0 for an integer, and no schema can tell; the service may not.
 7. Lists that the service's own model declares as sets have unique items (catalogue 1.14).
 8. No text of the model's is copied: names and constraints are facts, its prose is Amazon's.

Documents refer to shapes by ``$ref``: into the ``COMMON`` document, or into themselves when ``bundled``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from fakeim.spec.api import SERVICE, VERSION
from fakeim.spec.codec import element_of, key_of
from fakeim.spec.patterns import whole

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fakeim.spec.api import Api, Operation, Shape

    Document = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
COMMON = f"urn:fakeim:{SERVICE}:{VERSION}:common"
"""The id of the document with the shapes that others refer to."""

_SMALLEST_AND_LARGEST = {"minimum": -(1 << 31), "maximum": (1 << 31) - 1}
_SIZES = {
    "string": ("minLength", "maxLength"),
    "list": ("minItems", "maxItems"),
    "map": ("minProperties", "maxProperties"),
    "integer": ("minimum", "maximum"),
}
_EMPTY_IN_ANSWERS = frozenset({"TagMap"})
"""What answers show empty, though the model says otherwise (rule 4)."""


class _View(NamedTuple):
    """How shapes are seen by a document: ``base`` is the document whose ``$defs`` they are in, nothing for its own."""

    base: str
    answers: bool


# -- documents --------------------------------------------------------------------------------------------------------


def request(api: Api, operation: Operation, *, bundled: bool = False) -> Document:
    """Describe what ``operation`` takes."""
    text = f"The parameters of {operation.name}: {operation.http_method} {operation.path}."
    return _document(
        api, f"request:{operation.name}", f"{operation.name} request", text, operation.input, bundled=bundled
    )


def response(api: Api, operation: Operation, *, bundled: bool = False) -> Document:
    """Describe what ``operation`` answers."""
    text = f"The answer of {operation.name}, with HTTP status {operation.status}. {_errors(operation)}"
    return _document(
        api, f"response:{operation.name}", f"{operation.name} response", text, operation.output, bundled=bundled
    )


def error(api: Api, name: str, *, bundled: bool = False) -> Document:
    """Describe the error called ``name``."""
    text = f"The members of {name}, which comes with HTTP status {api.error_statuses[name]}."
    return _document(api, f"error:{name}", name, text, api.shape(name), bundled=bundled)


def common(api: Api) -> Document:
    """Describe every shape that the other documents refer to; some look different in answers."""
    taken = [each.input for each in api.operations.values()]
    given = [each.output for each in api.operations.values()] + [api.shape(name) for name in api.error_statuses]
    definitions = _definitions(taken, _View("", answers=False)) | _definitions(given, _View("", answers=True))
    title = f"{SERVICE} {VERSION}: the shapes that requests, responses and errors share"
    return _head(api, COMMON, title) | {"$defs": dict(sorted(definitions.items()))}


def documents(api: Api) -> dict[str, Document]:
    """Give all documents, each under its path."""
    operations, errors = sorted(api.operations), sorted(api.error_statuses)
    return (
        {"common.json": common(api)}
        | {f"requests/{name}.json": request(api, api.operations[name]) for name in operations}
        | {f"responses/{name}.json": response(api, api.operations[name]) for name in operations}
        | {f"errors/{name}.json": error(api, name) for name in errors}
    )


def _document(api: Api, name: str, title: str, text: str, shape: Shape, *, bundled: bool) -> Document:
    view = _View("" if bundled else COMMON, answers=not name.startswith("request:"))
    head = _head(api, f"urn:fakeim:{SERVICE}:{VERSION}:{name}", title) | {"description": text}
    definitions = _definitions([shape], view) if bundled else {}
    return head | _schema(shape, view) | ({"$defs": definitions} if definitions else {})


def _head(api: Api, id: str, title: str) -> Document:
    comment = f"{SERVICE} {VERSION}; sha256 of the model: {api.digest}; generated, not to be edited"
    return {"$schema": DIALECT, "$id": id, "$comment": comment, "title": title}


def _errors(operation: Operation) -> str:
    return f"Errors: {', '.join(sorted(operation.errors))}."


# -- shapes -----------------------------------------------------------------------------------------------------------


def _definitions(tops: Iterable[Shape], view: _View) -> dict[str, Document]:
    """Describe, by name and in its order, the shapes that ``tops`` refer to, and those that these refer to."""
    found = {_name(shape, view): _schema(shape, view) for shape in _within(tops) if not _is_plain(shape)}
    return dict(sorted(found.items()))


def _within(tops: Iterable[Shape]) -> list[Shape]:
    """Give the shapes inside ``tops``, at any depth, but not themselves."""
    found: dict[str, Shape] = {}
    waiting = [part for top in tops for part in _parts(top)]
    while waiting:
        shape = waiting.pop()
        if shape.name not in found:
            found[shape.name] = shape
            waiting += _parts(shape)
    return list(found.values())


def _parts(shape: Shape) -> list[Shape]:
    return [part for part in (*shape.members.values(), shape.element, shape.key) if part]


def _name(shape: Shape, view: _View) -> str:
    """Name the definition of ``shape``: it has another where it looks different in answers (rule 4)."""
    differs = view.answers and any(each.name in _EMPTY_IN_ANSWERS for each in (shape, *_within([shape])))
    return f"{shape.name}InAnswers" if differs else shape.name


def _is_plain(shape: Shape) -> bool:
    """Is the description of ``shape`` its type and no more, and so shorter than a reference?"""
    return shape.type == "boolean" or (shape.type == "string" and _text(shape).keys() == {"type"})


def _reference(shape: Shape, view: _View) -> Document:
    return _schema(shape, view) if _is_plain(shape) else {"$ref": f"{view.base}#/$defs/{_name(shape, view)}"}


_OTHERS: dict[str, Document] = {  # and nothing of a type that the API has not had yet
    "boolean": {"type": "boolean"},
    "timestamp": {"type": "number", "format": "unixtime", "description": "Seconds since 1970-01-01T00:00:00Z."},
}


def _schema(shape: Shape, view: _View) -> Document:
    if shape.type == "structure":
        return _structure(shape, view)
    if shape.type == "list":
        unique = {"uniqueItems": True} if shape.unique else {}
        return {"type": "array", **_size(shape), **unique, "items": _reference(element_of(shape), view)}
    if shape.type == "map":
        return _map(shape, view)
    if shape.type == "integer":
        return {"type": "integer", **_SMALLEST_AND_LARGEST, **_size(shape)}
    if shape.type == "string":
        return _text(shape)
    return dict(_OTHERS.get(shape.type, {}))


def _structure(shape: Shape, view: _View) -> Document:
    one = {"minProperties": 1, "maxProperties": 1} if shape.union else {}
    required = {"required": list(shape.required)} if shape.required else {}
    properties = {name: _reference(member, view) for name, member in shape.members.items()}
    return {"type": "object", **one, **required, "properties": properties, "additionalProperties": False}


def _map(shape: Shape, view: _View) -> Document:
    size = _size(shape)
    if view.answers and shape.name in _EMPTY_IN_ANSWERS:
        del size["minProperties"]
    key, value = _reference(key_of(shape), view), _reference(element_of(shape), view)
    return {"type": "object", **size, "propertyNames": key, "additionalProperties": value}


def _text(shape: Shape) -> Document:
    pattern = {"pattern": whole(shape.pattern)} if shape.pattern else {}
    return {"type": "string", **_size(shape), **pattern, **({"enum": list(shape.enum)} if shape.enum else {})}


def _size(shape: Shape) -> Document:
    least, most = _SIZES[shape.type]
    low, high = {least: shape.min}, {most: shape.max}
    says_nothing = shape.min is None or (shape.min == 0 and shape.type != "integer")
    return ({} if says_nothing else low) | ({} if shape.max is None else high)
