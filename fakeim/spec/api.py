"""The service's model, as botocore ships it: operations, shapes, errors, paginators, waiters.

The one place that knows where botocore keeps the model and how its JSON is laid out.

The data files are not read through ``botocore.loaders``: importing that module costs over 100 ms, ten times the
reading. Only botocore's own data counts, so a model in ``~/.aws/models`` cannot change the fake. ``service_model``
gives botocore's classes to those who need them (the exact text of a parameter report, paginators, waiters); until then
nothing of botocore is imported but ``xform_name``.
"""

from __future__ import annotations

import gzip
import json
import os
from contextlib import suppress
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar, overload

from botocore import xform_name

from fakeim.spec.drift import Drift, warn
from fakeim.spec.package_data import package_data

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Self

    from botocore.model import ServiceModel

T = TypeVar("T")

SERVICE = "ssm-incidents"
VERSION = "2018-05-10"
FILES = ("service-2", "paginators-1", "waiters-2")

# catalogue 1.14: the service's own model declares these lists as sets; botocore's copy has lost the trait.
SETS = frozenset({"ChatbotSnsConfigurationSet", "EngagementSet"})


def once(make: Callable[[], T]) -> Callable[[], T]:
    """Give a function that calls ``make`` when it is first called, and never again.

    ``functools.cache`` would let two threads make one each: two sets of exception classes, of which one thread
    raises what the other does not catch. The child of a fork does not wait for a thread of its parent.
    """
    locks: dict[int, Lock] = {}
    made: list[T] = []

    def get() -> T:
        if not made:
            with locks.setdefault(os.getpid(), Lock()):
                if not made:
                    made.append(make())
        return made[0]

    return get


class lazy_property(Generic[T]):  # noqa: N801 - used as ``property`` is
    """``functools.cached_property``, whose lock in Python 3.11 a fork may leave locked for ever."""

    def __init__(self, make: Callable[[Any], T]) -> None:
        self._make = make
        self.__doc__ = make.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: type) -> T: ...
    def __get__(self, instance: object | None, owner: type) -> Self | T:
        if instance is None:
            return self
        made: T = vars(instance).setdefault(self._name, self._make(instance))
        return made


class Shape:
    """One shape of the model, its members already resolved to shapes.

    ``element`` is a list's member or a map's value, ``key`` a map's key; ``required``, ``members`` and ``union``
    belong to structures; the constraints are ``None`` (or empty) where the model states none. ``unknown`` are the
    members that this release does not know, ``lost`` those that it knows and the model lacks (``fakeim.spec.drift``).
    """

    __slots__ = (
        "element",
        "enum",
        "key",
        "lost",
        "max",
        "members",
        "min",
        "name",
        "pattern",
        "required",
        "type",
        "union",
        "unique",
        "unknown",
    )

    def __init__(self, name: str, raw: Mapping[str, Any], drift: Drift) -> None:
        self.name = name
        self.type: str = raw["type"]
        self.members: dict[str, Shape] = {}
        self.required: tuple[str, ...] = tuple(raw.get("required", ()))
        self.element: Shape | None = None
        self.key: Shape | None = None
        self.min: int | None = raw.get("min")
        self.max: int | None = raw.get("max")
        self.pattern: str | None = raw.get("pattern")
        self.enum: tuple[str, ...] = tuple(raw.get("enum", ()))
        self.union: bool = raw.get("union", False)
        self.unique: bool = name in SETS
        self.unknown: frozenset[str] = drift.unknown_members.get(name, frozenset())
        self.lost: frozenset[str] = drift.lost_members.get(name, frozenset())

    def link(self, raw: Mapping[str, Any], shapes: Mapping[str, Shape]) -> None:
        """Put the shapes in that this one is made of: once all are there, for one may be within itself."""
        self.members.update({name: shapes[reference["shape"]] for name, reference in raw.get("members", {}).items()})
        inner = raw.get("member") or raw.get("value")
        self.element = shapes[inner["shape"]] if inner else None
        self.key = shapes[raw["key"]["shape"]] if "key" in raw else None

    def __repr__(self) -> str:
        return f"<Shape {self.name} ({self.type})>"


class Pagination(NamedTuple):
    """How a list operation pages: the names of its token, limit and result members, and its largest page."""

    input_token: str
    output_token: str
    limit_key: str
    result_key: str
    largest_page: int


class Operation(NamedTuple):
    """One operation: its names, its success status, its shapes and what the model declares about it."""

    name: str
    method_name: str
    http_method: str
    path: str
    """The request's path; ``{member}`` stands for a percent-encoded segment."""
    query: tuple[tuple[str, str], ...]
    """The members that are sent in the query string, each with its name there."""
    in_url: frozenset[str]
    """The members that are sent in the path or in the query string."""
    status: int
    input: Shape
    output: Shape
    errors: frozenset[str]
    token: str | None
    """The member that carries the idempotency token, if there is one."""
    pagination: Pagination | None
    documentation: str


class Api:
    """The whole model. Use ``load_api()``; one is enough for a process, for it never changes."""

    def __init__(self, files: Mapping[str, dict[str, Any]]) -> None:
        self.files = files
        self._model = files["service-2"]
        self.drift = Drift.of(self._model)
        shapes = self._model["shapes"]
        self._shapes = {name: Shape(name, raw, self.drift) for name, raw in shapes.items()}
        for name, raw in shapes.items():
            self._shapes[name].link(raw, self._shapes)
        self.operations: dict[str, Operation] = {name: self._operation(name) for name in self._model["operations"]}
        self.methods: dict[str, Operation] = {each.method_name: each for each in self.operations.values()}
        self.error_statuses: dict[str, int] = {
            name: raw["error"]["httpStatusCode"]
            for name, raw in self._model["shapes"].items()
            if raw.get("exception") and "error" in raw
        }

    def shape(self, name: str) -> Shape:
        """Give the shape called ``name``; a ``KeyError`` if the model has none."""
        return self._shapes[name]

    @lazy_property
    def digest(self) -> str:
        """The SHA-256 of what the model states of operations and shapes: its prose may change as it likes."""
        stated = _without_prose({part: self._model[part] for part in ("operations", "shapes")})
        return sha256(json.dumps(stated, sort_keys=True, separators=(",", ":")).encode()).hexdigest()

    @lazy_property
    def service_model(self) -> ServiceModel:
        """Botocore's own class around the same model."""
        from botocore.model import ServiceModel  # noqa: PLC0415 - over 100 ms, and only reports and helpers need it

        return ServiceModel(self._model, SERVICE)

    def _operation(self, name: str) -> Operation:
        raw = self._model["operations"][name]
        input_shape, output = (self._shape_of(raw.get(part)) for part in ("input", "output"))
        members = self._model["shapes"].get(input_shape.name, {}).get("members", {})
        return Operation(
            name=name,
            method_name=xform_name(name),
            http_method=raw["http"]["method"],
            path=raw["http"]["requestUri"],
            query=tuple((m, ref["locationName"]) for m, ref in members.items() if ref.get("location") == "querystring"),
            in_url=frozenset(m for m, ref in members.items() if ref.get("location") in ("uri", "querystring")),
            status=raw["http"].get("responseCode", 200),
            input=input_shape,
            output=output,
            errors=frozenset(each["shape"] for each in raw.get("errors", ())),
            token=next((m for m, ref in members.items() if ref.get("idempotencyToken")), None),
            pagination=self._pagination(name, input_shape),
            documentation=raw.get("documentation", ""),
        )

    def _shape_of(self, reference: Mapping[str, str] | None) -> Shape:
        """Give the shape of an operation's input or output; an operation that is unknown yet may have none."""
        return self.shape(reference["shape"]) if reference else Shape("", {"type": "structure"}, self.drift)

    def _pagination(self, name: str, input_shape: Shape) -> Pagination | None:
        raw = self.files["paginators-1"]["pagination"].get(name)
        if raw is None or name in self.drift.unknown_operations:  # whose pages may be of another kind
            return None
        largest = input_shape.members[raw["limit_key"]].max or 100
        return Pagination(raw["input_token"], raw["output_token"], raw["limit_key"], raw["result_key"], largest)


def _without_prose(raw: Any) -> Any:
    if isinstance(raw, list):
        return [_without_prose(each) for each in raw]
    if not isinstance(raw, dict):
        return raw
    # A member may be called so as well, but is then no text.
    prose = {"documentation"} if isinstance(raw.get("documentation"), str) else set()
    return {name: _without_prose(each) for name, each in raw.items() if name not in prose}


def read_model() -> dict[str, dict[str, Any]]:
    """Read the files of the model from the installed botocore, each by its name; raises as ``load_api`` does."""
    return {name: json.loads(_read(f"data/{SERVICE}/{VERSION}/{name}.json")) for name in FILES}


def _read(path: str) -> bytes:
    with suppress(FileNotFoundError):  # releases of botocore may leave the files uncompressed
        return gzip.decompress(package_data("botocore", f"{path}.gz"))
    try:
        return package_data("botocore", path)
    except FileNotFoundError as error:
        raise FileNotFoundError(
            error.errno, f"the installed botocore has no model of {SERVICE} {VERSION}: pip install -U boto3", path
        ) from None


@once
def load_api() -> Api:
    """Read the model from the installed botocore, once a process.

    Warns with ``ModelDriftWarning`` when it is not the model that this release was written for.
    Raises ``FileNotFoundError`` when botocore has no such model.
    """
    api = Api(read_model())
    warn(api.drift)
    return api
