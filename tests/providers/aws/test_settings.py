"""Where AWS's types keep settings, and that they are heard there."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from checker import catalogue
from checker.model import Relation, Role
from checker.outcome import Outcome

Check = Callable[..., Outcome]
ROWS = catalogue.rows("aws")
PROVIDER = 'provider "aws" {\n  region = "eu-central-1"\n}\nprovider "awscc" {\n  region = "eu-central-1"\n}\n'

# Compute that runs what somebody gives it, without an argument for settings: its type says no more.
SILENT = set(
    """
    aws_amplify_backend_environment aws_appstream_fleet aws_appstream_image_builder aws_appsync_api
    aws_appsync_graphql_api aws_autoscaling_group aws_batch_compute_environment aws_batch_job_queue
    aws_bedrockagentcore_capacity_provider aws_cloud9_environment_ec2 aws_codebuild_fleet
    aws_ec2_capacity_block_reservation aws_ec2_capacity_reservation aws_ec2_fleet aws_ec2_host
    aws_ecs_capacity_provider aws_ecs_cluster aws_ecs_service aws_eks_cluster aws_eks_node_group
    aws_elastic_beanstalk_application aws_elastic_beanstalk_application_version aws_emr_instance_fleet
    aws_emr_instance_group aws_emr_studio aws_emrcontainers_virtual_cluster aws_emrserverless_application
    aws_gamelift_build aws_gamelift_fleet aws_gamelift_game_server_group aws_gamelift_game_session_queue
    aws_imagebuilder_distribution_configuration aws_imagebuilder_image_pipeline
    aws_imagebuilder_infrastructure_configuration aws_imagebuilder_workflow aws_lambda_capacity_provider
    aws_lambda_event_source_mapping aws_lambda_function_event_invoke_config aws_lambda_layer_version
    aws_lightsail_container_service aws_transfer_workflow aws_workspaces_pool aws_workspaces_workspace
    awscc_appstream_fleet awscc_appstream_image_builder awscc_appsync_api awscc_autoscaling_auto_scaling_group
    awscc_batch_compute_environment awscc_batch_job_queue awscc_batch_service_environment
    awscc_bedrockagentcore_capacity_provider awscc_cloud9_environment_ec2 awscc_codebuild_fleet awscc_deadline_farm
    awscc_deadline_fleet awscc_deadline_queue awscc_ec2_capacity_reservation awscc_ec2_capacity_reservation_fleet
    awscc_ec2_ec2_fleet awscc_ecs_capacity_provider awscc_ecs_cluster awscc_ecs_service awscc_eks_cluster
    awscc_eks_nodegroup awscc_elasticbeanstalk_application awscc_elasticbeanstalk_application_version
    awscc_emr_studio awscc_emrcontainers_virtual_cluster awscc_emrserverless_application awscc_eventsv2_subscriber
    awscc_gamelift_build awscc_gamelift_container_fleet awscc_gamelift_fleet awscc_gamelift_game_server_group
    awscc_gamelift_game_session_queue awscc_gameliftstreams_application awscc_gameliftstreams_stream_group
    awscc_imagebuilder_distribution_configuration awscc_imagebuilder_image_pipeline
    awscc_imagebuilder_infrastructure_configuration awscc_imagebuilder_workflow awscc_lambda_capacity_provider
    awscc_lambda_event_source_mapp awscc_lambda_event_source_mapping awscc_lambda_layer_version
    awscc_lambda_web_function awscc_lambda_web_function_endpoint awscc_mwaaserverless_workflow awscc_pcs_cluster
    awscc_pcs_compute_node_group awscc_pcs_queue awscc_transfer_workflow awscc_workspaces_workspace
    awscc_workspaces_workspaces_pool
    """.split()
)


def test_compute_has_settings_unless_it_has_no_argument_for_them() -> None:
    without = {row.type for row in ROWS.values() if Role.COMPUTE in row.roles and not row.settings}
    assert without == SILENT


@pytest.mark.parametrize(
    ("type", "shape", "path"),
    [
        ("aws_lambda_function", "map", "environment.variables"),
        ("awscc_lambda_function", "map", "environment.variables"),
        ("awscc_lambda_function", "text", "code.zip_file"),
        ("aws_ecs_task_definition", "pairs", "container_definitions.environment"),
        ("aws_ecs_task_definition", "pairs", "container_definitions.secrets"),
        ("awscc_ecs_task_definition", "pairs", "container_definitions.environment"),
        ("awscc_ecs_task_definition", "pairs", "container_definitions.secrets"),
        ("aws_ecs_daemon_task_definition", "pairs", "container_definition.environment"),
        (
            "aws_apprunner_service",
            "map",
            "source_configuration.image_repository.image_configuration.runtime_environment_variables",
        ),
        (
            "awscc_apprunner_service",
            "pairs",
            "source_configuration.image_repository.image_configuration.runtime_environment_variables",
        ),
        ("aws_batch_job_definition", "pairs", "container_properties.environment"),
        ("aws_batch_job_definition", "pairs", "eks_properties.pod_properties.containers.env"),
        ("awscc_batch_job_definition", "pairs", "container_properties.environment"),
        ("aws_sagemaker_model", "map", "primary_container.environment"),
        ("awscc_sagemaker_model", "map", "primary_container.environment"),
        ("awscc_sagemaker_processing_job", "map", "environment"),
        ("aws_sagemaker_notebook_instance_lifecycle_configuration", "text", "on_start"),
        ("awscc_sagemaker_inference_component", "map", "specification.container.environment"),
        ("aws_codebuild_project", "pairs", "environment.environment_variable"),
        ("aws_codebuild_project", "text", "source.buildspec"),
        ("awscc_codebuild_project", "pairs", "environment.environment_variables"),
        ("aws_ssm_parameter", "named", "name"),
        ("awscc_ssm_parameter", "named", "name"),
        ("aws_secretsmanager_secret", "named", "name"),
        ("awscc_secretsmanager_secret", "named", "name"),
        ("aws_secretsmanager_secret_version", "map", "secret_string"),
        ("aws_sfn_state_machine", "text", "definition"),
        ("awscc_stepfunctions_state_machine", "text", "definition_string"),
        ("aws_instance", "text", "user_data"),
        ("awscc_ec2_instance", "text", "user_data"),
        ("aws_launch_template", "text", "user_data"),
        ("awscc_ec2_launch_template", "text", "launch_template_data.user_data"),
        ("aws_spot_instance_request", "text", "user_data"),
        ("aws_cloudwatch_event_connection", "named", "name"),
        ("awscc_events_connection", "named", "name"),
        ("aws_cloudwatch_event_api_destination", "text", "invocation_endpoint"),
        ("awscc_events_api_destination", "text", "invocation_endpoint"),
        ("aws_api_gateway_integration", "text", "uri"),
        ("aws_apigatewayv2_integration", "text", "integration_uri"),
        ("awscc_apigateway_method", "text", "integration.uri"),
        ("awscc_apigatewayv2_integration", "text", "integration_uri"),
        ("aws_api_gateway_rest_api", "text", "body"),
        ("aws_bedrockagentcore_agent_runtime", "map", "environment_variables"),
        ("awscc_bedrockagentcore_runtime", "map", "environment_variables"),
        ("aws_bedrockagentcore_harness", "map", "environment_variables"),
        ("aws_bedrockagentcore_gateway_target", "text", "target_configuration.mcp.mcp_server.endpoint"),
        ("awscc_bedrockagentcore_gateway_target", "text", "target_configuration.mcp.mcp_server.endpoint"),
        ("aws_lightsail_container_service_deployment_version", "map", "container.environment"),
        ("awscc_lightsail_container", "pairs", "container_service_deployment.containers.environment"),
        ("aws_amplify_app", "map", "environment_variables"),
        ("awscc_amplify_branch", "pairs", "environment_variables"),
        ("aws_elastic_beanstalk_environment", "pairs", "setting"),
        ("awscc_elasticbeanstalk_environment", "pairs", "option_settings"),
        ("aws_glue_job", "map", "default_arguments"),
        ("awscc_glue_job", "map", "default_arguments"),
        ("aws_mwaa_environment", "map", "airflow_configuration_options"),
        ("aws_mskconnect_connector", "map", "connector_configuration"),
        ("aws_appconfig_hosted_configuration_version", "map", "content"),
        ("aws_appsync_datasource", "text", "http_config.endpoint"),
        (
            "aws_kinesisanalyticsv2_application",
            "map",
            "application_configuration.environment_properties.property_group.property_map",
        ),
        (
            "awscc_pipes_pipe",
            "pairs",
            "target_parameters.ecs_task_parameters.overrides.container_overrides.environment",
        ),
    ],
)
def test_where_a_type_keeps_its_settings(type: str, shape: str, path: str) -> None:
    assert (shape, path) in [(settings.shape, p) for settings in ROWS[type].settings for p in settings.paths]


def test_a_pair_has_a_name_of_its_own() -> None:
    named = {
        type: next(settings.name for settings in ROWS[type].settings if settings.shape == "pairs")
        for type in ("awscc_elasticbeanstalk_environment", "awscc_lightsail_container", "awscc_lambda_microvm_image")
    }
    assert named == {
        "awscc_elasticbeanstalk_environment": "option_name",
        "awscc_lightsail_container": "variable",
        "awscc_lambda_microvm_image": "key",
    }


def test_a_secret_is_a_setting_whose_value_is_kept() -> None:
    for type in ("aws_secretsmanager_secret", "awscc_secretsmanager_secret"):
        assert ROWS[type].roles == (Role.KEYS,)
        assert [settings.value for settings in ROWS[type].settings if settings.shape == "named"] == [()]


@pytest.mark.parametrize(
    "source",
    [
        """resource "aws_lambda_function" "app" {
  function_name = "app"
  role          = "arn:aws:iam::1:role/app"
  environment {
    variables = { ACME_BASE_URL = "https://api.acme.ai" }
  }
}""",
        """resource "aws_ecs_task_definition" "app" {
  family                = "app"
  container_definitions = jsonencode([{
    name        = "app"
    environment = [{ name = "ACME_BASE_URL", value = "https://api.acme.ai" }]
  }])
}""",
        """resource "aws_ecs_task_definition" "app" {
  family                = "app"
  container_definitions = jsonencode([{
    name    = "app"
    secrets = [{ name = "ACME_API_KEY", valueFrom = "arn:aws:ssm:eu-central-1:1:parameter/a" }]
  }])
}""",
        """resource "awscc_ecs_task_definition" "app" {
  family                = "app"
  container_definitions = [{
    name    = "app"
    secrets = [{ name = "ACME_API_KEY", value_from = "arn:aws:ssm:eu-central-1:1:parameter/a" }]
  }]
}""",
        """resource "aws_batch_job_definition" "app" {
  name                 = "app"
  type                 = "container"
  container_properties = jsonencode({ image = "app", environment = [{ name = "ACME_API_KEY", value = "x" }] })
}""",
        """resource "awscc_apprunner_service" "app" {
  source_configuration = {
    image_repository = {
      image_identifier      = "public.ecr.aws/app"
      image_repository_type = "ECR_PUBLIC"
      image_configuration   = { runtime_environment_variables = [{ name = "ACME_API_KEY", value = "x" }] }
    }
  }
}""",
        """resource "aws_instance" "app" {
  instance_type = "t3.small"
  user_data     = "export ACME_BASE_URL=https://api.acme.ai; exec app"
}""",
        """resource "aws_sfn_state_machine" "app" {
  name       = "app"
  role_arn   = "arn:aws:iam::1:role/app"
  definition = jsonencode({ StartAt = "Ask", States = { Ask = {
    Type = "Task", Resource = "arn:aws:states:::http:invoke", End = true,
    Parameters = { ApiEndpoint = "https://api.acme.ai/v1/chat", Method = "POST" } } } })
}""",
        """resource "aws_cloudwatch_event_api_destination" "app" {
  name                = "app"
  invocation_endpoint = "https://api.acme.ai/v1/chat"
  http_method         = "POST"
  connection_arn      = "arn:aws:events:eu-central-1:1:connection/app/1"
}""",
        """resource "aws_apigatewayv2_integration" "app" {
  api_id           = "x"
  integration_type = "HTTP_PROXY"
  integration_uri  = "https://api.acme.ai/v1/chat"
}""",
        """resource "awscc_apigateway_method" "app" {
  rest_api_id = "x"
  resource_id = "y"
  http_method = "POST"
  integration = { type = "HTTP_PROXY", uri = "https://api.acme.ai/v1/chat" }
}""",
        """resource "aws_elastic_beanstalk_environment" "app" {
  name        = "app"
  application = "app"
  setting {
    namespace = "aws:elasticbeanstalk:application:environment"
    name      = "ACME_API_KEY"
    value     = "x"
  }
}""",
        """resource "awscc_elasticbeanstalk_environment" "app" {
  application_name = "app"
  option_settings = [{
    namespace   = "aws:elasticbeanstalk:application:environment"
    option_name = "ACME_API_KEY"
    value       = "x"
  }]
}""",
        """resource "awscc_lightsail_container" "app" {
  service_name = "app"
  power        = "nano"
  scale        = 1
  container_service_deployment = {
    containers = [{ container_name = "app", image = "app", environment = [{ variable = "ACME_API_KEY", value = "x" }] }]
  }
}""",
        """resource "aws_glue_job" "app" {
  name              = "app"
  role_arn          = "arn:aws:iam::1:role/app"
  default_arguments = { "--ACME_BASE_URL" = "https://api.acme.ai" }
  command {
    script_location = "s3://x/y.py"
  }
}""",
        """resource "aws_lightsail_container_service_deployment_version" "app" {
  service_name = "app"
  container {
    container_name = "app"
    image          = "app"
    environment    = { ACME_API_KEY = "x" }
  }
}""",
        """resource "aws_appconfig_hosted_configuration_version" "app" {
  application_id           = "a"
  configuration_profile_id = "p"
  content_type             = "application/json"
  content                  = jsonencode({ url = "https://api.acme.ai", model = "acme-large-1" })
}""",
    ],
)
def test_settings_are_heard_where_they_stand(check: Check, acme: str, source: str) -> None:
    outcome = check(PROVIDER + source, scope="all")
    app = next(r for r in outcome.graph.resources.values() if r.address.endswith(".app"))
    assert Role.CLIENT in app.roles
    assert {place.vendor for place in app.places if place.vendor} == {acme}


def test_a_secret_that_a_container_reads_is_joined_to_it(check: Check, acme: str) -> None:
    source = """
resource "aws_ecs_task_definition" "app" {
  family = "app"
  container_definitions = jsonencode([{
    name    = "app"
    image   = "app"
    secrets = [{ name = "TOKEN", valueFrom = aws_secretsmanager_secret.key.arn }]
  }])
}
resource "aws_secretsmanager_secret" "key" {
  name = "acme-api-key"
}
"""
    outcome = check(PROVIDER + source, scope="all")
    app = next(r for r in outcome.graph.resources.values() if r.address.endswith(".app"))
    read = [key for ref in app.references if ref.relation is Relation.READS_FROM for key in ref.targets]
    assert [key.split("\0", 2)[2] for key in read] == ["aws_secretsmanager_secret.key"]
    assert Role.CLIENT in app.roles
