"""The same stack written for CloudFormation and for Terraform: what is found of it is the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from checker.outcome import Outcome

Check = Callable[..., Outcome]
TERRAFORM = """
provider "aws" {
  region = "%s"
}
resource "aws_kms_key" "key" {
  policy = "{}"
}
resource "aws_s3_bucket" "docs" {
  bucket = "acme-docs"
}
resource "aws_bedrockagent_knowledge_base" "kb" {
  name     = "docs"
  role_arn = "arn:aws:iam::111122223333:role/kb"
  knowledge_base_configuration {
    type = "VECTOR"
    vector_knowledge_base_configuration {
      embedding_model_arn = "arn:aws:bedrock:eu-central-1::foundation-model/amazon.titan-embed-text-v2:0"
    }
  }
  storage_configuration {
    type = "OPENSEARCH_SERVERLESS"
    opensearch_serverless_configuration {
      collection_arn    = "arn:aws:aoss:us-east-1:111122223333:collection/abc123"
      vector_index_name = "docs"
      field_mapping {
        vector_field   = "v"
        text_field     = "t"
        metadata_field = "m"
      }
    }
  }
}
resource "aws_bedrockagent_data_source" "source" {
  name              = "docs"
  knowledge_base_id = aws_bedrockagent_knowledge_base.kb.id
  data_source_configuration {
    type = "S3"
    s3_configuration {
      bucket_arn = aws_s3_bucket.docs.arn
    }
  }
}
resource "aws_bedrockagent_agent" "agent" {
  agent_name                  = "a"
  agent_resource_role_arn     = "arn:aws:iam::111122223333:role/agent"
  foundation_model            = "us.anthropic.claude-3-7-sonnet-20250219-v1:0"
  customer_encryption_key_arn = aws_kms_key.key.arn
}
resource "aws_lambda_function" "chat" {
  function_name = "chat"
  role          = "arn:aws:iam::111122223333:role/chat"
  environment {
    variables = {
      BEDROCK_MODEL_ID = "eu.amazon.nova-pro-v1:0"
      OPENAI_BASE_URL  = "https://api.openai.com/v1"
      HISTORY          = aws_dynamodb_table.history.name
    }
  }
}
resource "aws_dynamodb_table" "history" {
  name     = "history"
  hash_key = "id"
  replica {
    region_name = "us-west-2"
  }
}
resource "aws_sagemaker_endpoint_configuration" "embed" {
  production_variants {
    model_name             = "embed"
    instance_type          = "ml.g5.xlarge"
    initial_instance_count = 1
  }
}
"""
CLOUDFORMATION = """
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Key: {Type: AWS::KMS::Key, Properties: {KeyPolicy: {}}}
  Docs: {Type: AWS::S3::Bucket, Properties: {BucketName: acme-docs}}
  Kb:
    Type: AWS::Bedrock::KnowledgeBase
    Properties:
      Name: docs
      RoleArn: arn:aws:iam::111122223333:role/kb
      KnowledgeBaseConfiguration:
        Type: VECTOR
        VectorKnowledgeBaseConfiguration:
          EmbeddingModelArn: arn:aws:bedrock:eu-central-1::foundation-model/amazon.titan-embed-text-v2:0
      StorageConfiguration:
        Type: OPENSEARCH_SERVERLESS
        OpensearchServerlessConfiguration:
          CollectionArn: arn:aws:aoss:us-east-1:111122223333:collection/abc123
          VectorIndexName: docs
          FieldMapping: {VectorField: v, TextField: t, MetadataField: m}
  Source:
    Type: AWS::Bedrock::DataSource
    Properties:
      Name: docs
      KnowledgeBaseId: !Ref Kb
      DataSourceConfiguration: {Type: S3, S3Configuration: {BucketArn: !GetAtt Docs.Arn}}
  Agent:
    Type: AWS::Bedrock::Agent
    Properties:
      AgentName: a
      AgentResourceRoleArn: arn:aws:iam::111122223333:role/agent
      FoundationModel: us.anthropic.claude-3-7-sonnet-20250219-v1:0
      CustomerEncryptionKeyArn: !GetAtt Key.Arn
  Chat:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: chat
      Role: arn:aws:iam::111122223333:role/chat
      Environment:
        Variables:
          BEDROCK_MODEL_ID: eu.amazon.nova-pro-v1:0
          OPENAI_BASE_URL: https://api.openai.com/v1
          HISTORY: !Ref History
  History:
    Type: AWS::DynamoDB::GlobalTable
    Properties:
      TableName: history
      Replicas: [{Region: %s}, {Region: us-west-2}]
  Embed:
    Type: AWS::SageMaker::EndpointConfig
    Properties:
      ProductionVariants:
      - {ModelName: embed, VariantName: all, InstanceType: ml.g5.xlarge, InitialInstanceCount: 1}
"""


def found(outcome: Outcome) -> set[tuple[str, str, str]]:
    return {(f.policy, f.verdict.value, f.place.name if f.place else "") for f in outcome.findings}


def judged(outcome: Outcome) -> list[tuple[str, str]]:
    return sorted((r.kind, r.verdict(outcome.jurisdiction).value) for r in outcome.judged)


@pytest.mark.parametrize("region", ["eu-central-1", "eu-west-2"])
def test_a_stack_and_a_configuration(region: str, check: Check, tmp_path: Path) -> None:
    one = check({"main.tf": TERRAFORM % region})
    (tmp_path / "main.tf").unlink()
    other = check({"template.yaml": CLOUDFORMATION % region}, assumed={"aws": region})
    assert one.graph.gaps == other.graph.gaps == ()
    # A global table lists its own region among its replicas.
    assert found(one) == found(other) - {("replication", "outside", region)}
    same = {"DynamoDB global table": "DynamoDB table"}
    assert judged(one) == sorted((same.get(kind, kind), verdict) for kind, verdict in judged(other))
