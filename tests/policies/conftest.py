"""What the tests of policies compare."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from checker.outcome import Outcome

Found = set[tuple[str, str, str]]


@pytest.fixture
def found() -> Callable[[Outcome, str], Found]:
    """Return a function that gives the (address, verdict, place) of every finding of a policy."""

    def of(outcome: Outcome, policy: str) -> Found:
        return {
            (finding.address, finding.verdict.value, finding.place.name if finding.place else "")
            for finding in outcome.findings
            if finding.policy == policy
        }

    return of


@pytest.fixture
def clean() -> Callable[[Outcome, str], None]:
    """Return a function that asserts that an address was judged and inside, and that nothing at all was found."""

    def assert_clean(outcome: Outcome, address: str) -> None:
        assert [(finding.policy, finding.message) for finding in outcome.findings] == []
        verdicts = {resource.address: resource.verdict(outcome.jurisdiction).value for resource in outcome.judged}
        assert verdicts.get(address) == "inside", verdicts

    return assert_clean
