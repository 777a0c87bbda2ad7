"""Model lists of LiteLLM gateways: whose each entry is, where it is called, and what is nobody's to say."""

from __future__ import annotations

import pytest

from checker import endpoints, model_lists
from checker.model import FileLocation, Unknown, Value

AT = FileLocation("a.yaml", 3)


def told(params: str, environment: dict[str, str] | None = None) -> dict[str, object]:
    text = f"model_list:\n- model_name: x\n  litellm_params: {{{params}}}\n"
    known = {name: Value(data) for name, data in (environment or {}).items()}
    (entry,) = model_lists.in_text(Value(text, location=AT), known)
    assert entry.name == "x"
    return {name: value.data for name, value in entry.body.items() if isinstance(value, Value)}


@pytest.mark.parametrize(
    ("model", "provider", "rest"),
    [
        ("openai/gpt-4o", "openai", "gpt-4o"),
        ("gpt-4o", "openai", "gpt-4o"),
        ("o3", "openai", "o3"),
        ("claude-sonnet-4-5", "anthropic", "claude-sonnet-4-5"),
        ("gemini-2.5-pro", "vertex_ai", "gemini-2.5-pro"),
        ("gemini/gemini-2.5-pro", "gemini", "gemini-2.5-pro"),
        ("anthropic.claude-3-haiku-20240307-v1:0", "bedrock", "anthropic.claude-3-haiku-20240307-v1:0"),
        ("bedrock/converse/eu.amazon.nova-lite-v1:0", "bedrock", "eu.amazon.nova-lite-v1:0"),
        ("openrouter/openai/gpt-4o", "openrouter", "openai/gpt-4o"),
        ("our-own-model", "unlisted", "our-own-model"),
        ("*", "unlisted", "*"),
    ],
)
def test_whose_a_model_is(model: str, provider: str, rest: str) -> None:
    found = told(f'model: "{model}"')
    assert (found["custom_llm_provider"], found["base_model"]) == (provider, rest)


def test_a_region_is_stated_or_in_the_model_or_in_the_environment() -> None:
    assert told("model: bedrock/x, aws_region_name: eu-west-1")["aws_region_name"] == "eu-west-1"
    assert told("model: bedrock/eu-west-3/x")["aws_region_name"] == "eu-west-3"
    assert told("model: bedrock/x", {"AWS_REGION": "eu-north-1"})["aws_region_name"] == "eu-north-1"
    assert told("model: bedrock/x, aws_region_name: os.environ/A", {"A": "us-east-1"})["aws_region_name"] == "us-east-1"
    assert isinstance(told("model: bedrock/x")["aws_region_name"], Unknown)
    assert isinstance(told("model: bedrock/x, aws_region_name: os.environ/A")["aws_region_name"], Unknown)


def test_a_host_decides_whatever_the_provider() -> None:
    found = told("model: openai/x, api_base: https://api.mistral.ai/v1")
    assert (found["custom_llm_provider"], "undecided" in found) == ("api_base", False)
    own = told("model: openai/x, api_base: http://vllm:8000")
    assert (own["custom_llm_provider"], isinstance(own["undecided"], Unknown)) == ("api_base", True)
    assert isinstance(told("model: azure/x")["undecided"], Unknown)
    assert (
        told("model: openai/x", {"OPENAI_BASE_URL": "https://eu.api.openai.com"})["custom_llm_provider"] == "api_base"
    )


@pytest.mark.parametrize(
    "text",
    [
        "model_list: [litellm_params",
        "model_list: litellm_params",
        "model_list: [{litellm_params: 1}, {litellm_params: {model: [x]}}, 3, null]",
        "litellm_params: {model: x}\nmodel_list: {}",
        "a: &a [x, x]\nb: &b [*a, *a, *a, *a]\nc: &c [*b, *b, *b, *b]\nmodel_list: {litellm_params: *c}",
    ],
)
def test_what_is_no_list_of_models(text: str) -> None:
    assert model_lists.in_text(Value(text, location=AT), {}) == []


def test_aliases_do_not_grow_without_bounds() -> None:
    levels = "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9))
    text = f"a0: &a0 x\n{levels}\nmodel_list: [{{litellm_params: {{model: gpt-4o, tags: *a8}}}}]"
    (entry,) = model_lists.in_text(Value(text, location=AT), {})
    assert entry.name == "gpt-4o"


def test_each_entry_has_an_address_and_a_line_of_its_own() -> None:
    block = "model_list:\n- litellm_params:\n    model: gpt-4o\n- litellm_params:\n    model: gpt-4o\n"
    file = ["data:", "# about it", "  config: |", *(f"    {line}" for line in block.splitlines())]
    found = model_lists.in_text(Value(block, location=AT), {}, file)
    assert model_lists.addresses(found, "C/c") == ["C/c/gpt-4o", "C/c/gpt-4o#2"]
    assert [entry.location.line for entry in found if entry.location] == [6, 8]


def test_the_rest_of_a_configuration_stays() -> None:
    text = "general_settings: {a: 1}\nmodel_list:\n- litellm_params: {model: x}\n# more\nlitellm_settings: {b: 2}\n"
    rest = model_lists.without(Value(text), ["A/b"])
    assert rest.data == "general_settings: {a: 1}\nlitellm_settings: {b: 2}\n"
    assert [target.address for target in rest.targets] == ["A/b"]


def test_images_of_model_servers_are_told_by_their_names() -> None:
    examples = [image.example for vendor in endpoints.vendors() for image in vendor.images]
    assert examples
    assert all(endpoints.serves_models(f"{example}:1.0") for example in examples)
    assert endpoints.serves_models("localhost:5000/ollama/ollama")
    assert endpoints.serves_models("vllm/vllm-openai:${TAG}")
    assert not any(map(endpoints.serves_models, ("acme/ollama", "ollama-ui", "nginx", "", "acme/myollama/ollama-x")))
