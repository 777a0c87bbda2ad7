"""AWS as it is deployed: the calls of a table, over accounts, regions and services. Only a scan imports this.

Credentials, profiles, endpoints and retries are the SDK's own affair; every call reads and nothing else.
"""

from __future__ import annotations

import functools
import json
import os
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import botocore.exceptions
from botocore.config import Config

from checker.deployed import Account, Found, Listing
from checker.outcome import Covered, State

_TABLE = Path(__file__).resolve().parent / "operations.json"
_ROWS = _TABLE.parent / "deployed.json"
ERRORS = (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError)
_DENIED = ("AccessDenied", "Unauthorized", "NotAuthorized", "Forbidden", "AuthFailure", "ExplicitDeny", "OptInRequired")
_INVALID = ("UnrecognizedClient", "InvalidClientTokenId", "ExpiredToken", "SignatureDoesNotMatch", "InvalidToken")
_SLOW = ("Throttl", "TooManyRequests", "RequestLimitExceeded", "SlowDown", "BandwidthLimitExceeded")
_LACKS = ("UnknownOperation", "UnsupportedOperation", "InvalidAction", "NotImplemented", "500", "501", "404")
_ROLE_SESSION = "euclave"
_ATTEMPTS = 8  # of a call; AWS_MAX_ATTEMPTS, the SDK's own variable, says otherwise


@dataclass(frozen=True, slots=True)
class Operation:
    """How resources of one type are listed; see operations.json.

    `needs` are the parameters of `describe` by the field of a listed element that gives each: "" for the element
    itself, `^field` for one of its parent's. `unless` names a field that makes describing needless. `none` are error
    codes that say that there is nothing.
    """

    type: str
    client: str
    list: str
    result: str = ""
    params: Mapping[str, object] = field(default_factory=dict)
    describe: str = ""
    needs: Mapping[str, str] = field(default_factory=dict)
    unless: str = ""
    id: str = ""
    once: str = ""  # the region in which a global service is asked
    parent: str = ""
    from_parent: Mapping[str, str] = field(default_factory=dict)
    qualify: Mapping[str, str] = field(default_factory=dict)  # names by their paths, as the ARNs that they stand for
    none: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()  # what IAM has to allow


@functools.cache
def operations() -> tuple[Operation, ...]:
    """Return the operations of the table."""
    return tuple(Operation(**row) for row in json.loads(_TABLE.read_text(encoding="utf-8"))["rows"])


def services() -> tuple[str, ...]:
    """Return the services that are asked, by the SDK's names."""
    return tuple(dict.fromkeys(one.client for one in operations()))


# --- accounts and regions


def accounts(profiles: Iterable[str], roles: Iterable[str], external_id: str) -> Iterator[Account]:
    """Yield the accounts to look at: of the SDK's default credentials or of profiles, or of roles taken from there.

    Raises botocore's errors for credentials that are missing or refused.
    """
    named: list[str | None] = [*profiles]
    for profile in named or [None]:
        session = boto3.Session(profile_name=profile)
        for role in [*roles] or [""]:
            yield _account(_as(session, role, external_id) if role else session)


def _as(session: boto3.Session, role: str, external_id: str) -> boto3.Session:
    given = {"ExternalId": external_id} if external_id else {}
    sts = session.client("sts", region_name=session.region_name or "us-east-1")
    found = sts.assume_role(RoleArn=role, RoleSessionName=_ROLE_SESSION, **given)["Credentials"]
    return boto3.Session(
        found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"], region_name=session.region_name
    )


def _account(session: boto3.Session) -> Account:
    identity = session.client("sts", region_name=session.region_name or "us-east-1").get_caller_identity()
    return Account("aws", identity["Account"], identity["Arn"].split(":")[1], session)


def regions(account: Account) -> list[str]:
    """Return the regions that are enabled in an account. Raises botocore's errors."""
    session: boto3.Session = account.session
    home = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1", "aws-eusc": "eusc-de-east-1"}
    region = session.region_name or home.get(account.partition, "us-east-1")
    found = session.client("ec2", region_name=region).describe_regions()["Regions"]
    return sorted(one["RegionName"] for one in found)


# --- calls


class Unreadable(Exception):
    """An answer that is not what the service's model says."""


@dataclass(slots=True)
class _Unit:
    """The calls of one service in one region of one account."""

    account: Account
    region: str
    service: str
    client: Any = None
    pending: int = 0
    found: int = 0
    refused: Counter[tuple[State, str]] = field(default_factory=Counter)


class Scan(Listing):
    """The listing of accounts: what is there, and which part of it was answered."""

    def __init__(
        self,
        regions_of: Mapping[str, list[str]],
        services: tuple[str, ...],
        concurrency: int,
        timeout: float,
        told: Callable[[str], None],
    ) -> None:
        self._regions = regions_of
        self._operations = [one for one in operations() if not services or one.client in services]
        self._concurrency = concurrency
        self._told = told
        self._making = threading.Lock()  # the SDK makes one client at a time
        self._config = Config(
            retries={
                "mode": os.environ.get("AWS_RETRY_MODE", "adaptive"),
                "total_max_attempts": int(os.environ.get("AWS_MAX_ATTEMPTS", "") or _ATTEMPTS),
            },
            connect_timeout=min(timeout, 10),
            read_timeout=timeout,
            max_pool_connections=concurrency,
            user_agent_extra="euclave",
        )
        self._children: dict[str, list[Operation]] = defaultdict(list)
        for one in self._operations:
            if one.parent:
                self._children[one.parent].append(one)

    def run(self, account: Account) -> Iterator[Found | Covered]:
        """Yield what an account has, as it comes, and how each of its units ended."""
        waiting = [*self._units(account)][::-1]
        total, done = len(waiting), 0
        busy: dict[Future[list[Any]], tuple[_Unit, Callable[[list[Any]], Iterator[Any]]]] = {}
        with ThreadPoolExecutor(self._concurrency) as pool:

            def submit(unit: _Unit, call: Callable[[], list[Any]], then: Callable[[list[Any]], Iterator[Any]]) -> None:
                unit.pending += 1
                busy[pool.submit(call)] = unit, then

            try:
                while waiting or busy:
                    while waiting and len(busy) < 2 * self._concurrency:
                        unit = waiting.pop()
                        for operation in self._of(unit):
                            submit(unit, *self._listing(unit, operation, {}, "", submit))
                    ended, _ = wait(busy, return_when=FIRST_COMPLETED)
                    for future in ended:
                        unit, then = busy.pop(future)
                        unit.pending -= 1
                        yield from then(future.result())
                        if not unit.pending:
                            unit.client = None
                            done += 1
                            self._told(f"{account.name}: {done} of {total} services in regions")
                            yield _covered(unit)
            finally:
                for future in busy:
                    future.cancel()

    def _units(self, account: Account) -> Iterator[_Unit]:
        """Yield the services in the regions; one that the SDK does not list in a region is not asked there."""
        session: boto3.Session = account.session
        for service in dict.fromkeys(one.client for one in self._operations):
            offered = session.get_available_regions(service, account.partition)
            once = {one.once for one in self._operations if one.client == service and one.once}
            for region in self._regions[account.name]:
                own = any(not one.once for one in self._operations if one.client == service)
                unit = _Unit(account, region, service)
                if (own or region in once) and (region in offered or not offered):
                    yield unit

    def _of(self, unit: _Unit) -> Iterator[Operation]:
        for one in self._operations:
            if one.client == unit.service and not one.parent and one.once in ("", unit.region):
                yield one

    def _client(self, unit: _Unit) -> Any:
        with self._making:
            if unit.client is None:
                made = unit.account.session.client(unit.service, region_name=unit.region, config=self._config)
                made.meta.events.register("before-parse", _read_whole)
                unit.client = made
            return unit.client

    def _listing(
        self,
        unit: _Unit,
        operation: Operation,
        given: Mapping[str, object],
        parent: str,
        submit: Callable[..., None],
    ) -> tuple[Callable[[], list[Any]], Callable[[list[Any]], Iterator[Any]]]:
        def call() -> list[Any]:
            return self._answered(unit, operation, lambda: _pages(self._client(unit), operation, given))

        def then(elements: list[Any]) -> Iterator[Any]:
            for element in elements:
                item = element if isinstance(element, dict) else {"": element}
                if operation.describe and not (operation.unless and item.get(operation.unless)):
                    submit(unit, *self._describing(unit, operation, item, given, parent, submit))
                else:
                    yield from self._found(unit, operation, item, parent, submit)

        return call, then

    def _describing(
        self,
        unit: _Unit,
        operation: Operation,
        item: dict[str, Any],
        given: Mapping[str, object],
        parent: str,
        submit: Callable[..., None],
    ) -> tuple[Callable[[], list[Any]], Callable[[list[Any]], Iterator[Any]]]:
        def ask() -> list[Any]:
            client = self._client(unit)
            members = client.meta.service_model.operation_model(
                client.meta.method_to_api_mapping[operation.describe]
            ).input_shape.members
            values: dict[str, Any] = {}
            for name, of in operation.needs.items():
                value = given.get(name) if of.startswith("^") else item.get(of)
                values[name] = [value] if members[name].type_name == "list" else value
            return [getattr(client, operation.describe)(**values)]

        def then(answers: list[Any]) -> Iterator[Any]:
            # What could not be described was listed all the same: where it is is known.
            described = {key: value for one in answers for key, value in one.items() if key != "ResponseMetadata"}
            yield from self._found(unit, operation, {**item, "described": described}, parent, submit)

        return lambda: self._answered(unit, operation, ask), then

    def _found(
        self, unit: _Unit, operation: Operation, item: dict[str, Any], parent: str, submit: Callable[..., None]
    ) -> Iterator[Found]:
        unit.found += 1
        id = _text_at(item, operation.id) or " ".join(filter(None, (parent, _name(item, operation, unit.found))))
        names = {"partition": unit.account.partition, "region": unit.region, "account": unit.account.name}
        for path, pattern in operation.qualify.items():
            _qualify(item, path.split("."), functools.partial(_qualified, pattern, names))
        yield Found(operation.type, id, unit.region, unit.service, {**item, "parent": parent} if parent else item)
        for child in self._children.get(operation.type, ()):
            given = {name: item.get(of) for name, of in child.from_parent.items()}
            submit(unit, *self._listing(unit, child, given, id, submit))

    def _answered(self, unit: _Unit, operation: Operation, call: Callable[[], list[Any]]) -> list[Any]:
        """Return what a call gives; nothing, with a note in the unit, where it is refused or fails."""
        try:
            return call()
        except Exception as error:  # noqa: BLE001  # whatever a service answers, the others are asked
            code = _code(error)
            if code not in operation.none:
                unit.refused[_state(code), f"{operation.list}: {code}"] += 1
            return []


def _pages(client: Any, operation: Operation, given: Mapping[str, object]) -> list[Any]:
    """Return the elements of all pages of a list call."""
    params = {**operation.params, **given}
    if client.can_paginate(operation.list):
        answers: Iterable[Any] = client.get_paginator(operation.list).paginate(**params)
    else:
        answers = [getattr(client, operation.list)(**params)]
    found: list[Any] = []
    for answer in answers:
        at: list[Any] = [answer]
        for name in filter(None, operation.result.split(".")):
            at = [one[name] for one in at if isinstance(one, dict) and one.get(name) is not None]
            at = [inner for one in at for inner in (one if isinstance(one, list) else [one])]
        if not operation.result:
            at = [{key: value for key, value in answer.items() if key != "ResponseMetadata"}]
            at = [one for one in at if one]
        found += at
    return found


def _read_whole(operation_model: Any, response_dict: dict[str, Any], **more: Any) -> None:
    """Raise Unreadable for an answer that was cut off: the SDK takes what it cannot parse for an empty one."""
    body, headers = response_dict["body"], response_dict["headers"]
    if response_dict["status_code"] >= 300 or not isinstance(body, bytes) or operation_model.http["method"] == "HEAD":
        return
    length = headers.get("content-length", "")
    if "content-encoding" not in headers and length.isdigit() and len(body) != int(length):
        raise Unreadable(f"{len(body)} of {length} bytes came")
    if "json" in operation_model.service_model.resolved_protocol and body.strip():
        try:
            json.loads(body)
        except ValueError as error:
            raise Unreadable(f"it is no JSON: {error}") from None


def _covered(unit: _Unit) -> Covered:
    states = {state for state, _ in unit.refused}
    state = max(states, key=[*State].index, default=State.LISTED if unit.found else State.EMPTY)
    why = "; ".join(f"{text} ({number})" if number > 1 else text for (_, text), number in sorted(unit.refused.items()))
    return Covered(
        "aws", unit.account.name, unit.region, unit.service, state, unit.found, why, unit.service in _ai_services()
    )


@functools.cache
def _ai_services() -> frozenset[str]:
    """Return the services of which the catalogue takes any type for an AI workload."""
    ai = {row["type"] for row in json.loads(_ROWS.read_text(encoding="utf-8"))["rows"] if "ai" in row["roles"]}
    return frozenset(one.client for one in operations() if one.type in ai)


def permissions() -> dict[str, object]:
    """Return an IAM policy that allows the calls of a scan, and nothing more."""
    calls = {action for one in operations() for action in one.actions}
    calls |= {"ec2:DescribeRegions", "sts:GetCallerIdentity"}
    statement = {"Sid": "EuclaveScan", "Effect": "Allow", "Action": sorted(calls), "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def _code(error: Exception) -> str:
    if isinstance(error, botocore.exceptions.ClientError):
        return str(error.response.get("Error", {}).get("Code", "")) or "unknown error"
    return type(error).__name__


def _state(code: str) -> State:
    for state, words in ((State.DENIED, _DENIED), (State.DENIED, _INVALID), (State.THROTTLED, _SLOW)):
        if any(word in code for word in words):
            return state
    unsupported = code in _LACKS or any(word in code for word in _LACKS if not word.isdigit())
    return State.UNAVAILABLE if unsupported or "Connect" in code or "Endpoint" in code else State.FAILED


# --- answers


def _text_at(item: Any, path: str) -> str:
    """Return the text at a path of an answer, "" for none."""
    for name in path.split("."):
        item = item.get(name) if isinstance(item, dict) else None
    return item if isinstance(item, str) else ""


def _name(item: Mapping[str, Any], operation: Operation, number: int) -> str:
    """Return what an element is called that has no ARN: its own id or name, else a number."""
    for name, value in item.items():
        if isinstance(value, str) and (name == "" or name.lower().endswith(("id", "name"))):
            return f"{operation.type.partition('_')[2]}/{value}"
    return f"{operation.type.partition('_')[2]}/{number}"


def _qualified(pattern: str, names: Mapping[str, str], value: str) -> str:
    return value if value.startswith("arn:") else pattern.format(value, **names)


def _qualify(item: Any, path: list[str], made: Callable[[str], str]) -> None:
    """Put for the texts at a path of an answer what they stand for."""
    if isinstance(item, list):
        for inner in item:
            _qualify(inner, path, made)
    elif isinstance(item, dict) and path[0] in item:
        if len(path) == 1 and isinstance(item[path[0]], str):
            item[path[0]] = made(item[path[0]])
        elif len(path) > 1:
            _qualify(item[path[0]], path[1:], made)
