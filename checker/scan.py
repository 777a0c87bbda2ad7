"""What is deployed, listed by a cloud's own calls and judged as code is; and how much of it was seen."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from checker import engine, registry
from checker.deployed import Account, Found, Root
from checker.engine import Request
from checker.errors import EuclaveError, UsageError
from checker.model import Gap, Graph
from checker.outcome import READ, Covered, Outcome, State

_EXTRA = "pip install 'euclave[{}]'"


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


def run(wanted: Wanted, request: Request, progress: Callable[[str], None], allowed: Iterable[str] = ()) -> Outcome:
    """Return what is deployed, judged, with the coverage ledger.

    An interrupt ends the listing: what was listed until then is judged, and a gap says so. Raises UsageError for what
    cannot be meant, EuclaveError for accounts that cannot be looked at at all.
    """
    listing = listing_of(wanted.cloud)
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
    fatal = any(gap.fatal for gap in outcome.graph.gaps)
    code = engine.exit_code(replace(outcome, graph=replace(outcome.graph, gaps=())))
    missing = {one.service for one in outcome.coverage if one.state not in READ and one.ai}.difference(allowed)
    return code or (3 if fatal or missing else 0)


def listing_of(cloud: str) -> Any:
    """Return the module that lists a cloud. Raises UsageError without its SDK."""
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


def _gaps(ledger: Iterable[Covered]) -> Iterator[Gap]:
    """Yield a gap for each service and way in which its calls ended without an answer, with the regions."""
    found: dict[tuple[str, str, State, str], list[str]] = defaultdict(list)
    for one in ledger:
        if one.state not in READ:
            found[one.account, one.service, one.state, one.why].append(one.region)
    for (account, service, state, why), regions in sorted(found.items()):
        shown = ", ".join(sorted(regions)[:4]) + (f" and {len(regions) - 4} more" if len(regions) > 4 else "")
        yield Gap(f"{service} of {account} in {shown}", f"{state}: {why}")
