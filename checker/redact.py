"""What of a checked source may be shown: no control characters, and no value that looks like a secret.

What is checked is somebody else's code, so a report is a way for it to reach a terminal or a log. Hiding too much costs
a reader a glance at the file; hiding too little publishes a password.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable

HIDDEN = "…"
# Longer text is cut before any pattern looks at it: the patterns are for lines that people write.
LONGEST = 2000

# Keys and tokens that are known by how they begin, as their issuers document it, and the fewest characters after that.
_BEGINNINGS = {
    **dict.fromkeys(("AKIA", "ASIA", "ABIA", "ACCA"), 16),  # AWS
    **dict.fromkeys(("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"), 20),  # GitHub
    "glpat-": 16,  # GitLab
    **dict.fromkeys(("xoxa-", "xoxb-", "xoxe-", "xoxp-", "xoxr-", "xoxs-"), 10),  # Slack
    "sk-": 16,  # OpenAI, Anthropic
    **dict.fromkeys(("sk_live_", "sk_test_", "rk_live_", "rk_test_"), 10),  # Stripe
    "hf_": 20,  # Hugging Face
    "AIza": 30,  # Google
    **dict.fromkeys(("ya29.", "GOCSPX-"), 10),
    **dict.fromkeys(("hvs.", "hvb.", "hvr."), 20),  # Vault
    **dict.fromkeys(("pul-", "npm_", "pypi-", "dop_v1_", "dapi"), 30),  # Pulumi, npm, PyPI, DigitalOcean, Databricks
}
# (what such a text contains in lower case, pattern): most text contains none of it, and then no pattern is tried.
# The first group of a pattern stays.
_TOKENS = (
    *((b.lower(), rf"(?<![\w-])({re.escape(b)})[\w-]{{{fewest},1024}}") for b, fewest in _BEGINNINGS.items()),
    (".atlasv1.", r"\b(\w{4})\w{10}\.atlasv1\.[\w-]{40,255}"),  # HCP Terraform
    ("eyj", r"(?<![\w-])(eyJ)[\w-]{8,}+\.[\w-]{8,}+(?:\.[\w-]*+)?"),  # JSON Web Tokens
    ("bearer ", r"(?i:\b(bearer ))[A-Za-z0-9+/=._~-]{12,1024}"),
    ("basic ", r"(?i:\b(basic ))[A-Za-z0-9+/=._~-]{12,1024}"),
    ("://", r"(\b[A-Za-z][A-Za-z0-9+.-]{1,30}://[^\s/:@\"']{0,255}:)[^\s/\"']{1,255}(?=@)"),  # scheme://user:password@
    ("sig", r"(?i:([?&;](?:sig|x-amz-signature|x-goog-signature)=))[\w%+/=-]{8,1024}"),  # signed URLs
)

# Words in the name of an argument, variable or setting whose value is a secret.
_WORD = (
    r"(?:passw(?:or)?d|passphrase|pwd|secret|token(?!iz)|api[_-]?key|apikey|access[_-]?key|account[_-]?key|shared[_-]?key"
    r"|sharedaccesskey|private[_-]?key|encryption[_-]?key|credential|connection[_-]?string|client[_-]?key|sas[_-]?(?:token|url))"
)
_NAME = rf"{_WORD}[\w.-]{{0,64}}"
_QUOTED = r'"[^"\\]*+(?>(?:\\.[^"\\]*+)*)(?:"|$)' + r"|'[^'\\]*+(?>(?:\\.[^'\\]*+)*)(?:'|$)"
_BARE = r"(?>(?:[^\s\\\"'#,;&{}\[\]()<|]++|\\(?![\"']))+)"
_ASSIGNMENT = re.compile(
    rf"(?P<head>{_NAME}[\"']?\]?\s{{0,80}}(?:=>|:=|=|:)\s{{0,80}})(?:(?P<quoted>{_QUOTED})|(?P<bare>{_BARE})(?!\())",
    re.IGNORECASE,
)
# Parts of connection strings and query strings: AccountKey=…;  ?apiKey=…&  (%3D is an equals sign in a URL)
_SETTING = re.compile(
    rf"(?P<head>(?:{_WORD}|(?<![a-z])sig(?:nature)?|accesssignature)(?:=|%3d))(?P<bare>[^;&\s\"']++)", re.IGNORECASE
)
# "password": "…" in one line of text, where a bare word after a colon is a person's: `var.token: it has no default`.
_STRING = re.compile(
    rf"(?P<head>{_NAME}[\"']?\]?\s{{0,80}}(?:=>|:=|=|:)\s{{0,80}})(?P<quoted>{_QUOTED})", re.IGNORECASE
)
# Text inside text: JSON in a string keeps its quotes behind backslashes.
_ESCAPED = re.compile(
    rf"(?P<head>{_NAME}\\[\"']\s{{0,80}}[:=]\s{{0,80}}\\[\"'])(?>(?:[^\\\"']++|\\[^\"'])*)", re.IGNORECASE
)
# { name = "OPENAI_API_KEY", value = "…" } and its spellings in JSON and YAML.
_NAMED = re.compile(r"\bname[\"']?\s{0,80}[:=]", re.IGNORECASE)
_LITERAL = rf"[\"']?\s{{0,80}}[:=]\s{{0,80}})(?:(?P<quoted>{_QUOTED})|(?P<bare>{_BARE})(?!\())"
_VALUE = re.compile(rf"(?P<head>\bvalue{_LITERAL}", re.IGNORECASE)
# variable "db_password" { default = "…" }
_VARIABLE = re.compile(r"\s{0,80}variable\s{1,80}\"")
_DEFAULT = re.compile(rf"(?P<head>\bdefault{_LITERAL}")
_SECRET = re.compile(_NAME, re.IGNORECASE)
# What is no secret in itself: references to other things, switches and numbers.
_HARMLESS = re.compile(
    r"(?:true|false|null|none|\d{1,6}|(?:var|local|data|module|each|self|[a-z]+_\w+)\.[\w.*-]+)", re.IGNORECASE
)

_KEY_START = re.compile(r"-----BEGIN [A-Z0-9 ]{0,64}PRIVATE KEY")
_KEY_END = "-----END"
_KEY = re.compile(rf"({_KEY_START.pattern}).*?(?={_KEY_END}|$)")
# password = <<EOT … EOT, or the block scalar of YAML: `password: |`
_HEREDOC = re.compile(
    rf"{_NAME}[\"']?\s{{0,80}}[:=]\s{{0,80}}(?:<<[-~]?\s{{0,8}}[\"']?(?P<tag>\w{{1,64}})|[|>][-+0-9]{{0,3}}\s{{0,80}}$)",
    re.IGNORECASE,
)
_NEAR = 3  # lines between a name and the value that belongs to it


def plain(text: str) -> str:
    """Return text as one line of the same length without control, format or unpaired characters.

    Line breaks and tabs become spaces; everything else that a terminal could obey, or that turns the direction of
    writing, becomes U+FFFD.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_shown, text))


def tokens(text: str) -> str:
    """Return text without keys, tokens and passwords that are known by their own look: for messages and addresses."""
    lower = text.lower()
    for core, pattern in _TOKENS:
        if core in lower:
            text = re.sub(pattern, rf"\g<1>{HIDDEN}", text)
    return text


def prose(text: str) -> str:
    """Return what a report may say of a text that was made of the checked source: an address, a message, a trail.

    It is `plain`, without `tokens`, and what is assigned to a secret-looking name in it is hidden. Equal texts stay
    equal.
    """
    text = tokens(plain(text if len(text) <= LONGEST else text[:LONGEST] + HIDDEN))
    text = _SETTING.sub(rf"\g<head>{HIDDEN}", text)
    text = _KEY.sub(rf"\g<1>{HIDDEN}", text)
    if _SECRET.search(text) is None:
        return text
    text = _STRING.sub(_hide_quoted, _ESCAPED.sub(rf"\g<head>{HIDDEN}", text))
    return _VALUE.sub(_hide, text) if _NAMED.search(text) else text


def lines(source: Iterable[str], wanted: Container[int]) -> dict[int, str]:
    """Return the wanted lines of a source by their 1-based numbers, fit to be shown.

    Literal values under secret-looking names, private keys and `tokens` are hidden. The source begins at its first
    line, since a secret may reach over several. What comes before the first hidden value of a line keeps its columns.
    """
    shown: dict[int, str] = {}
    end: str | int = ""  # what ends the stretch that is hidden: a line's text, or the indent to fall back to
    near = 0  # for so many lines `value =` belongs to a secret's name
    variable = False  # inside `variable "db_password" {`
    for number, line in enumerate(source, start=1):
        text = line[:LONGEST]
        if end != "" and not _ends(text, end):
            if number in wanted:
                shown[number] = HIDDEN
            continue
        secret = _SECRET.search(text) is not None
        near = _NEAR if secret and _NAMED.search(text) else max(near - 1, 0)
        variable = secret if _VARIABLE.match(text) else variable and not text.startswith("}")
        end, cut = _stretch(text)
        if number in wanted:
            shown[number] = tokens(_literals(plain(text[:cut]), value=near > 0, default=variable)) + (
                HIDDEN if cut else ""
            )
    return shown


def _literals(line: str, *, value: bool, default: bool) -> str:
    line = _ESCAPED.sub(rf"\g<head>{HIDDEN}", line)
    line = _ASSIGNMENT.sub(_hide, line)
    # A number that stands right after such a word is no count of tokens: Pwd=123456;
    line = _SETTING.sub(lambda m: f"{m['head']}{HIDDEN}" if m["bare"].isdigit() else _hide_bare(m), line)
    if value:
        line = _VALUE.sub(_hide, line)
    return _DEFAULT.sub(_hide, line) if default else line


def _stretch(line: str) -> tuple[str | int, int | None]:
    """Return what ends a secret that goes on after this line ("" for none), and where to cut this line."""
    key = _KEY_START.search(line)
    if key:
        return ("" if _KEY_END in line[key.end() :] else _KEY_END), key.end()
    heredoc = _HEREDOC.search(line)
    if heredoc is None:
        return "", None
    if heredoc["tag"]:
        return heredoc["tag"], None
    return _indent(line), None


def _ends(line: str, end: str | int) -> bool:
    if isinstance(end, int):
        return bool(line.strip()) and _indent(line) <= end
    return line.strip().startswith(end)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _hide(match: re.Match[str]) -> str:
    return _hide_quoted(match) if match["quoted"] is not None else _hide_bare(match)


def _hide_quoted(match: re.Match[str]) -> str:
    quote = match["quoted"][0]
    return f"{match['head']}{quote}{HIDDEN}{quote}"


def _hide_bare(match: re.Match[str]) -> str:
    return match[0] if _HARMLESS.fullmatch(match["bare"]) else f"{match['head']}{HIDDEN}"


def _shown(character: str) -> str:
    if character in "\t\n\r":
        return " "
    return "\ufffd" if unicodedata.category(character) in _NEVER else character


# Controls, formats (direction marks, zero widths), unpaired halves, and line and paragraph separators.
_NEVER = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
