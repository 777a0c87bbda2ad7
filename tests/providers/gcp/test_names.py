"""What text says about Google Cloud resources: keys and places in URIs, paths, self links and hosts."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from providers.gcp import cloud

FOLDER = Path(cloud.__file__).parent


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("gs://acme-data/train/a.csv", ("gs:acme-data",)),
        ("gs://acme-data", ("gs:acme-data",)),
        ("gs://${…}/train", ()),
        ("gs://acme-${…}/train", ()),
        ("https://storage.googleapis.com/acme-data/a.csv", ("gs:acme-data",)),
        ("https://storage.cloud.google.com/acme-data/a.csv", ("gs:acme-data",)),
        ("https://acme-data.storage.googleapis.com/a.csv", ("gs:acme-data",)),
        ("https://www.googleapis.com/storage/v1/b/acme-data", ("gs:acme-data",)),
        ("//storage.googleapis.com/projects/_/buckets/acme-data", ("gs:acme-data",)),
        ("storage.googleapis.com/acme-data", ("gs:acme-data",)),
        ("projects/p/buckets/acme-data", ("gs:acme-data",)),
        ("bq://acme.features.users", ("bigquery:acme.features", "bigquery:features")),
        ("bq://acme.features", ("bigquery:acme.features", "bigquery:features")),
        ("bq://${…}.features.users", ("bigquery:features",)),
        ("bq://acme.${…}.users", ()),
        ("bq://acme", ()),
        ("projects/acme/datasets/features", ("bigquery:acme.features", "bigquery:features")),
        (
            "//bigquery.googleapis.com/projects/acme/datasets/features/tables/users",
            ("bigquery:acme.features", "bigquery:features"),
        ),
        ("bigquery.googleapis.com/projects/${…}/datasets/logs", ("bigquery:logs",)),
        ("acme-data.features.users", ("bigquery:acme-data.features", "bigquery:features")),
        ("${…}.features.users", ("bigquery:features",)),
        ("projects/p/locations/europe-west4/datasets/42", ("healthcare:42",)),
        ("projects/p/locations/eu/buckets/audit", ("logging:audit",)),
        ("logging.googleapis.com/projects/p/locations/global/buckets/_Default", ("logging:_Default",)),
        ("projects/p/locations/europe/keyRings/ring/cryptoKeys/key", ("kms:key", "kms-ring:ring")),
        ("projects/p/locations/europe/keyRings/ring", ("kms-ring:ring",)),
        ("//cloudkms.googleapis.com/projects/p/locations/europe/keyRings/ring", ("kms-ring:ring",)),
        ("projects/p/topics/events", ("pubsub:events",)),
        ("pubsub.googleapis.com/projects/p/topics/events", ("pubsub:events",)),
        ("projects/p/secrets/token/versions/latest", ("secret:token",)),
        ("europe-west4-docker.pkg.dev/p/images/trainer:1.2", ("artifact-registry:images",)),
        ("projects/p/locations/eu/collections/default_collection/dataStores/docs", ("data-store:docs",)),
        ("projects/p/instances/main/databases/app", ("spanner:main",)),
        ("projects/p/catalogs/lake", ("biglake-catalog:lake",)),
        ("projects/p/locations/europe-west4/catalogs/lake", ("biglake-catalog:lake",)),
        ("projects/p/locations/europe-west4/lakes/raw/zones/z", ("dataplex-lake:raw",)),
        ("projects/p/locations/europe-west4/volumes/v", ("netapp-volume:v",)),
        ("projects/p/locations/europe-west4/parameters/app/versions/1", ("parameter:app",)),
        ("projects/p/locations/europe-west4/workerPools/w", ("build-pool:w", "run:w")),
        ("projects/p/locations/europe-west4/workflows/ask", ("workflow:ask",)),
        ("projects/p/locations/europe-west4/connectClusters/c/connectors/x", ("kafka-connect:c",)),
        ("projects/p/locations/europe-west4/privateClouds/c/clusters/d", ("private-cloud:c",)),
        ("acme:europe-west4:main", ("sql:main",)),
        ("acme-data", ()),
        ("europe-west4", ()),
        ("gemini-2.5-pro", ()),
        ("", ()),
    ],
)
def test_names_in(text: str, keys: tuple[str, ...]) -> None:
    assert cloud.names_in(text) == keys


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("projects/p/locations/europe-west4/keyRings/r", "europe-west4"),
        ("projects/p/locations/eu/processors/1", "eu"),
        ("projects/p/regions/europe-west1/subnetworks/s", "europe-west1"),
        ("https://www.googleapis.com/compute/v1/projects/p/zones/us-east1-b/disks/d", "us-east1-b"),
        ("projects/p/instanceConfigs/eur5", "eur5"),
        ("europe-west4-docker.pkg.dev/p/r/image", "europe-west4"),
        ("europe-docker.pkg.dev/p/r/image", "europe"),
        ("eu.gcr.io/p/image", "europe"),
        ("gcr.io/p/image", "us"),
        ("mirror.gcr.io/library/python", None),
        ("https://europe-west1-aiplatform.googleapis.com", "europe-west1"),
        ("us-central1-aiplatform.googleapis.com", "us-central1"),
        ("https://aiplatform.eu.rep.googleapis.com/v1/models", "eu"),
        ("https://aiplatform.googleapis.com/v1/projects/p/locations/global/publishers/google", "global"),
        ("eu-documentai.googleapis.com", "eu"),
        ("https://translate-eu.googleapis.com", "eu"),
        ("https://app-123456.europe-west3.run.app", "europe-west3"),
        ("https://europe-west2-acme.cloudfunctions.net/f", "europe-west2"),
        ("acme:europe-west4:main", "europe-west4"),
        ("projects/p/locations/${…}/keyRings/r", None),
        ("${…}-aiplatform.googleapis.com", None),
        ("https://europe-west4-aiplatform.googleapis.com/v1/projects/p/locations/${…}/endpoints/1", None),
        ("gs://acme-data/locations/europe-west4", None),
        ("aiplatform.googleapis.com", None),
        ("projects/acme/datasets/features", None),
        ("europe-west4", None),
        ("", None),
    ],
)
def test_place_in(text: str, place: str | None) -> None:
    assert cloud.place_in(text) == place


@pytest.mark.parametrize("file", ["names.json", "hosts.json", "machine_types.json"])
def test_patterns_compile_and_fill_their_keys(file: str) -> None:
    for row in json.loads((FOLDER / file).read_text(encoding="utf-8"))["rows"]:
        groups = set(re.compile(row["pattern"]).groupindex)
        wanted = {name for template in row.get("keys", ()) for name in re.findall(r"\{(\w+)\}", template)}
        assert wanted <= groups, row


@pytest.mark.parametrize("file", ["names.json", "hosts.json", "machine_types.json", "services.json"])
def test_no_row_twice(file: str) -> None:
    rows = json.loads((FOLDER / file).read_text(encoding="utf-8"))["rows"]
    keys = [(row.get("table"), row.get("pattern") or row["prefix"]) for row in rows]
    assert len(keys) == len(set(keys))
