"""Users' policies in reports, in exceptions, in the commands that show policies, and on their page."""

from __future__ import annotations

import csv
import enum
import io
import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # its stubs are not needed for anything else
import pytest

from checker import claims, custom, model, registry

Run = Callable[..., Any]
HOME = Path(__file__).resolve().parents[2]
PAGE = (HOME / "docs/policies.md").read_text(encoding="utf-8")
POLICY = '''"""Nothing is in Paris.

Because.
"""

from checker.model import Claim, Severity, Verdict

TITLE = "Something is in Paris"
PROVISIONS = ("gdpr-44",)


def check(resource, context):
    for place in resource.places:
        if place.name == "eu-west-3":
            yield Claim(Verdict.OUTSIDE, Severity.HIGH, f"{resource.address} is in Paris", place, "leave")
'''
HEAD = '"""A page."""\nfrom checker.model import *\nTITLE = "x"\n'


def write(text: str = POLICY, name: str = "../policies/not_paris.py") -> str:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text)
    return name


# --- in reports


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch) -> None:
    """State whose Security Hub a report in asff is for."""
    monkeypatch.setenv("AWS_ACCOUNT_ID", "111122223333")
    monkeypatch.setenv("AWS_REGION", "eu-west-3")


@pytest.mark.usefixtures("infra")
def test_every_report_has_it(euclave: Run) -> None:
    file = write()
    for name in registry.report_names():
        assert "is in Paris" in euclave("check", "-f", name, "--policy", file).out, name


@pytest.mark.usefixtures("infra")
def test_every_report_has_a_fault(euclave: Run) -> None:
    file = write(HEAD + "def check(r, c):\n    1 / 0\n")
    for name in registry.report_names():
        done = euclave("check", "-f", name, "--policy", file)
        assert done.code == 3
        if name not in ("csv", "codequality"):  # which list findings alone
            assert "the policy not-paris" in done.out, name


@pytest.mark.usefixtures("infra")
def test_the_json_report_keeps_its_shape(euclave: Run) -> None:
    report = json.loads(euclave("check", "-f", "json", "--policy", write()).out)
    jsonschema.validate(report, json.loads((HOME / "checker/data/euclave-report-2.schema.json").read_text()))
    (finding,) = [one for one in report["findings"] if one["policy"] == "not-paris"]
    assert finding["relevant_to"] == ["GDPR Art. 44"]
    assert (finding["place"], finding["location"]["line"], finding["tip"]) == ("eu-west-3", 2, "leave")
    assert report["summary"]["counts"]["own_policies"] == 1


@pytest.mark.usefixtures("infra")
def test_sarif_has_its_page_even_when_it_finds_nothing(euclave: Run) -> None:
    clean = write(POLICY.replace("eu-west-3", "eu-west-9").replace("Paris", "Lyon"), "../policies/not_lyon.py")
    log = json.loads(euclave("check", "-f", "sarif", "--policy", write(), "--policy", clean).out)["runs"][0]
    rules = {rule["id"]: rule for rule in log["tool"]["driver"]["rules"]}
    assert rules["not-paris"]["help"]["text"] == "Nothing is in Paris.\n\nBecause."
    assert rules["not-paris"]["shortDescription"]["text"] == "Nothing is in Paris."
    assert rules["not-lyon"]["shortDescription"]["text"] == "Nothing is in Lyon."
    for result in log["results"]:
        assert log["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


@pytest.mark.usefixtures("infra")
def test_without_provisions_nothing_is_said_of_them(euclave: Run) -> None:
    with_them, without = write(), write(POLICY.replace("PROVISIONS", "OTHER"), "../policies/other.py")
    for command in (["check"], ["explain", "aws_sagemaker_notebook_instance.lab"]):
        done = [euclave(*command, "--policy", file).out for file in (with_them, without)]
        assert [text.count("relevant to GDPR Art. 44\n") for text in done] == [1, 0], command
        assert "relevant to \n" not in done[1]


@pytest.mark.usefixtures("infra")
def test_csv_has_its_row(euclave: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(euclave("check", "-f", "csv", "--policy", write()).out)))
    assert [row["address"] for row in rows if row["policy"] == "not-paris"] == ["aws_sagemaker_notebook_instance.lab"]


@pytest.mark.usefixtures("infra")
def test_several_claims_about_one_place_are_told_apart(euclave: Run) -> None:
    text = HEAD + "def check(r, c):\n    for word in 'ab':\n        yield Claim(Verdict.OUTSIDE, Severity.HIGH, word)\n"
    report = json.loads(euclave("check", "-f", "json", "--policy", write(text)).out)
    prints = [one["fingerprint"] for one in report["findings"] if one["policy"] == "not-paris"]
    assert len(prints) == len(set(prints)) == 4


@pytest.mark.usefixtures("infra")
def test_severity_is_what_the_policy_says(euclave: Run) -> None:
    """A vendor's wider Europe is low in our policies, since a configuration may accept it; a user's decides itself."""
    Path("main.tf").write_text(
        'resource "openai_project" "x" {\n  name = "x"\n  residency = "EU_STORAGE_PROCESSING"\n}\n'
    )
    text = HEAD + (
        "def check(r, c):\n    for p in r.places:\n"
        "        yield Claim(Verdict.OUTSIDE, Severity.HIGH, p.accept, p, 'own tip')\n"
    )
    done = euclave("check", "--policy", write(text))
    assert (done.code, "high outside[not-paris]: openai:europe" in done.out, "own tip" in done.out) == (1, True, True)


# --- exceptions and rules


def except_notebook(policy: str) -> None:
    comment = f'# euclave:ignore[{policy}] reason="lab"\n  region = "eu-west-3"'
    Path("main.tf").write_text(Path("main.tf").read_text().replace('region = "eu-west-3"', comment))


@pytest.mark.usefixtures("infra")
def test_a_comment_excepts_it(euclave: Run) -> None:
    except_notebook("not-paris")
    done = euclave("check", "-q", "--policy", write())
    assert ("outside[not-paris]" in done.out, "1 excepted" in done.out) == (False, True)
    # Without the policy its name says nothing, and that is said.
    done = euclave("check")
    assert "there is no policy 'not-paris'" in done.out
    assert "--policy" in done.out


@pytest.mark.usefixtures("infra")
def test_a_rule_of_the_configuration_excepts_it(euclave: Run) -> None:
    rule = '[[ignore]]\npolicy = "not-paris"\naddress = "*"\nreason = "lab"\n'
    Path("euclave.toml").write_text(rule)
    assert "1 excepted" in euclave("check", "--policy", write()).out
    done = euclave("check")
    assert (done.code, "there is no policy 'not-paris'" in done.err, "--policy" in done.err) == (2, True, True)


@pytest.mark.usefixtures("infra")
def test_a_baseline_has_it(euclave: Run) -> None:
    file = write()
    assert "2 findings, 2 added" in euclave("baseline", "--policy", file).out
    done = euclave("check", "--baseline", "euclave-baseline.json", "--policy", file)
    assert (done.code, "2 excepted" in done.out) == (0, True)


def test_since_compares_by_it(euclave: Run, infra: Path) -> None:
    (infra / ".git").rmdir()
    commands = (["init", "-q"], ["add", "."], ["-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "-qmx"])
    for command in commands:
        subprocess.run(["git", *command], check=True, env=os.environ | {"GIT_CONFIG_GLOBAL": os.devnull})
    more = 'resource "aws_sagemaker_notebook_instance" "new" {\n  instance_type = "ml.t3.medium"\n}\n'
    Path("main.tf").write_text(Path("main.tf").read_text() + more)
    done = euclave("check", "-q", "--since", "HEAD", "--policy", write())
    assert "outside[not-paris]: aws_sagemaker_notebook_instance.new is in Paris" in done.out
    assert "aws_sagemaker_notebook_instance.lab is in Paris" not in done.out


@pytest.mark.usefixtures("infra")
def test_rules_lists_it_and_prints_its_page(euclave: Run) -> None:
    file = write()
    listed = euclave("rules", "--policy", file).out.splitlines()
    assert [line.split()[0] for line in listed] == [*registry.policy_ids(), "not-paris"]
    assert listed[-1].endswith("  Something is in Paris")
    page = "# not-paris\n\nNothing is in Paris.\n\nBecause.\n"
    assert euclave("rules", "not-paris", "--policy", file).out == page
    assert euclave("rules", "show", "not-paris", "--policy", file).out == page
    assert euclave("rules", "not-paris").code == 2
    assert "did you mean not-paris?" in euclave("rules", "not-pari", "--policy", file).err
    assert euclave("rules", "show").code == euclave("rules", "a", "b").code == 2


def test_explain_has_its_finding(euclave: Run, infra: Path) -> None:
    assert infra.is_dir()
    assert "is in Paris" in euclave("explain", "aws_sagemaker_notebook_instance.lab", "--policy", write()).out


# --- docs/policies.md


def test_the_example_of_the_page_is_the_fixture() -> None:
    file = HOME / "fixtures/own-policy/country_of_workload.py"
    assert f"```python\n{file.read_text(encoding='utf-8')}```\n" in PAGE
    (policy,) = custom.load([file])
    assert policy.id == "country-of-workload"


@pytest.mark.parametrize("file", ["fixtures/own-policy/country_of_workload.py", "checker/data/policy/policy.txt"])
def test_examples_use_what_is_stable(file: str) -> None:
    text = (HOME / file).read_text(encoding="utf-8")
    imports = [line for line in re.findall(r"^from (.*)$", text, re.MULTILINE) if line.startswith("checker")]
    assert {line.split(" import ")[0] for line in imports} <= {"checker", "checker.model"}
    headings = " ".join(re.findall(r"^### (.*)$", PAGE, re.MULTILINE))
    documented = set(re.findall(r"\w+", headings))
    assert {name for line in imports for name in line.split(" import ")[1].split(", ")} <= documented


def test_the_page_names_what_exists_and_has_a_docstring() -> None:
    public = []
    for title, table in re.findall(r"^### (\S.*?)\n\n(\|.*?)\n\n", PAGE, re.MULTILINE | re.DOTALL):
        rows = [row.split(" | ") for row in table.splitlines()[2:]]
        for names, said in ((re.findall(r"`(\w+)`", row[0]), row[1]) for row in rows):
            for name in names:
                owner = claims if title == "checker.claims" else model if "," in title else getattr(model, title)
                assert hasattr(owner, name), f"{title}: {name}"
                public.append(owner if isinstance(owner, type) else getattr(owner, name))
                found = getattr(owner, name)
                if isinstance(found, type) and issubclass(found, enum.Enum):
                    assert re.findall(r"`(\w+)`", said) == list(found.__members__)
    assert len(public) > 40
    # A dataclass without a docstring of its own has its signature for one.
    assert [one for one in public if not one.__doc__ or one.__doc__.startswith(f"{one.__name__}(")] == []
