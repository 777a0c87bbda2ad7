"""Copies and backups of AI data stay inside the jurisdiction.

Replication rules, global tables, geo-redundant redundancy, secondary regions and backup copies move data without
anybody uploading it. The destination is judged, never the fact that something is replicated: a copy from Frankfurt
to Ireland is fine.

Bad:

```terraform
resource "azurerm_resource_group" "ai" {
  name     = "ai"
  location = "brazilsouth"
}

resource "azurerm_storage_account" "ai" {
  name                     = "aidata"
  resource_group_name      = azurerm_resource_group.ai.name
  location                 = azurerm_resource_group.ai.location
  account_tier             = "Standard"
  account_replication_type = "GRS"
}
```

Good:

```terraform
resource "azurerm_resource_group" "ai" {
  name     = "ai"
  location = "westeurope"
}

resource "azurerm_storage_account" "ai" {
  name                     = "aidata"
  resource_group_name      = azurerm_resource_group.ai.name
  location                 = azurerm_resource_group.ai.location
  account_tier             = "Standard"
  account_replication_type = "GRS"
}
```
"""

from collections.abc import Iterator
from dataclasses import replace

from checker.model import Claim, Context, Place, Purpose, Relation, Resource, Severity, Verdict

TITLE = "A copy of AI data leaves the jurisdiction"


def check(resource: Resource, context: Context) -> Iterator[Claim]:
    """Yield a claim for each place of a copy that is not inside."""
    for place in resource.places:
        if place.purpose in (Purpose.REPLICA, Purpose.BACKUP):
            yield from _judged(resource, place, place.purpose.value, context)
    for reference in resource.references:
        if reference.relation is not Relation.COPIES_TO:
            continue
        for key in reference.targets:
            target = context.graph.resources[key]
            for place in target.places:
                if place.purpose is Purpose.LOCATION:
                    at_reference = replace(place, purpose=Purpose.REPLICA, location=reference.location)
                    yield from _judged(resource, at_reference, f"copy to {target.address}", context)


def _judged(resource: Resource, place: Place, what: str, context: Context) -> Iterator[Claim]:
    verdict = context.jurisdiction.judge(place)
    subject = f"{resource.address} ({resource.kind}) keeps a {what} in {context.describe(place)}"
    if verdict is Verdict.OUTSIDE:
        message = f"{subject}, outside {context.jurisdiction.name}"
        yield Claim(verdict, Severity.HIGH, message, place, f"copy to a place inside {context.jurisdiction.name}")
    elif verdict is Verdict.UNDETERMINED:
        message = f"{subject}: {place.reason}" if place.reason else subject
        yield Claim(verdict, Severity.MEDIUM, message, place, "state where the copy goes")
