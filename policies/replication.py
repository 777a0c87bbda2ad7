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

resource "azurerm_cognitive_account" "ai" {
  name                = "ai"
  resource_group_name = azurerm_resource_group.ai.name
  location            = azurerm_resource_group.ai.location
  kind                = "OpenAI"
  sku_name            = "S0"

  storage {
    storage_account_id = azurerm_storage_account.ai.id
  }
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

resource "azurerm_cognitive_account" "ai" {
  name                = "ai"
  resource_group_name = azurerm_resource_group.ai.name
  location            = azurerm_resource_group.ai.location
  kind                = "OpenAI"
  sku_name            = "S0"

  storage {
    storage_account_id = azurerm_storage_account.ai.id
  }
}
```
"""

from collections.abc import Iterator

from checker.model import Claim, Context, Purpose, Resource, Severity, Verdict

TITLE = "A copy of AI data leaves the jurisdiction"
PROVISIONS = ("gdpr-28-3-a", "gdpr-30-1-e", "gdpr-44")


def check(resource: Resource, context: Context) -> Iterator[Claim]:
    """Yield a claim for each place of a copy or backup that is not inside."""
    for place in resource.places:
        verdict = context.jurisdiction.judge(place)
        if place.purpose not in (Purpose.REPLICA, Purpose.BACKUP) or verdict is Verdict.INSIDE:
            continue
        home = resource.verdict(context.jurisdiction, Purpose.LOCATION)
        if place.follows and verdict is home is Verdict.UNDETERMINED:
            continue  # where it goes hangs on where the resource is, and that has its own finding
        message = f"{resource.address} ({resource.kind}) keeps a {place.purpose} in {context.describe(place)}"
        if verdict is Verdict.OUTSIDE:
            message += f", outside {context.jurisdiction.name}"
            tip = f"name a destination inside {context.jurisdiction.name} at {place.location or resource.location}"
            yield Claim(verdict, Severity.HIGH, message, place, tip)
        else:
            message += f": {place.reason}" if place.reason else ""
            yield Claim(verdict, Severity.MEDIUM, message, place, context.mend(place))
