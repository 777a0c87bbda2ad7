"""What AWS does besides what an argument says: one test a fact."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from checker import catalogue, jurisdictions
from checker.model import Graph, Purpose, Relation, Resource, Role, Verdict
from checker.outcome import Outcome
from providers.aws import cloud

Check = Callable[..., Outcome]
EU = jurisdictions.parse("eu")
ROWS = catalogue.rows("aws")
HOME = """provider "aws" {
  region = "eu-central-1"
}
provider "awscc" {
  region = "eu-central-1"
}
provider "aws" {
  alias  = "us"
  region = "us-east-1"
}
"""


def resource(graph: Graph, address: str) -> Resource:
    return next(found for found in graph.resources.values() if found.address == address)


def names(outcome: Outcome, address: str, purpose: Purpose = Purpose.LOCATION) -> list[str]:
    return [place.name for place in resource(outcome.graph, address).places if place.purpose is purpose]


def verdict(outcome: Outcome, address: str) -> Verdict:
    return resource(outcome.graph, address).verdict(EU)


# --- where a resource is

BUCKET = 'resource "aws_s3_bucket" "x" {\n  bucket = "acme"\n%s}\n'


def test_the_argument_region_is_before_the_providers(check: Check) -> None:
    assert names(check(HOME + BUCKET % '  region = "us-west-2"\n', scope="all"), "aws_s3_bucket.x") == ["us-west-2"]
    assert names(check(HOME + BUCKET % "", scope="all"), "aws_s3_bucket.x") == ["eu-central-1"]


def test_another_configuration_of_the_provider_is_another_region(check: Check) -> None:
    assert names(check(HOME + BUCKET % "  provider = aws.us\n", scope="all"), "aws_s3_bucket.x") == ["us-east-1"]


def test_a_provider_without_region_is_decided_by_the_machine_that_runs_it(check: Check) -> None:
    outcome = check('provider "aws" {}\n' + BUCKET % "", scope="all")
    assert verdict(outcome, "aws_s3_bucket.x") is Verdict.UNDETERMINED


def test_the_go_sdk_reads_aws_region_first() -> None:
    assert cloud.ENVIRONMENT["region"] == ("AWS_REGION", "AWS_DEFAULT_REGION")


@pytest.mark.parametrize(
    "argument",
    [
        'sts_region = "us-east-1"',
        'assume_role {\n role_arn = "arn:aws:iam::1:role/us-east-1"\n }',
        's3_us_east_1_regional_endpoint = "regional"',
    ],
)
def test_signing_in_elsewhere_moves_nothing(check: Check, argument: str) -> None:
    source = f'provider "aws" {{\n region = "eu-west-1"\n {argument}\n}}\n' + BUCKET % ""
    assert names(check(source, scope="all"), "aws_s3_bucket.x") == ["eu-west-1"]


def test_a_name_of_a_bucket_says_no_region(check: Check) -> None:
    source = (
        HOME
        + """
resource "aws_sagemaker_model" "x" {
  name               = "x"
  execution_role_arn = "arn:aws:iam::1:role/x"
  primary_container {
    image          = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/x:1"
    model_data_url = "s3://acme-us-east-1/model.tar.gz"
  }
}
"""
    )
    assert "us-east-1" not in str(resource(check(source).graph, "aws_sagemaker_model.x").places)
    assert cloud.place_in("arn:aws:s3:::acme-us-east-1") is None
    assert cloud.place_in("s3://acme-us-east-1/x") is None


def test_a_zone_may_be_in_another_country_than_its_region(check: Check) -> None:
    source = HOME + 'resource "aws_ebs_volume" "x" {\n  availability_zone = "%s"\n  size = 1\n}\n'
    assert verdict(check(source % "eu-central-1a", scope="all"), "aws_ebs_volume.x") is Verdict.INSIDE
    assert verdict(check(source % "eu-central-1-ist-1a", scope="all"), "aws_ebs_volume.x") is Verdict.OUTSIDE
    assert verdict(check(source % "eu-west-3-cmn-wlz-1a", scope="all"), "aws_ebs_volume.x") is Verdict.OUTSIDE


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        ("eu-west-2", Verdict.OUTSIDE),
        ("eu-central-2", Verdict.OUTSIDE),
        ("eusc-de-east-1", Verdict.INSIDE),
        ("eu-isoe-west-1", Verdict.OUTSIDE),
    ],
)
def test_the_first_letters_of_a_region_decide_nothing(check: Check, region: str, expected: Verdict) -> None:
    source = f'provider "aws" {{\n region = "{region}"\n}}\nresource "aws_kendra_index" "x" {{\n name = "x"\n}}\n'
    assert verdict(check(source), "aws_kendra_index.x") is expected


def test_the_sovereign_cloud_is_a_partition_of_its_own() -> None:
    assert cloud.place_in("arn:aws-eusc:sqs:eusc-de-east-1:1:x") == "eusc-de-east-1"


# --- where models run


def agent(model: str, region: str = "eu-central-1") -> str:
    return f"""
resource "aws_bedrockagent_agent" "x" {{
  region                  = "{region}"
  agent_name              = "x"
  agent_resource_role_arn = "arn:aws:iam::1:role/x"
  foundation_model        = "{model}"
}}
"""


@pytest.mark.parametrize(
    ("model", "region", "expected"),
    [
        ("eu.anthropic.claude-sonnet-4-5-20250929-v1:0", "eu-central-1", Verdict.INSIDE),
        ("eu.anthropic.claude-sonnet-4-5-20250929-v1:0", "eu-west-2", Verdict.OUTSIDE),
        ("global.anthropic.claude-sonnet-4-5-20250929-v1:0", "eu-central-1", Verdict.OUTSIDE),
        ("anthropic.claude-sonnet-4-5-20250929-v1:0", "eu-central-1", Verdict.INSIDE),
    ],
)
def test_the_prefix_of_a_model_and_the_calling_region_decide(
    check: Check, model: str, region: str, expected: Verdict
) -> None:
    assert verdict(check(HOME + agent(model, region)), "aws_bedrockagent_agent.x") is expected


def test_a_profile_of_ones_own_is_what_it_copies(check: Check) -> None:
    source = """
resource "aws_bedrock_inference_profile" "p" {
  name = "p"
  model_source {
    copy_from = "arn:aws:bedrock:eu-central-1:1:inference-profile/global.anthropic.claude-sonnet-4-5-20250929-v1:0"
  }
}
"""
    outcome = check(HOME + source + agent("${aws_bedrock_inference_profile.p.arn}"))
    assert verdict(outcome, "aws_bedrockagent_agent.x") is Verdict.OUTSIDE


@pytest.mark.parametrize(
    ("type", "arguments"),
    [
        ("aws_agentregistry_registry", 'name = "x"'),
        ("aws_bedrockagentcore_registry", 'name = "x"'),
        ("awscc_agentregistry_registry", 'name = "x"'),
    ],
)
def test_an_agent_registry_embeds_in_any_commercial_region(check: Check, type: str, arguments: str) -> None:
    outcome = check(f'{HOME}resource "{type}" "x" {{\n  {arguments}\n}}\n')
    assert verdict(outcome, f"{type}.x") is Verdict.OUTSIDE
    assert names(outcome, f"{type}.x", Purpose.INFERENCE) == ["any commercial region"]


@pytest.mark.parametrize(
    "type",
    [
        "awscc_bedrockagentcore_memory",
        "aws_qbusiness_application",
        "aws_quicksight_account_subscription",
        "awscc_quicksight_topic",
        "awscc_quicksight_agent",
    ],
)
def test_a_service_that_spreads_over_its_geography_is_undetermined(check: Check, type: str) -> None:
    outcome = check(f'{HOME}resource "{type}" "x" {{\n  display_name = "x"\n}}\n')
    assert verdict(outcome, f"{type}.x") is Verdict.UNDETERMINED
    assert names(outcome, f"{type}.x", Purpose.INFERENCE) == ["its geography"]


def evaluation(evaluator: str) -> str:
    return f"""
resource "aws_bedrockagentcore_online_evaluation_config" "x" {{
  online_evaluation_config_name = "x"
  evaluator {{
    evaluator_id = "{evaluator}"
  }}
}}
"""


def test_a_built_in_evaluator_runs_models_in_the_geography(check: Check) -> None:
    address = "aws_bedrockagentcore_online_evaluation_config.x"
    assert verdict(check(HOME + evaluation("Builtin.Helpfulness")), address) is Verdict.UNDETERMINED
    assert verdict(check(HOME + evaluation("my-evaluator-abc")), address) is Verdict.INSIDE


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ('openai_model_config {\n model_id = "gpt-x"\n }', Verdict.UNDETERMINED),
        ('gemini_model_config {\n model_id = "gemini-x"\n }', Verdict.UNDETERMINED),
        ('bedrock_model_config {\n model_id = "eu.anthropic.claude-sonnet-4-5-20250929-v1:0"\n }', Verdict.INSIDE),
    ],
)
def test_a_harness_may_call_a_model_of_another_platform(check: Check, model: str, expected: Verdict) -> None:
    source = f'resource "aws_bedrockagentcore_harness" "x" {{\n harness_name = "x"\n model {{\n {model}\n }}\n}}\n'
    assert verdict(check(HOME + source), "aws_bedrockagentcore_harness.x") is expected


def test_the_claude_platform_keeps_its_data_where_anthropic_says(check: Check) -> None:
    source = 'resource "awscc_awsexternalanthropic_workspace" "x" {\n  name = "x"\n}\n'
    outcome = check(HOME + source)
    assert names(outcome, "awscc_awsexternalanthropic_workspace.x") == ["us"]
    assert names(outcome, "awscc_awsexternalanthropic_workspace.x", Purpose.INFERENCE) == ["global"]


@pytest.mark.parametrize(
    ("profile", "expected"),
    [("eu.guardrail.v1:0", Verdict.UNDETERMINED), ("us.guardrail.v1:0", Verdict.OUTSIDE)],
)
def test_a_guardrail_of_the_standard_tier_runs_where_its_profile_says(
    check: Check, profile: str, expected: Verdict
) -> None:
    source = f"""
resource "aws_bedrock_guardrail" "x" {{
  name = "x"
  cross_region_config {{
    guardrail_profile_identifier = "{profile}"
  }}
}}
"""
    assert verdict(check(HOME + source), "aws_bedrock_guardrail.x") is expected


@pytest.mark.parametrize(
    "type",
    [
        "awscc_devopsagent_agent_space",
        "awscc_securityagent_agent_space",
        "awscc_aiops_investigation_group",
        "awscc_novaact_workflow_definition",
        "awscc_wisdom_assistant",
    ],
)
def test_a_service_of_which_no_page_was_read_is_not_inside(check: Check, type: str) -> None:
    outcome = check(f'{HOME}resource "{type}" "x" {{\n  name = "x"\n}}\n')
    assert verdict(outcome, f"{type}.x") is Verdict.UNDETERMINED


# --- logs and copies


def test_invocations_are_logged_in_the_same_region(check: Check) -> None:
    source = """
resource "aws_bedrock_model_invocation_logging_configuration" "x" {
  logging_config {
    cloudwatch_config {
      log_group_name = aws_cloudwatch_log_group.x.name
      role_arn       = "arn:aws:iam::1:role/x"
    }
  }
}
resource "aws_cloudwatch_log_group" "x" {
  name = "x"
}
"""
    found = resource(check(HOME + source).graph, "aws_bedrock_model_invocation_logging_configuration.x")
    assert {Role.AI, Role.LOGS} == set(found.roles)
    assert [reference.relation for reference in found.references] == [Relation.LOGS_TO]


def test_a_trail_may_write_to_a_bucket_elsewhere(check: Check) -> None:
    source = """
resource "aws_cloudtrail" "x" {
  name           = "x"
  s3_bucket_name = aws_s3_bucket.x.id
}
"""
    outcome = check(HOME + source + BUCKET % "  provider = aws.us\n", scope="all")
    bucket = resource(outcome.graph, "aws_s3_bucket.x")
    assert bucket.verdict(EU) is Verdict.OUTSIDE
    assert bucket.key in resource(outcome.graph, "aws_cloudtrail.x").references[0].targets


@pytest.mark.parametrize(
    ("type", "argument", "place"),
    [
        ("awscc_dlm_lifecycle_policy", 'cross_region_copy_targets = [{ target_region = "us-east-1" }]', "us-east-1"),
        ("awscc_lex_bot", 'replication = { replica_regions = ["us-east-1"] }', "us-east-1"),
        ("awscc_gamelift_fleet", 'locations = [{ location = "us-east-1" }]', "us-east-1"),
        (
            "aws_securitylake_data_lake",
            'configuration {\n region = "eu-west-1"\n replication_configuration {\n regions = ["us-east-1"]\n }\n }',
            "us-east-1",
        ),
        ("awscc_cassandra_keyspace", 'replication_specification = { region_list = ["us-east-1"] }', "us-east-1"),
        (
            "aws_observabilityadmin_centralization_rule_for_organization",
            'rule_name = "x"\n rule {\n destination {\n region = "us-east-1"\n }\n }',
            "us-east-1",
        ),
    ],
)
def test_what_is_copied_abroad_is_outside(check: Check, type: str, argument: str, place: str) -> None:
    outcome = check(f'{HOME}resource "{type}" "x" {{\n {argument}\n}}\n', scope="all")
    found = resource(outcome.graph, f"{type}.x")
    assert place in {p.name for p in found.places}
    assert found.verdict(EU) is Verdict.OUTSIDE


def test_a_security_data_lake_is_in_the_region_that_it_states(check: Check) -> None:
    source = 'resource "aws_securitylake_data_lake" "x" {\n configuration {\n region = "eu-west-1"\n }\n}\n'
    assert names(check(HOME + source, scope="all"), "aws_securitylake_data_lake.x") == ["eu-west-1"]


def test_the_opt_out_of_service_improvement_is_no_list_of_places(check: Check) -> None:
    source = """
resource "aws_organizations_policy" "x" {
  name    = "opt-out"
  type    = "AISERVICES_OPT_OUT_POLICY"
  content = jsonencode({ services = { default = { opt_out_policy = { "@@assign" = "optOut" } } } })
}
# besides aws:RequestedRegion
"""
    outcome = check(HOME + source)
    assert [place for found in outcome.graph.resources.values() for place in found.places] == []


# --- the provider's words


@pytest.mark.parametrize(
    "type", ["aws_lexv2models_bot_version", "aws_cloudfront_distribution", "aws_organizations_policy"]
)
def test_some_types_have_no_argument_region(type: str) -> None:
    assert type not in ROWS or "region" not in ROWS[type].place


@pytest.mark.parametrize(
    ("type", "argument"),
    [
        ("aws_codebuild_project", 'environment {\n type = "LINUX_GPU_CONTAINER"\n }'),
        ("awscc_eks_nodegroup", 'ami_type = "AL2023_x86_64_NVIDIA"'),
        ("awscc_ec2_capacity_reservation", 'instance_type = "p5.48xlarge"'),
        ("awscc_pcs_compute_node_group", 'instance_configs = [{ instance_type = "p5.48xlarge" }]'),
        ("awscc_ecs_task_definition", 'container_definitions = [{ resource_requirements = [{ type = "GPU" }] }]'),
        (
            "aws_ecs_capacity_provider",
            """managed_instances_provider {
              instance_launch_template {
                instance_requirements {
                  accelerator_types = ["gpu"]
                }
              }
            }""",
        ),
        ("aws_emr_instance_group", 'instance_type = "g5.xlarge"'),
        ("awscc_emr_cluster", 'instances = { task_instance_groups = [{ instance_type = "g5.xlarge" }] }'),
    ],
)
def test_compute_with_chips_is_a_workload(check: Check, type: str, argument: str) -> None:
    outcome = check(f'{HOME}resource "{type}" "x" {{\n {argument}\n}}\n')
    assert Role.ACCELERATOR in resource(outcome.graph, f"{type}.x").roles
