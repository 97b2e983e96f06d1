"""FakeClient: boto3's client of ``ssm-incidents``, without HTTP.

The methods are made from the model. What botocore has as a documented or stable part is botocore's own: parameter
reports, exception classes, paginators, waiters. It is imported at first use, for most tests need little of it.

botocore also fills in a client token where none is given. Here none is filled in: a token that nobody else knows
can never come again, so it would only lie in the store.
"""

from __future__ import annotations

import re
from functools import partial
from http import HTTPStatus
from inspect import Parameter, Signature, cleandoc
from typing import TYPE_CHECKING, Any, cast

from fakeim.service import errors
from fakeim.service.regions import partition
from fakeim.spec.api import SERVICE, lazy_property, load_api, once
from fakeim.spec.codec import Misfit, reader
from fakeim.spec.validation import client_report

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from botocore.client import BaseClient
    from botocore.config import Config
    from botocore.exceptions import ClientError
    from botocore.hooks import BaseEventHooks
    from botocore.model import ServiceModel
    from botocore.paginate import Paginator
    from botocore.waiter import Waiter
    from mypy_boto3_ssm_incidents import SSMIncidentsClient

    from fakeim.service.callers import Account
    from fakeim.spec.api import Operation, Shape
    from fakeim.spec.codec import Reader

_CONTENT_TYPE: Mapping[str, str] = {"content-type": "application/json"}


def make_client(dispatcher: Account, region: str, config: Config | None, *, checked: bool = True) -> SSMIncidentsClient:
    """Make a client of ``dispatcher``'s account whose calls come from ``region``.

    Without ``checked``, or with ``parameter_validation=False`` in ``config``, all checks are left to the service.
    """
    return cast("SSMIncidentsClient", _client_class()(dispatcher, region, config, checked=checked))


class Meta:
    """What ``client.meta`` shows of a client, under boto3's names."""

    def __init__(self, region: str, config: Config | None) -> None:
        self.region_name = region
        self._config = config

    @lazy_property
    def real_client(self) -> BaseClient:
        """A client of botocore's own, with made-up credentials: it is asked what it is, never to call anything."""
        from botocore.session import Session  # noqa: PLC0415 - over 100 ms, and few ask

        credentials: Any = {"aws_access_key_id": "fakeim", "aws_secret_access_key": "fakeim"}
        return Session().create_client(SERVICE, self.region_name, config=self._config, **credentials)

    @property
    def partition(self) -> str:
        """The partition of the client's Region."""
        return self.real_client.meta.partition

    @property
    def endpoint_url(self) -> str:
        """The address that boto3's client would call; this one never does."""
        return self.real_client.meta.endpoint_url

    @property
    def config(self) -> Config:
        """The client's configuration, as botocore has it."""
        return self.real_client.meta.config

    @property
    def events(self) -> BaseEventHooks:
        """An emitter to register with. A direct call is no request, so it emits nothing."""
        return self.real_client.meta.events

    @property
    def method_to_api_mapping(self) -> dict[str, str]:
        """The operation behind each method."""
        return {method: operation.name for method, operation in load_api().methods.items()}

    @property
    def service_model(self) -> ServiceModel:
        """The model of the service, as botocore has it."""
        return load_api().service_model


class FakeClient:
    """The parts of the client that are the same for every operation; the methods are added by ``_client_class``."""

    def __init__(self, dispatcher: Account, region: str, config: Config | None, *, checked: bool) -> None:
        self.meta = Meta(region, config)
        self._dispatcher = dispatcher
        self._region = region
        # Config keeps its options as attributes it does not declare, hence getattr.
        self._checked: bool = checked and (config is None or getattr(config, "parameter_validation", True))
        self._patience: float = 60 if config is None else getattr(config, "read_timeout", 60)

    @property
    def exceptions(self) -> Any:
        """The modelled exception classes, and ``ClientError``."""
        return _exceptions()

    def can_paginate(self, operation_name: str) -> bool:
        """Say whether the method ``operation_name`` has a paginator; a ``KeyError`` if there is no such method."""
        return load_api().methods[operation_name].pagination is not None

    def get_paginator(self, operation_name: str) -> Paginator[Any]:
        """Give botocore's paginator for the method ``operation_name``; OperationNotPageableError if it has none."""
        if not self.can_paginate(operation_name):
            from botocore.exceptions import OperationNotPageableError  # noqa: PLC0415 - an error's import

            raise OperationNotPageableError(operation_name=operation_name)
        from botocore.paginate import Paginator, PaginatorModel  # noqa: PLC0415 - not every test pages

        api = load_api()
        name = api.methods[operation_name].name
        named = cast("type[Paginator[Any]]", type(f"SSMIncidents.Paginator.{name}", (Paginator,), {}))
        return named(
            getattr(self, operation_name),
            PaginatorModel(api.files["paginators-1"]).get_paginator(name),
            api.service_model.operation_model(name),
        )

    @property
    def waiter_names(self) -> list[str]:
        """The names that ``get_waiter`` takes."""
        return list(_waiters())

    def get_waiter(self, waiter_name: str) -> Waiter:
        """Give botocore's waiter, which sleeps on the fake's clock; a ``ValueError`` if there is none of that name."""
        return make_waiter(self, self._dispatcher.sleep, waiter_name)

    def generate_presigned_url(self, *args: Any, **kwargs: Any) -> str:
        """Give the URL that boto3's client would, signed with made-up credentials: it leads to AWS, not here."""
        client: Any = self.meta.real_client
        url: str = client.generate_presigned_url(*args, **kwargs)
        return url

    def close(self) -> None:
        """Do nothing: there is no connection to close."""

    def _refusal(self, operation: Operation, parameters: dict[str, Any]) -> Exception:
        """Make the error for what botocore would not send, or the service could not read."""
        from botocore.exceptions import ParamValidationError  # noqa: PLC0415 - an error's import

        report = client_report(load_api(), operation, parameters) if self._checked else ""
        if report:
            return ParamValidationError(report=report)
        unencodable = _unencodable(operation, parameters)
        return unencodable or _client_error(self._dispatcher.refuse(errors.unreadable()), operation.name)


# -- made from the model, once a process


@once
def _client_class() -> type[FakeClient]:
    methods = {operation.method_name: _method(operation) for operation in load_api().operations.values()}
    return type("SSMIncidents", (FakeClient,), methods)


def _method(operation: Operation) -> Callable[..., Any]:
    name, method_name, status = operation.name, operation.method_name, operation.status
    headers = {} if status == HTTPStatus.NO_CONTENT else _CONTENT_TYPE
    readers: dict[bool, Reader] = {}

    def api_call(self: FakeClient, *args: Any, **kwargs: Any) -> dict[str, Any]:
        if args:
            raise TypeError(f"{method_name}() only accepts keyword arguments.")
        try:
            read = readers.get(self._checked)
            if read is None:  # compiled when it is first needed
                read = readers[self._checked] = reader(operation.input, checked=self._checked, in_url=operation.in_url)
            result, request_id = self._dispatcher.call(name, read(kwargs), self._region, self._patience)
        except Misfit:
            raise self._refusal(operation, kwargs) from None
        except errors.ConnectionFailed as failure:
            raise connection_error(failure, f"{_url(self._region)}{operation.path}") from None
        except errors.ServiceError as error:
            raise _client_error(error, name) from error.__cause__
        return {"ResponseMetadata": _metadata(request_id, status, headers), **result}

    api_call.__name__ = method_name
    api_call.__qualname__ = f"SSMIncidents.{method_name}"
    api_call.__doc__ = _docstring(operation)
    setattr(api_call, "__signature__", _signature(operation.input))  # noqa: B010 - mypy knows no such attribute
    return api_call


def _unencodable(operation: Operation, parameters: Mapping[str, Any]) -> UnicodeEncodeError | None:
    """Return botocore's error for half of a surrogate pair, which cannot be percent-encoded; the path comes first."""
    names = [name for name in parameters if name in operation.in_url]
    for name in sorted(names, key=dict(operation.query).__contains__):
        value = parameters[name]
        for text in value if isinstance(value, list | tuple) else [value]:
            try:
                str(text).encode()
            except UnicodeEncodeError as error:
                return error
    return None


_ANNOTATIONS = {"boolean": "bool", "integer": "int", "list": "list", "string": "str", "timestamp": "datetime | str"}


def _signature(shape: Shape) -> Signature:
    def parameter(name: str, default: object) -> Parameter:
        annotation = _ANNOTATIONS.get(shape.members[name].type, "dict")
        return Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)

    optional = [name for name in shape.members if name not in shape.required]
    return Signature(
        [
            Parameter("self", Parameter.POSITIONAL_OR_KEYWORD),
            *(parameter(name, Parameter.empty) for name in shape.required),
            *(parameter(name, ...) for name in optional),
        ],
        return_annotation="dict",
    )


def _docstring(operation: Operation) -> str:
    text = cleandoc(re.sub(r"<[^>]+>", "", operation.documentation))
    members = operation.input.members.items()
    lines = [f"    {name} ({_ANNOTATIONS.get(member.type, 'dict')})" for name, member in members]
    return "\n".join([text, "", "Args:", *lines] if lines else [text])


@once
def _exceptions() -> Any:
    from botocore.errorfactory import ClientExceptionsFactory  # noqa: PLC0415 - only errors need it

    return ClientExceptionsFactory().create_client_exceptions(load_api().service_model)


@once
def _waiters() -> Mapping[str, str]:
    from botocore import xform_name  # noqa: PLC0415 - beside its only use

    return {xform_name(name): name for name in load_api().files["waiters-2"]["waiters"]}


def make_waiter(client: Any, sleep: Callable[[float], None], waiter_name: str) -> Waiter:
    """Make botocore's waiter called ``waiter_name`` for ``client``, but one that waits with ``sleep``.

    Raises:
        ValueError: There is none of that name; in botocore's words.
    """
    if waiter_name not in _waiters():
        raise ValueError(f"Waiter does not exist: {waiter_name}")
    from botocore.waiter import (  # noqa: PLC0415 - over 100 ms, and only waiters need it
        NormalizedOperationMethod,
        Waiter,
        WaiterModel,
    )

    name = _waiters()[waiter_name]
    config: Any = WaiterModel(load_api().files["waiters-2"]).get_waiter(name)
    method = getattr(client, load_api().operations[config.operation].method_name)

    class ClockWaiter(Waiter):
        """Polls as botocore does, but lets the fake's clock pass between the polls."""

        def wait(self, **kwargs: Any) -> None:
            options = kwargs.pop("WaiterConfig", {})
            pause = partial(sleep, options.get("Delay", config.delay))
            poll = NormalizedOperationMethod(_paced(method, pause))
            Waiter(name, config, poll).wait(**kwargs, WaiterConfig={**options, "Delay": 0})

    ClockWaiter.__name__ = ClockWaiter.__qualname__ = f"SSMIncidents.Waiter.{name}"
    return ClockWaiter(name, config, NormalizedOperationMethod(method))


def _paced(method: Callable[..., Any], pause: Callable[[], None]) -> Callable[..., Any]:
    """Give ``method`` with a ``pause`` before each call but the first."""
    calls = 0

    def paced(**kwargs: Any) -> Any:
        nonlocal calls
        if calls:
            pause()
        calls += 1
        return method(**kwargs)

    return paced


# -- replies, as botocore parses them


def _metadata(request_id: str, status: int, headers: Mapping[str, str]) -> dict[str, Any]:
    return {
        "RequestId": request_id,
        "HTTPStatusCode": status,
        "HTTPHeaders": {"x-amzn-requestid": request_id, **headers},
        "RetryAttempts": 0,
    }


def connection_error(failure: errors.ConnectionFailed, url: str) -> Exception:
    """Make botocore's exception for a connection to ``url`` that failed."""
    from botocore import exceptions  # noqa: PLC0415 - an error's import

    raised: Exception = getattr(exceptions, failure.code)(endpoint_url=url, error=failure)
    return raised


def _url(region: str) -> str:
    """Give where boto3's client would call, unless its configuration says otherwise."""
    return f"https://{SERVICE}.{region}.amazonaws.com{'.cn' if partition(region) == 'aws-cn' else ''}"


def _client_error(error: errors.ServiceError, operation_name: str) -> ClientError:
    response: dict[str, Any] = {
        "Error": {"Message": error.message, "Code": error.code},
        "ResponseMetadata": _error_metadata(error),
    }
    if error.code in load_api().error_statuses:  # botocore adds the members of the error's shape
        response |= {"message": error.message, **error.members}
    raised: ClientError = _exceptions().from_code(error.code)(response, operation_name)
    return raised


def _error_metadata(error: errors.ServiceError) -> dict[str, Any]:
    status = errors.status(error.code)
    if error.code.isdigit():  # an answer without a body, of which botocore reads no id
        return {"HTTPStatusCode": status, "HTTPHeaders": {"x-amzn-requestid": error.request_id}, "RetryAttempts": 0}
    return _metadata(error.request_id, status, {"x-amzn-errortype": error.code, **_CONTENT_TYPE})
