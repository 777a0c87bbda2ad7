"""What several policies say in the same words: of a workload, of what holds data, of the way from one to the other."""

from __future__ import annotations

from collections.abc import Iterator

from checker.model import Claim, Context, Purpose, Resource, Role, Severity, Verdict


def of_workload(resource: Resource, context: Context) -> Iterator[Claim]:
    """Yield a claim for each location of a workload that is not inside, and that the code states."""
    for place in resource.places:
        verdict = context.jurisdiction.judge(place)
        if place.purpose is not Purpose.LOCATION or verdict is Verdict.INSIDE:
            continue
        message = f"{resource.address} ({resource.kind}) runs in {context.describe(place)}"
        if verdict is Verdict.OUTSIDE:
            message += f", outside {context.jurisdiction.name}"
            yield Claim(verdict, Severity.HIGH, message, place, context.mend(place))
        elif place.stated:
            message += f": {place.reason}" if place.reason else ""
            yield Claim(verdict, Severity.MEDIUM, message, place, context.mend(place))


def of_data(resource: Resource, context: Context) -> Iterator[Claim]:
    """Yield a claim for each location of what holds or computes on AI data that is not inside, with the way there."""
    for place in resource.places:
        verdict = context.jurisdiction.judge(place)
        if place.purpose is not Purpose.LOCATION or verdict is Verdict.INSIDE:
            continue
        message = f"{resource.address} ({resource.kind}){way_to(resource, context)} is in {context.describe(place)}"
        if verdict is Verdict.OUTSIDE:
            # An image is read, not written: that it is pulled from afar is worth a word, not an alarm.
            image = resource.mode == "external" and resource.roles == {Role.CONTAINER}
            tip = f"pull it from a registry inside {context.jurisdiction.name}" if image else context.mend(place)
            severity = Severity.LOW if image else Severity.HIGH
            yield Claim(verdict, severity, f"{message}, outside {context.jurisdiction.name}", place, tip)
        elif place.stated or resource.mode != "managed":
            message += f": {place.reason}" if place.reason else ""
            tip = "declare it in this root, or find out by hand where it sits: the code does not say"
            yield Claim(verdict, Severity.MEDIUM, message, place, context.mend(place) if place.stated else tip)


def way_to(resource: Resource, context: Context) -> str:
    """Return how AI workloads reach a resource: ", used by agent → knowledge base and 2 other workloads,"."""
    ways = sorted(context.graph.joined.get(resource.key, {}).values(), key=lambda way: (len(way), way))
    if not ways:
        return ""
    shown = " → ".join(context.graph.resources[key].address for key in ways[0][:-1])
    others = len(ways) - 1
    more = f" and {others} other workload{'s' if others > 1 else ''}" if others else ""
    return f", used by {shown}{more},"
