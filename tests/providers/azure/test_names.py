"""What ids, hosts, URIs and connection strings say about Azure resources."""

from __future__ import annotations

import pytest

from providers.azure.names import names_in, place_in

GROUP = "/subscriptions/0000/resourceGroups/ai"
ACCOUNT = "microsoft.storage/storageaccounts:docs"
CONTAINER = "microsoft.storage/storageaccounts/blobservices/containers:docs/train"


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        (f"{GROUP}/providers/Microsoft.Storage/storageAccounts/Docs", (ACCOUNT,)),
        (
            f"{GROUP}/providers/Microsoft.Storage/storageAccounts/docs/blobServices/default/containers/train",
            (CONTAINER, ACCOUNT),
        ),
        (
            f"{GROUP}/providers/Microsoft.CognitiveServices/accounts/oai/deployments/chat",
            ("microsoft.cognitiveservices/accounts/deployments:oai/chat", "microsoft.cognitiveservices/accounts:oai"),
        ),
        (
            f"{GROUP}/providers/Microsoft.Storage/storageAccounts/docs/providers/Microsoft.Insights/diagnosticSettings/d",
            ("microsoft.insights/diagnosticsettings:d", ACCOUNT),
        ),
        (f"{GROUP}/providers/Microsoft.Storage/storageAccounts/${{var.name}}", ()),
        (
            f"{GROUP}/providers/Microsoft.Storage/storageAccounts/docs/blobServices/default/containers/${{var.c}}",
            (ACCOUNT,),
        ),
        (
            "/subscriptions/${var.s}/resourceGroups/${var.g}/providers/Microsoft.KeyVault/vaults/kv",
            ("microsoft.keyvault/vaults:kv",),
        ),
        (GROUP, ("microsoft.resources/resourcegroups:ai",)),
    ],
)
def test_resource_ids(text: str, keys: tuple[str, ...]) -> None:
    assert names_in(text) == keys


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("https://docs.blob.core.windows.net/", (ACCOUNT,)),
        ("https://docs.blob.core.windows.net/train/a.jsonl?sv=1", (CONTAINER, ACCOUNT)),
        ("https://docs-secondary.blob.core.windows.net", (ACCOUNT,)),
        ("abfss://train@docs.dfs.core.windows.net/raw", (CONTAINER, ACCOUNT)),
        ("wasbs://train@docs.blob.core.windows.net/", (CONTAINER, ACCOUNT)),
        ("abfss://${var.fs}@docs.dfs.core.windows.net/", (ACCOUNT,)),
        ("https://docs.blob.core.windows.net/${var.container}/x", (ACCOUNT,)),
        ("DefaultEndpointsProtocol=https;AccountName=docs;AccountKey=x;EndpointSuffix=core.windows.net", (ACCOUNT,)),
        ("https://oai.openai.azure.com/openai/v1", ("cognitive-subdomain:oai",)),
        ("https://oai.cognitiveservices.azure.com", ("cognitive-subdomain:oai",)),
        ("https://oai.services.ai.azure.com/api/projects/p", ("cognitive-subdomain:oai",)),
        ("https://idx.search.windows.net", ("microsoft.search/searchservices:idx",)),
        ("AccountEndpoint=https://cos.documents.azure.com:443/;", ("microsoft.documentdb/databaseaccounts:cos",)),
        ("https://kv.vault.azure.net/keys/k/1", ("microsoft.keyvault/vaults:kv",)),
        ("reg.azurecr.io/app:1", ("microsoft.containerregistry/registries:reg",)),
        ("https://conf.azconfig.io/kv/k", ("microsoft.appconfiguration/configurationstores:conf",)),
        ("mongodb+srv://u:p@m.mongocluster.cosmos.azure.com/", ("microsoft.documentdb/mongoclusters:m",)),
        ("https://app.azurewebsites.net/api", ("microsoft.web/sites:app",)),
        ("https://ws.dev.azuresynapse.net", ("microsoft.synapse/workspaces:ws",)),
        ("HostName=hub.azure-devices.net;SharedAccessKey=x", ("microsoft.devices/iothubs:hub",)),
    ],
)
def test_hosts_and_uris(text: str, keys: tuple[str, ...]) -> None:
    assert names_in(text) == keys


@pytest.mark.parametrize(
    "text",
    [
        "",
        "docs",
        "https://example.com/docs.txt",
        "https://${var.name}.blob.core.windows.net/train",
        "https://${var.prefix}sa.blob.core.windows.net/train",
        "https://sa${var.suffix}.blob.core.windows.net/train",
        "https://${var.prefix}-sa.blob.core.windows.net/train",
        "https://docs.blob.core.windows.net.example.com/train",
        "s3://docs/train",
    ],
)
def test_text_that_names_no_resource(text: str) -> None:
    assert names_in(text) == ()


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("https://westeurope.api.cognitive.microsoft.com/", "westeurope"),
        ("https://scores.westeurope.inference.ml.azure.com/score", "westeurope"),
        ("ws.workspace.northeurope.api.azureml.ms", "northeurope"),
        ("https://app.blue-1.swedencentral.azurecontainerapps.io", "swedencentral"),
        ("https://app-ab12.uksouth-01.azurewebsites.net", "uksouth"),
        ("vm.eastus2.cloudapp.azure.com", "eastus2"),
        ("https://adx.westeurope.kusto.windows.net", "westeurope"),
        ("https://topic.westeurope-1.eventgrid.azure.net/api/events", "westeurope"),
        ("cache.swedencentral.redis.azure.net:10000", "swedencentral"),
        ("https://jobs.northeurope.batch.azure.com", "northeurope"),
        ("/subscriptions/0/providers/Microsoft.CognitiveServices/locations/francecentral/models/m", "francecentral"),
        ("https://my-app-01.azurewebsites.net", None),
        ("https://api.cognitive.microsoft.com/", None),
        ("https://${var.region}.api.cognitive.microsoft.com/", None),
        ("https://oai.openai.azure.com", None),
        (f"{GROUP}/providers/Microsoft.Storage/storageAccounts/westeurope", None),
    ],
)
def test_places_that_text_carries(text: str, region: str | None) -> None:
    assert place_in(text) == region
