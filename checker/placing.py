"""A catalogue row's rules applied to a block: where the resource sits, runs its models and keeps its copies."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from checker import places
from checker.model import Block, FileLocation, Place, Purpose, Step, Unknown, Value
from checker.rows import Cloud, Find, FurtherPlace, PlaceRow, Row

# Attributes of another resource whose value lies where that resource lies: `location`, `names[0]`.
_PLACELIKE = re.compile(r"(?:location|region|zone|availability_zone(?:_id)?|names|zone_ids|zones)(?:\[[^\]]*\])?")

# Finds the places, for a purpose, of the resource that a value refers to or names.
PlacesOf = Callable[[Value, Purpose], tuple[Place, ...]]


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What was stated outside of the code: `--assume aws=eu-west-1`, and whether the environment counts."""

    assumed: Mapping[str, str]
    use_env: bool = False

    def value(self, cloud: Cloud, argument: str) -> Value | None:
        """Return what a provider argument is when no provider block states it, or None."""
        name = self.assumed.get(cloud.NAME)
        if name is not None and argument in ("region", "default_location"):
            return Value(name, (Step(f"--assume {cloud.NAME}={name}"),))
        if self.use_env:
            for variable in cloud.ENVIRONMENT.get(argument, ()):
                if os.environ.get(variable):
                    return Value(os.environ[variable], (Step(f"environment variable {variable}"),))
        return None


@dataclass(frozen=True, slots=True)
class Placing:
    """Everything that the rules of a row may look at."""

    cloud: Cloud
    assumptions: Assumptions
    places_of: PlacesOf

    @property
    def find(self) -> Find:
        """Look-ups in the cloud's places table."""
        return partial(places.find, self.cloud.NAME)

    def locations(self, block: Block, row: Row) -> tuple[Place, ...]:
        """Return where a resource sits: what the first stated rule of its row gives."""
        rules = row.place
        if block.mode == "data" and not row.type.startswith("data."):
            # Something looked up rather than declared: a vendor's default says nothing about it.
            rules = (*(rule for rule in rules if not rule.startswith(("@default", "@fixed"))), "@unknown")
        found: list[Place] = []
        for rule in rules:
            given = list(self._rule(rule, block, row))
            found += [place for place in given if place is not None]
            if given and None not in given:
                return tuple(found)
        return (*found, self._unstated(block, row)) if rules else ()

    def _rule(self, rule: str, block: Block, row: Row) -> Iterator[Place | None]:
        """Yield what a rule gives; None when it may give nothing, so that the next rule counts as well."""
        if not rule.startswith("@"):
            yield from self._stated(block.body.values(rule), row)
            return
        kind, _, argument = rule[1:].partition(":")
        match kind:
            case "provider":
                yield from self._provider(block, argument, row)
            case "through":
                body = block.provider.body if block.provider is not None else None
                for value in body.values(argument) if body is not None else ():
                    yield from self._lying(value, row.vocabulary)
            case "parent":
                yield from self._parent(block, argument, row.vocabulary)
            case "declared":
                for value in block.body.values(argument):
                    yield from self._lying(value, row.vocabulary)
            case "default":
                place = self._located(argument, Purpose.LOCATION, row.vocabulary, None, Value(argument))
                if place is not None:
                    yield replace(
                        place,
                        stated=False,
                        reason="the vendor's default, as nothing states it",
                        location=block.location,
                        trail=(Step(f"documented default of {block.type}", block.location),),
                    )
            case "fixed":
                place = self._located(argument, Purpose.LOCATION, row.vocabulary, None, Value(argument))
                if place is not None:
                    step = Step(f"{block.type} has no other place", block.location)
                    yield replace(place, location=block.location, trail=(step,))
            case _:
                yield Place(
                    "",
                    Purpose.LOCATION,
                    None,
                    reason="nothing in the code decides where it is",
                    location=block.location,
                    stated=False,
                )

    def _stated(self, values: Iterable[Value], row: Row) -> Iterator[Place | None]:
        for value in values:
            if value.data is None:
                yield None
            else:
                yield from self.placed(value, Purpose.LOCATION, row.vocabulary, None)

    def _provider(self, block: Block, argument: str, row: Row) -> Iterator[Place | None]:
        provider = block.provider
        values: tuple[Value, ...] = ()
        if provider is not None and provider.body is not None:
            values = provider.body.values(argument)
        yield from self._stated(values, row)
        if all(value.data is None for value in values):
            assumed = self.assumptions.value(self.cloud, argument)
            if assumed is not None:
                yield from self.placed(assumed, Purpose.LOCATION, row.vocabulary, None)

    def _lying(self, value: Value, vocabulary: str) -> Iterator[Place]:
        """Yield where what a value means lies: as it is declared, else as its text says; nothing when neither does."""
        found = self.places_of(value, Purpose.LOCATION)
        known = self.cloud.place_in(value.text) if value.text and not found else None
        yield from (replace(place, trail=(*value.trail, *place.trail)) for place in found)
        if known is not None and "${" not in known:
            yield from self.placed(replace(value, data=known), Purpose.LOCATION, vocabulary, None)

    def _parent(self, block: Block, argument: str, vocabulary: str) -> Iterator[Place]:
        for value in block.body.values(argument):
            if value.data is None:
                continue
            step = Step(f"{block.address}.{argument}", value.location)
            found = self.places_of(value, Purpose.LOCATION)
            for place in found:
                # What nobody states is mended where this resource chose its parent.
                location = place.location if place.stated else value.location
                yield replace(place, trail=(step, *place.trail), location=location)
            if not found:
                known = self.cloud.place_in(value.text) if value.text else None
                if known is not None:
                    yield from self.placed(replace(value, data=known), Purpose.LOCATION, vocabulary, None)
                else:
                    shown = value.text or (value.data.expression if isinstance(value.data, Unknown) else "")
                    shown = "" if value.sensitive else shown
                    yield Place(
                        "",
                        Purpose.LOCATION,
                        None,
                        reason=f"it sits where {shown or argument} sits, which is not declared here",
                        trail=value.trail,
                        location=edit_location(value),
                        stated=False,
                    )

    def _unstated(self, block: Block, row: Row) -> Place:
        arguments = [rule.partition(":")[2] for rule in row.place if rule.startswith("@provider:")]
        provider = block.provider
        if not arguments or provider is None:
            names = ", ".join(rule for rule in row.place if not rule.startswith("@"))
            reason = f"none of its arguments states it ({names})" if names else "nothing states it"
            return Place("", Purpose.LOCATION, None, reason=reason, location=block.location, stated=False)
        named = f'provider "{provider.name}"' + (f" ({provider.alias})" if provider.alias else "")
        if provider.body is None:
            reason = provider.reason
            location = block.location
        else:
            reason = f"{named} states no {' or '.join(arguments)}, so the machine that runs it decides"
            location = provider.location or block.location
        return Place(
            "",
            Purpose.LOCATION,
            None,
            reason=reason,
            trail=(Step(named, provider.location),) if provider.location else (),
            location=location,
            stated=False,
        )

    def further(self, block: Block, rule: FurtherPlace, home: Place | None) -> Iterator[Place]:
        """Yield the places of one further rule of a row."""
        stated = False
        for path in rule.paths:
            for value in block.body.values(path):
                if value.data is not None:
                    stated = True
                    yield from self.placed(value, rule.purpose, rule.vocabulary, home)
        if not stated and rule.default:
            value = Value(rule.default, (Step(f"documented default of {block.type}", block.location),))
            place = self._located(rule.default, rule.purpose, rule.vocabulary, home, value)
            if place is not None:
                yield replace(place, stated=False, location=block.location)

    def placed(self, value: Value, purpose: Purpose, vocabulary: str, home: Place | None) -> Iterator[Place]:
        """Yield the place that a value names, or an undetermined one; none for what says that there is none."""
        data = value.data
        if isinstance(data, bool):
            data = str(data).lower()
        if isinstance(data, str):
            place = self._located(data, purpose, vocabulary, home, value)
            if place is not None:
                yield place
            return
        if isinstance(data, Unknown):
            if data.pattern is not None:
                place = self._located(data.pattern, purpose, vocabulary, home, value)
                if place is None or place.countries is not None:
                    yield from () if place is None else (place,)
                    return
            followed = self._followed(value, purpose)
            if followed:
                yield from followed
                return
            reason = f"{data.expression or 'the value'}: {data.reason}"
        else:
            reason = "the value is no name of a place"
        yield Place(
            value.text or "",
            purpose,
            None,
            reason=reason,
            trail=value.trail,
            location=edit_location(value),
            sensitive=value.sensitive,
        )

    def _followed(self, value: Value, purpose: Purpose) -> tuple[Place, ...]:
        """Return the places of the resource whose attribute an unknown value is."""
        if purpose is Purpose.LOCATION:
            targets = tuple(t for t in value.targets if _PLACELIKE.fullmatch(t.attribute))
            value = replace(value, targets=targets)
        found = self.places_of(value, purpose) if value.targets else ()
        return tuple(replace(place, purpose=purpose, trail=(*value.trail, *place.trail)) for place in found)

    def _located(self, name: str, purpose: Purpose, vocabulary: str, home: Place | None, value: Value) -> Place | None:
        row = self.cloud.locate(name, vocabulary, home, self.find)
        if row is None:
            return None
        alone = self.cloud.locate(name, vocabulary, None, self.find) if purpose is not Purpose.LOCATION else row
        note = row.note
        if row.unverified and row.countries is not None:
            note = f"{note}; no primary source confirms it" if note else "no primary source confirms it"
        return Place(
            name=name if row.countries is None or row.name.lower() == name.lower() else shown(name, row),
            purpose=purpose,
            countries=None if row.countries is None else frozenset(row.countries),
            scope=row.scope,
            label=row.label,
            reason=note,
            trail=value.trail,
            location=edit_location(value),
            source=f"{row.source} ({row.checked})" if row.source else "",
            verified=not row.unverified,
            sensitive=value.sensitive,
            accept=row.accept,
            follows=(alone is None or alone.countries is None) and (row.countries is not None or not _known(home)),
        )


def _known(home: Place | None) -> bool:
    return home is not None and home.countries is not None


def shown(name: str, row: PlaceRow) -> str:
    """Return a place's name as written; the table's name where what was written is long (an ARN)."""
    return name if len(name) <= 80 else row.name


def edit_location(value: Value) -> FileLocation | None:
    """Return the line that a person would edit to change a value: where its trail ends.

    A text that is only partly known is mended where the text stands, not where its unknown part comes from.
    """
    trail = value.trail
    if isinstance(value.data, Unknown) and value.data.pattern is not None:
        last = max((number for number, step in enumerate(trail) if step.text.startswith('"')), default=0)
        trail = trail[: last + 1]
    return next((step.location for step in reversed(trail) if step.location is not None), value.location)
