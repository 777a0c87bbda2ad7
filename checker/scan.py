"""`euclave scan`: what is deployed, listed by a cloud's own calls, judged as code is; and how much of it was seen."""

from __future__ import annotations

import difflib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import click

from checker import registry
from checker.errors import EuclaveError, UsageError
from checker.options import judging, reporting

if TYPE_CHECKING:
    from checker.deployed import Account
    from checker.engine import Request
    from checker.outcome import Covered, Outcome, State

_EXTRA = "pip install 'euclave[{}]'"
_EXAMPLES = """
\b
Examples:
  euclave scan aws                            each enabled region of the account
  euclave scan aws --regions eu-west-1,us-east-1 --services sagemaker,s3
  euclave scan aws --role-arn arn:aws:iam::111122223333:role/audit -f json
  euclave scan permissions aws > policy.json  what the credentials need, and nothing more
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a cloud is looked at."""

    cloud: str
    profiles: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    external_id: str = ""
    regions: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    concurrency: int = 16
    timeout: float = 60


@click.group(epilog=_EXAMPLES)
def scan() -> None:
    """Scan a cloud for AI workloads and storage outside the jurisdiction: what is deployed, not what code says.

    Only reading calls are made, with the credentials, profiles and endpoints that the cloud's SDK finds by itself.
    """


@scan.command(epilog=_EXAMPLES)
@click.option("--profile", "profiles", multiple=True, help="A profile of the SDK's configuration; repeatable.")
@click.option("--role-arn", "roles", multiple=True, help="A role to take in the account to look at; repeatable.")
@click.option("--external-id", default="", help="What the role asks for besides.")
@click.option("--regions", default="", metavar="A,B", help="Only these regions; every enabled one by default.")
@click.option("--services", default="", metavar="A,B", help="Only these services, by the SDK's names.")
@click.option("--allow-gaps", default="", metavar="A,B", help="Services of which a part may stay unseen.")
@click.option("--concurrency", default=16, show_default=True, type=click.IntRange(1, 256), help="Calls at one time.")
@click.option("--timeout", default=60.0, show_default=True, help="Seconds that a call may take.")
@judging
@reporting
def aws(regions: str, services: str, allow_gaps: str, **asked: Any) -> int:
    """Scan AWS accounts.

    Exit codes: 0 clean, 1 findings, 2 wrong usage, 3 a clean result of which a part of the AI services was not seen.
    """
    from checker import output, request, terminal

    reports = output.Reports(asked)
    names = ("profiles", "roles", "external_id", "concurrency", "timeout")
    wanted = Wanted("aws", regions=_listed(regions), services=_listed(services), **{n: asked.pop(n) for n in names})
    allowed = _listed(allow_gaps)
    outcome = run(wanted, request.for_scan(asked), terminal.progress(), allowed)
    reports.write(outcome)
    return exit_code(outcome, allowed)


@scan.command(epilog=_EXAMPLES)
@click.argument("cloud", type=click.Choice(["aws"]))
def permissions(cloud: str) -> int:
    """Print the permissions that a scan needs: a policy that allows its calls and nothing more."""
    click.echo(json.dumps(_listing(cloud).permissions(), indent=2))
    return 0


def run(wanted: Wanted, request: Request, progress: Callable[[str], None], allowed: Iterable[str] = ()) -> Outcome:
    """Return what is deployed, judged, with the coverage ledger.

    An interrupt ends the listing: what was listed until then is judged, and a gap says so. Raises UsageError for what
    cannot be meant, EuclaveError for accounts that cannot be looked at at all.
    """
    from checker import engine
    from checker.deployed import Found, Root
    from checker.model import Gap, Graph

    listing = _listing(wanted.cloud)
    _check((*wanted.services, *allowed), listing.services())
    accounts = _accounts(wanted, listing)
    regions = {account.name: [*wanted.regions] or _regions(listing, account) for account in accounts}
    calls = listing.Scan(regions, wanted.services, wanted.concurrency, wanted.timeout, progress)
    ledger: list[Covered] = []
    gaps: list[Gap] = []
    roots = []
    for account in accounts:
        found: list[Found] = []
        try:
            for one in calls.run(account):
                if isinstance(one, Found):
                    found.append(one)
                else:
                    ledger.append(one)
        except KeyboardInterrupt:
            gaps.append(Gap(f"the rest of {account.name}", "the scan was interrupted", fatal=True))
        roots.append(Root(account, found))
        if gaps:
            break
    progress("")
    counts = {"accounts": len(accounts), "regions": sum(map(len, regions.values())), "services": len(ledger)}
    counts |= {"resources": sum(one.found for one in ledger), "roots_with_ai": 0, "modules_not_read": 0}
    begun = Graph({}, {}, (*gaps, *_gaps(ledger)), counts)
    graph = engine.graph_of(roots, request, engine.options_of(request), begun, lambda text: None)
    outcome = engine.judge(graph, request)
    return replace(outcome, coverage=tuple(ledger), strict=outcome.strict if request.strict is not None else True)


def exit_code(outcome: Outcome, allowed: Iterable[str] = ()) -> int:
    """Return 1 for findings, 3 for a clean result of which a part of the AI services was not seen and none allowed it.

    What was not seen of other services fails only when strictness was asked for.
    """
    from checker import engine
    from checker.outcome import READ

    fatal = any(gap.fatal for gap in outcome.graph.gaps)
    code = engine.exit_code(replace(outcome, graph=replace(outcome.graph, gaps=())))
    missing = {one.service for one in outcome.coverage if one.state not in READ and one.ai}.difference(allowed)
    return code or (3 if fatal or missing else 0)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _listing(cloud: str) -> Any:
    try:
        return registry.listing(cloud)
    except ImportError as error:
        raise UsageError(f"a scan of {cloud} needs its SDK: {error}", _EXTRA.format(cloud)) from None


def _check(services: Iterable[str], known: tuple[str, ...]) -> None:
    for name in services:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            raise UsageError(f"no service is called {name!r}", f"did you mean {near[0]}?" if near else ", ".join(known))


def _accounts(wanted: Wanted, listing: Any) -> list[Account]:
    try:
        return list(listing.accounts(wanted.profiles, wanted.roles, wanted.external_id))
    except listing.ERRORS as error:
        raise EuclaveError(f"{wanted.cloud}: no account can be looked at: {_said(error)}") from None


def _regions(listing: Any, account: Account) -> list[str]:
    try:
        found: list[str] = listing.regions(account)
    except listing.ERRORS as error:
        hint = "--regions names them"
        raise EuclaveError(f"{account.name}: its regions cannot be listed: {_said(error)}", hint) from None
    return found


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error)[:300]}"


def _gaps(ledger: Iterable[Covered]) -> Iterator[Any]:
    """Yield a gap for each service and way in which its calls ended without an answer, with the regions."""
    from checker.model import Gap
    from checker.outcome import READ

    found: dict[tuple[str, str, State, str], list[str]] = defaultdict(list)
    for one in ledger:
        if one.state not in READ:
            found[one.account, one.service, one.state, one.why].append(one.region)
    for (account, service, state, why), regions in sorted(found.items()):
        shown = ", ".join(sorted(regions)[:4]) + (f" and {len(regions) - 4} more" if len(regions) > 4 else "")
        yield Gap(f"{service} of {account} in {shown}", f"{state}: {why}")
