"""What of a source is hidden, and what is not. The secrets are made up and written in parts, for other scanners."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.redact import lines, plain, prose

LONG = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"


def shown(*source: str) -> list[str]:
    return list(lines(source, range(1, len(source) + 1)).values())


@pytest.mark.parametrize(
    "secret",
    [
        "AKIA" + "ABCDEFGHIJ234567",
        "ghp_" + LONG,
        "github_pat_" + LONG,
        "glpat-" + LONG,
        "xoxb-" + LONG,
        "sk-proj-" + LONG,
        "sk-ant-api03-" + LONG,
        "hf_" + LONG,
        "AIza" + LONG,
        "hvs." + LONG,
        "eyJ" + LONG + ".eyJ" + LONG + "." + LONG,
        "Bearer " + LONG,
        "postgres://app:" + LONG + "@db:5432/x",
        "https://x.blob.core.windows.net/c?sp=r&sig=" + LONG,
    ],
)
def test_tokens_are_known_by_their_look(secret: str) -> None:
    for text in (prose(f'for "{secret}" there'), *shown(f'  thing = "{secret}"')):
        assert secret[-12:-6] not in text, text
        assert "…" in text


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("https://x.example.io/?apiKey=6e7f-4a2b is", "https://x.example.io/?apiKey=… is"),
        ("AccountName=x;AccountKey=ab+/==;Suffix=y", "AccountName=x;AccountKey=…;Suffix=y"),
        ("Name=Root;SharedAccessKeyName=k;SharedAccessKey=a(b=", "Name=Root;SharedAccessKeyName=k;SharedAccessKey=…"),
        ("https://x/?sv=1&SIG=ab%2B&se=2", "https://x/?sv=1&SIG=…&se=2"),
        ("x?access_token=a&token=b&signature=c", "x?access_token=…&token=…&signature=…"),
        ("Server=h;Pwd=a,b;User=u", "Server=h;Pwd=…;User=u"),
        ("client_secret=a'b", "client_secret=…'b"),
        ("x?api_key%3Dabc&y", "x?api_key%3D…&y"),
        ("git::https://me:p@ss@h/x.git", "git::https://me:…@h/x.git"),
        ('{"password": "abc", "a": 1}', '{"password": "…", "a": 1}'),
        ('{\\"password\\": \\"abc\\"}', '{\\"password\\": \\"…\\"}'),
        ('{ name = "API_TOKEN", value = "abc" }', '{ name = "API_TOKEN", value = "…" }'),
        ("-----BEGIN " + "PRIVATE KEY-----\nMIIE\n-----END", "-----BEGIN " + "PRIVATE KEY…-----END"),
    ],
)
def test_settings_of_secret_names_are_hidden_in_messages(text: str, safe: str) -> None:
    assert prose(text) == safe
    assert prose(f"{text} … {text}") == f"{safe} … {safe}"


@pytest.mark.parametrize(
    "text",
    [
        "var.db_password: the variable has no default",
        "arn:aws:secretsmanager:eu-west-1:111122223333:secret:x",
        'module.m.aws_secretsmanager_secret.api["token"] (secret)',
        "max_tokens=100",
        "say --assume aws=REGION",
        "config=x;design=y",
    ],
)
def test_messages_without_a_secret_stay(text: str) -> None:
    assert prose(text) == text


def test_a_secret_setting_in_any_text_of_a_source_is_hidden() -> None:
    for secret in ("ab(cd", "123456"):
        assert shown(f'  value = "Server=h;Password={secret};User=u"') == ['  value = "Server=h;Password=…;User=u"']


@pytest.mark.parametrize(
    ("line", "safe"),
    [
        ('  password = "hunter2"', '  password = "…"'),
        ("  db_passwd: hunter2 # x", "  db_passwd: … # x"),
        ('  "client_secret": "a\\"b", "x": 1', '  "client_secret": "…", "x": 1'),
        ("API_KEY=abc.def", "API_KEY=…"),
        ('  OPENAI_API_KEY = "abc"', '  OPENAI_API_KEY = "…"'),
        ('  tags = { apiKey = "abc", region = "eu" }', '  tags = { apiKey = "…", region = "eu" }'),
        ('  { name = "API_TOKEN", value = "abc" }', '  { name = "API_TOKEN", value = "…" }'),
        ('  x = "Endpoint=sb://h/;SharedAccessKey=abc=;Name=n"', '  x = "Endpoint=sb://h/;SharedAccessKey=…;Name=n"'),
        ('  body = "{\\"password\\": \\"abc\\"}"', '  body = "{\\"password\\": \\"…\\"}"'),
        ("  token = 'abc", "  token = '…'"),
        ("API_KEY=ab\\cd", "API_KEY=…"),
        ('  password = "${var.user}-abc"', '  password = "…"'),
    ],
)
def test_literal_values_of_secret_names_are_hidden(line: str, safe: str) -> None:
    assert shown(line) == [safe]


@pytest.mark.parametrize(
    "line",
    [
        '  region = "us-east-1"',
        "  password = var.db_password",
        "  password = random_password.db.result",
        "  token = data.aws_eks_cluster_auth.main.token",
        "  api_key = lookup(var.keys, local.name)",
        "  max_tokens = 100000",
        "  use_secret = true",
        '  tokenizer = "bert"',
        'resource "aws_secretsmanager_secret" "api_key" {',
        '  name = "customer_data"',
        '  source = "https://example.com/a@b"',
    ],
)
def test_what_is_no_secret_stays(line: str) -> None:
    assert shown(line) == [line]


def test_a_private_key_is_hidden_to_its_end() -> None:
    start, end = "-----BEGIN RSA " + "PRIVATE KEY-----", "-----END RSA " + "PRIVATE KEY-----"
    source = ["key = <<E", start, "MIIE", "abcd", end, "E", 'region = "x"']
    assert shown(*source) == ["key = <<E", "-----BEGIN RSA PRIVATE KEY…", "…", "…", end, "E", 'region = "x"']
    assert "MIIE" not in shown(f'key = "{start}\\nMIIE\\n{end}\\n"')[0]


def test_a_secret_heredoc_is_hidden_to_its_end() -> None:
    source = ["password = <<-EOT", "  hunter2", "  EOT", 'region = "x"']
    assert shown(*source) == ["password = <<-EOT", "…", "  EOT", 'region = "x"']


def test_a_secret_block_of_yaml_is_hidden_to_its_end() -> None:
    source = ["  password: |", "    hunter2", "", "    x", "  region: eu"]
    assert shown(*source) == ["  password: |", "…", "…", "…", "  region: eu"]


def test_a_value_belongs_to_the_name_above_it() -> None:
    source = ["- name: API_TOKEN", "  value: abc", "- name: REGION", "  value: eu", "  value: eu"]
    assert shown(*source)[1] == "  value: …"
    assert shown(*source)[4] == "  value: eu"


def test_the_default_of_a_secret_variable() -> None:
    source = ['variable "db_password" {', "  type = string", '  default = "abc"', "}", 'variable "region" {']
    assert shown(*source, '  default = "eu"')[2::3] == ['  default = "…"', '  default = "eu"']


def test_only_wanted_lines_come_back_though_all_are_read() -> None:
    assert lines(["password = <<E", "abc", "E", "x"], {2, 4, 9}) == {2: "…", 4: "x"}


def test_columns_before_a_hidden_value_stay() -> None:
    line = '\tregion = "x" # \x1b[31m'
    assert len(plain(line)) == len(line)
    assert plain(line) == ' region = "x" # \ufffd[31m'


@given(st.text())
def test_plain_text_is_one_line_that_encodes(text: str) -> None:
    assert len(plain(text)) == len(text)
    plain(text).encode()
    assert "\n" not in plain(text)


@pytest.mark.parametrize(
    "piece",
    [
        "eyJ-",
        "token",
        "apiKey=",
        "pwd=a;",
        "name=",
        "a://",
        '\\"',
        "password = ",
        "sk-",
        "hvs.",
        "-----BEGIN ",
        "x:",
        "'",
    ],
)
def test_a_hostile_line_takes_no_time(piece: str) -> None:
    started = time.process_time()
    shown(*[piece * (100_000 // len(piece))] * 3)
    prose(piece * 100_000)
    assert time.process_time() - started < 1
