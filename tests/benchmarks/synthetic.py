"""Write a believable Terraform repository of any size: `python tests/benchmarks/synthetic.py FOLDER --scale 10`.

One unit of scale is a team: 5 local modules and 10 root modules in 80 files, on three clouds, with provider aliases,
`for_each`, variable files, AI workloads and resources that have nothing to do with AI. Most places are in the EU, some
are not. Nothing is random: what varies follows from the numbers of team and stack, so that two runs write the same.
"""

from __future__ import annotations

import argparse
from pathlib import Path

AWS_REGIONS = ("eu-central-1", "eu-west-1", "eu-north-1", "eu-south-2", "us-east-1")
AZURE_LOCATIONS = ("westeurope", "swedencentral", "francecentral", "uksouth")
GCP_LOCATIONS = ("europe-west4", "europe-west1", "europe-north1", "europe-west6")
CLOUDS = ("aws", "aws", "azure", "aws", "gcp", "aws", "azure", "aws", "gcp", "aws")  # by number of the stack

VERSIONS = {
    "aws": 'aws = {\n      source  = "hashicorp/aws"\n      version = ">= 6.0"\n    }',
    "azure": 'azurerm = {\n      source  = "hashicorp/azurerm"\n      version = ">= 4.0"\n    }',
    "gcp": 'google = {\n      source  = "hashicorp/google"\n      version = ">= 7.0"\n    }',
}

# Each module: its cloud, the variables that it takes, and its resources.
MODULES = {
    "buckets": (
        "aws",
        {"prefix": "string", "names": "set(string)"},
        """
resource "aws_s3_bucket" "this" {
  for_each = var.names
  bucket   = "${var.prefix}-${each.key}"
  tags     = { Name = each.key, Environment = "benchmark" }
}

resource "aws_s3_bucket_versioning" "this" {
  for_each = var.names
  bucket   = aws_s3_bucket.this[each.key].id
  versioning_configuration {
    status = "Enabled"
  }
}
""",
        "{ for key, bucket in aws_s3_bucket.this : key => bucket.arn }",
    ),
    "knowledge": (
        "aws",
        {"name": "string", "role_arn": "string", "model_arn": "string", "bucket_arns": "map(string)"},
        """
resource "aws_bedrockagent_knowledge_base" "this" {
  name     = var.name
  role_arn = var.role_arn
  knowledge_base_configuration {
    type = "VECTOR"
    vector_knowledge_base_configuration {
      embedding_model_arn = var.model_arn
    }
  }
}

resource "aws_bedrockagent_data_source" "this" {
  for_each          = var.bucket_arns
  name              = each.key
  knowledge_base_id = aws_bedrockagent_knowledge_base.this.id
  data_source_configuration {
    type = "S3"
    s3_configuration {
      bucket_arn = each.value
    }
  }
}
""",
        "aws_bedrockagent_knowledge_base.this.id",
    ),
    "network": (
        "aws",
        {"name": "string", "cidr": "string", "zones": "list(string)"},
        """
resource "aws_vpc" "this" {
  cidr_block = var.cidr
  tags       = merge({ Name = var.name }, { Tier = length(var.zones) > 1 ? "spread" : "single" })
}

resource "aws_subnet" "this" {
  count             = length(var.zones)
  vpc_id            = aws_vpc.this.id
  availability_zone = var.zones[count.index]
  cidr_block        = cidrsubnet(var.cidr, 4, count.index)
}

resource "aws_security_group" "this" {
  name   = var.name
  vpc_id = aws_vpc.this.id
  dynamic "ingress" {
    for_each = toset(["443", "8443"])
    content {
      from_port   = tonumber(ingress.value)
      to_port     = tonumber(ingress.value)
      protocol    = "tcp"
      cidr_blocks = [var.cidr]
    }
  }
}
""",
        "aws_subnet.this[*].id",
    ),
    "assistant": (
        "azure",
        {"name": "string", "location": "string", "deployments": "map(string)"},
        """
resource "azurerm_resource_group" "this" {
  name     = "rg-${var.name}"
  location = var.location
}

resource "azurerm_cognitive_account" "this" {
  name                = "oai-${var.name}"
  resource_group_name = azurerm_resource_group.this.name
  location            = azurerm_resource_group.this.location
  kind                = "OpenAI"
  sku_name            = "S0"
}

resource "azurerm_cognitive_deployment" "this" {
  for_each             = var.deployments
  name                 = each.key
  cognitive_account_id = azurerm_cognitive_account.this.id
  model {
    format = "OpenAI"
    name   = each.key
  }
  sku {
    name = each.value
  }
}

resource "azurerm_storage_account" "this" {
  name                     = replace("st${var.name}", "-", "")
  resource_group_name      = azurerm_resource_group.this.name
  location                 = azurerm_resource_group.this.location
  account_tier             = "Standard"
  account_replication_type = "ZRS"
}
""",
        "azurerm_cognitive_account.this.id",
    ),
    "vertex": (
        "gcp",
        {"name": "string", "region": "string", "topics": "set(string)"},
        """
resource "google_storage_bucket" "training" {
  name     = "${var.name}-training"
  location = upper(var.region)
}

resource "google_vertex_ai_dataset" "this" {
  display_name        = var.name
  metadata_schema_uri = "gs://google-cloud-aiplatform/schema/dataset/metadata/image_1.0.0.yaml"
  region              = var.region
}

resource "google_vertex_ai_endpoint" "this" {
  name         = var.name
  display_name = var.name
  location     = var.region
}

resource "google_pubsub_topic" "this" {
  for_each = var.topics
  name     = each.key
}
""",
        "google_vertex_ai_endpoint.this.id",
    ),
}

# Each cloud's root module. @words@ are replaced by what varies.
PROVIDERS = {
    "aws": """
provider "aws" {
  region = var.region
}

provider "aws" {
  alias  = "copies"
  region = "@other@"
}
""",
    "azure": """
provider "azurerm" {
  features {}
}
""",
    "gcp": """
provider "google" {
  project = "@name@"
  region  = var.region
}
""",
}

STACKS = {
    "aws": """
module "network" {
  source = "../../modules/network"
  name   = local.name
  cidr   = "10.@number@.0.0/16"
  zones  = [for letter in ["a", "b"] : "${var.region}${letter}"]
}

module "buckets" {
  source = "../../modules/buckets"
  prefix = local.name
  names  = toset(var.datasets)
}

module "copies" {
  source    = "../../modules/buckets"
  providers = { aws = aws.copies }
  prefix    = "${local.name}-copy"
  names     = ["archive"]
}

module "knowledge" {
  source      = "../../modules/knowledge"
  name        = local.name
  role_arn    = aws_iam_role.assistant.arn
  model_arn   = "arn:aws:bedrock:${var.region}::foundation-model/amazon.titan-embed-text-v2:0"
  bucket_arns = module.buckets.result
}

resource "aws_iam_role" "assistant" {
  name = local.name
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Action = "sts:AssumeRole", Effect = "Allow", Principal = { Service = "bedrock.amazonaws.com" } }]
  })
}

resource "aws_cloudwatch_log_group" "this" {
  for_each          = toset(["api", "worker"])
  name              = "/${local.name}/${each.key}"
  retention_in_days = 30
}
""",
    "azure": """
module "assistant" {
  source      = "../../modules/assistant"
  name        = local.name
  location    = var.region
  deployments = { "gpt-4.1" = "Standard", "text-embedding-3-large" = "@sku@" }
}

resource "azurerm_resource_group" "shared" {
  name     = "rg-${local.name}-shared"
  location = var.region
}

resource "azurerm_virtual_network" "this" {
  name                = local.name
  resource_group_name = azurerm_resource_group.shared.name
  location            = azurerm_resource_group.shared.location
  address_space       = ["10.@number@.0.0/16"]
}

resource "azurerm_search_service" "this" {
  name                = "srch-${local.name}"
  resource_group_name = azurerm_resource_group.shared.name
  location            = azurerm_resource_group.shared.location
  sku                 = "standard"
}
""",
    "gcp": """
module "vertex" {
  source = "../../modules/vertex"
  name   = local.name
  region = var.region
  topics = toset(var.datasets)
}

resource "google_compute_network" "this" {
  name                    = local.name
  auto_create_subnetworks = false
}

resource "google_bigquery_dataset" "this" {
  for_each   = toset(var.datasets)
  dataset_id = "${local.name}_${each.key}"
  location   = "@multi@"
}
""",
}

VARIABLES = """
variable "region" {
  description = "Where everything of this stack sits."
  type        = string
}

variable "datasets" {
  type    = list(string)
  default = ["documents"]
}

variable "team" {
  type = string
}
"""

LOCALS = """
locals {
  name   = "${var.team}-@stack@"
  labels = { team = var.team, stack = "@stack@" }
}
"""

OUTPUTS = """
output "name" {
  value = local.name
}

output "labels" {
  value = local.labels
}
"""


def module_files(name: str) -> dict[str, str]:
    """Return the four files of a local module, by name."""
    cloud, variables, resources, result = MODULES[name]
    declared = "\n".join(f'variable "{variable}" {{\n  type = {type_}\n}}\n' for variable, type_ in variables.items())
    return {
        "main.tf": resources.lstrip(),
        "outputs.tf": f'output "result" {{\n  value = {result}\n}}\n',
        "variables.tf": declared,
        "versions.tf": f"terraform {{\n  required_providers {{\n    {VERSIONS[cloud]}\n  }}\n}}\n",
    }


def stack_files(team: int, stack: int) -> dict[str, str]:
    """Return the six files of a root module, by name."""
    cloud = CLOUDS[stack]
    places = {"aws": AWS_REGIONS, "azure": AZURE_LOCATIONS, "gcp": GCP_LOCATIONS}[cloud]
    words = {
        "@name@": f"team-{team:03}",
        "@stack@": f"stack-{stack}",
        "@number@": str((team * 10 + stack) % 256),
        "@other@": AWS_REGIONS[(team + stack + 1) % len(AWS_REGIONS)],
        "@sku@": ("Standard", "DataZoneStandard", "GlobalStandard")[(team + stack) % 3],
        "@multi@": ("EU", "europe-west4", "US")[(team + stack) % 3],
    }
    texts = {
        "locals.tf": LOCALS,
        "main.tf": STACKS[cloud],
        "outputs.tf": OUTPUTS,
        "providers.tf": PROVIDERS[cloud],
        "terraform.tfvars": (
            f'region   = "{places[(team + stack) % len(places)]}"\n'
            f'team     = "team-{team:03}"\n'
            f'datasets = ["documents", "tickets", "set{stack}"]\n'
        ),
        "variables.tf": VARIABLES,
    }
    for word, text in words.items():
        texts = {name: written.replace(word, text) for name, written in texts.items()}
    return {name: text.lstrip() for name, text in texts.items()}


def write(folder: Path, scale: int) -> int:
    """Write `scale` teams under a folder and return the number of files."""
    count = 0
    for team in range(scale):
        parts = {f"modules/{name}": module_files(name) for name in MODULES}
        parts |= {f"stacks/stack-{stack}": stack_files(team, stack) for stack in range(len(CLOUDS))}
        for part, texts in parts.items():
            target = folder / f"team-{team:03}" / part
            target.mkdir(parents=True, exist_ok=True)
            for name, text in texts.items():
                (target / name).write_text(text)
            count += len(texts)
    return count


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write a synthetic Terraform repository.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--scale", type=int, default=1, help="how many teams of 80 files each")
    arguments = parser.parse_args()
    print(write(arguments.folder, arguments.scale))
