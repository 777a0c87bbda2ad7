"""Users' policies: where they may be, what is none, what they do to reports, and how their faults are contained."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from checker import custom
from checker.errors import UsageError

Run = Callable[..., Any]
HOME = Path(__file__).resolve().parents[2]
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
OURS = "high outside[ai-placement]: aws_sagemaker_domain.studio"


def write(text: str = POLICY, name: str = "../policies/not_paris.py") -> str:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text)
    return name


def ours(text: str) -> str:
    """Return what a report says of our policies: its lines without those of the user's."""
    return "\n".join(line for line in text.splitlines() if OURS in line)


# --- where a policy may be


@pytest.mark.usefixtures("infra")
def test_a_policy_beside_the_repository_judges(euclave: Run) -> None:
    done = euclave("check", "-q", "--policy", write())
    assert done.code == 1
    assert "main.tf:2:12: high outside[not-paris]: aws_sagemaker_notebook_instance.lab is in Paris" in done.out
    assert OURS in done.out
    assert "policies of your own: not-paris" in done.out
    assert "not-paris" not in euclave("check", "-q").out


@pytest.mark.usefixtures("infra")
@pytest.mark.parametrize("command", [["check"], ["explain", "aws_sagemaker_domain.studio"], ["graph"], ["baseline"]])
def test_a_policy_in_the_checked_tree_is_refused(euclave: Run, command: list[str], infra: Path) -> None:
    file = write(f'open("{infra}/ran", "w")\n{POLICY}', "tools/not_paris.py")
    done = euclave(*command, "--policy", file)
    assert (done.code, done.out) == (2, "")
    assert "inside of" in done.err
    assert "repository of their own" in done.err
    assert not (infra / "ran").exists()


def refused(euclave: Run, file: str, *more: str) -> bool:
    done = euclave("check", "--policy", file, *more)
    return done.code == 2 and "which is checked" in done.err


@pytest.mark.usefixtures("infra")
def test_a_path_that_leads_back_is_refused(euclave: Run) -> None:
    write(name="tools/not_paris.py")
    assert refused(euclave, "../policies/../infra/tools/not_paris.py")
    assert not refused(euclave, f"tools/../../policies/{Path(write()).name}")


@pytest.mark.usefixtures("infra")
def test_links_count_on_both_ends(euclave: Run, tmp_path: Path) -> None:
    write(name="tools/not_paris.py")
    write()
    # From outside to the tree, by the file and by a folder.
    Path("../policies/linked.py").symlink_to(tmp_path / "infra/tools/not_paris.py")
    Path("../folder").symlink_to("infra/tools")
    # From the tree to outside: whoever changes the tree chooses what runs.
    Path("out.py").symlink_to("../policies/not_paris.py")
    Path("outer").symlink_to(tmp_path / "policies")
    # From outside to the tree and out again.
    Path("../policies/twice.py").symlink_to("../infra/out.py")
    for file in ("../policies/linked.py", "../folder/not_paris.py", "out.py", "outer/not_paris.py"):
        assert refused(euclave, file), file
    assert refused(euclave, "../policies/twice.py")
    # A link that never comes near is fine.
    Path("../policies/other.py").symlink_to("not_paris.py")
    assert euclave("check", "-q", "--policy", "../policies/other.py").code == 1


@pytest.mark.usefixtures("infra")
def test_links_in_a_circle_are_refused(tmp_path: Path) -> None:
    Path("../a.py").symlink_to("b.py")
    Path("../b.py").symlink_to("a.py")
    with pytest.raises(UsageError, match="too many links"):
        custom.refuse_inside(Path("../a.py"), [Path()], "--policy")


@pytest.mark.usefixtures("infra")
def test_the_whole_repository_is_the_tree(euclave: Run) -> None:
    """Checking a folder, or a submodule, does not make the rest of its repository a safe place."""
    write(name="tools/not_paris.py")
    (Path("modules/net/.git")).mkdir(parents=True)
    shutil.copy("main.tf", "modules/net")
    assert refused(euclave, "tools/not_paris.py", "modules/net")
    assert refused(euclave, "tools/not_paris.py", "--changed", "modules/net/main.tf")


def test_every_checked_path_counts(euclave: Run, infra: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(infra.parent)
    shutil.copytree("infra", "second")
    write(name="second/tools/not_paris.py")
    assert refused(euclave, "second/tools/not_paris.py", "infra", "second")
    assert not refused(euclave, "second/tools/not_paris.py", "infra")


def test_without_a_repository_the_current_folder_is_the_tree(
    euclave: Run, infra: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (infra / ".git").rmdir()
    assert euclave("check", "-q", "--policy", write()).code == 1
    monkeypatch.chdir(infra.parent)
    assert refused(euclave, "policies/not_paris.py", "infra")
    assert (
        "start from within the folder you check" in euclave("check", "infra", "--policy", "policies/not_paris.py").err
    )


@pytest.mark.usefixtures("infra")
def test_a_configuration_that_is_found_names_no_policy(euclave: Run) -> None:
    for file, text in (("euclave.toml", "policies = [{}]"), ("pyproject.toml", "[tool.euclave]\npolicies = [{}]")):
        Path(file).write_text(text.format(json.dumps(write())))
        done = euclave("check")
        assert (done.code, done.out) == (2, "")
        assert f"{file} names policies" in done.err
        Path(file).unlink()


@pytest.mark.usefixtures("infra")
def test_a_configuration_outside_that_is_named_may_name_policies(euclave: Run) -> None:
    write()
    Path("../policies/ci.toml").write_text('policies = ["not_paris.py"]\n')
    assert "outside[not-paris]" in euclave("check", "-q", "--config", "../policies/ci.toml").out
    Path("ci.toml").symlink_to("../policies/ci.toml")
    done = euclave("check", "--config", "ci.toml")
    assert (done.code, "which is checked" in done.err) == (2, True)
    write(name="tools/not_paris.py")
    Path("../policies/ci.toml").write_text('policies = ["../infra/tools/not_paris.py"]\n')
    done = euclave("check", "--config", "../policies/ci.toml")
    assert (done.code, "which is checked" in done.err) == (2, True)
    Path("../policies/ci.toml").write_text('policies = ["gone.py"]\n')
    assert "there is no file" in euclave("check", "--config", "../policies/ci.toml").err


@pytest.mark.usefixtures("infra")
def test_neighbours_of_a_policy_and_of_the_code_are_not_imported(euclave: Run) -> None:
    for name in ("../policies/neighbour.py", "neighbour.py"):
        write('raise SystemExit("imported")\n', name)
    done = euclave("check", "--policy", write(f"import neighbour\n{POLICY}"))
    assert done.code == 2
    assert "../policies/not_paris.py:1: the policy not-paris fails: ModuleNotFoundError" in done.err
    assert "its folder is not searched" in done.err


@pytest.mark.usefixtures("infra")
def test_nothing_is_written_beside_a_policy_and_nothing_compiled_is_read(euclave: Run) -> None:
    before = list(sys.path)
    assert euclave("check", "-q", "--policy", write()).code == 1
    assert sorted(path.name for path in Path("../policies").iterdir()) == ["not_paris.py"]
    assert sys.path == before


# --- what is no policy


@pytest.mark.usefixtures("infra")
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def check(:\n", ":1: the policy not-paris fails: SyntaxError"),
        ("x = 1\n\nraise ValueError('no')\n", ":3: the policy not-paris fails: ValueError: no"),
        ("def f():\n    return {}['x']\nf()\n", ":2: the policy not-paris fails: KeyError"),
        ("import sys\nsys.exit(0)\n", ":2: the policy not-paris fails: SystemExit"),
        ("\0", "the policy not-paris fails: "),
        ("", "has no function check"),
        (POLICY.replace("def check(", "def verify("), "has no function check"),
        (POLICY.replace("(resource, context)", "(resource)"), ":12: check of the policy not-paris does not take"),
        (POLICY.replace("TITLE", "NAME"), "has no TITLE"),
        (POLICY.replace('TITLE = "Something is in Paris"', "TITLE = 3"), "has no TITLE"),
        (POLICY.replace('"""', "'''", 2).replace("'''Nothing", "_ = '''Nothing"), "has no docstring"),
        (POLICY.replace("gdpr-44", "gdpr-4"), "did you mean gdpr-44?"),
        (POLICY.replace('("gdpr-44",)', '"gdpr-44"'), "is no tuple"),
    ],
)
def test_what_is_no_policy_ends_before_anything_is_judged(euclave: Run, text: str, said: str) -> None:
    done = euclave("check", "--policy", write(text))
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "../policies/not_paris.py" in done.err


@pytest.mark.usefixtures("infra")
@pytest.mark.parametrize("name", ["Paris.py", "paris", "paris.txt", "1.py", "a__b.py", "a b.py", "_a.py", "ü.py"])
def test_a_name_that_is_no_id(euclave: Run, name: str) -> None:
    done = euclave("check", "--policy", write(name=f"../policies/{name}"))
    assert (done.code, "no name of a policy" in done.err) == (2, True)


@pytest.mark.usefixtures("infra")
@pytest.mark.parametrize("name", ["ai_placement.py", "ai-placement.py"])
def test_an_id_of_ours_is_taken(euclave: Run, name: str) -> None:
    done = euclave("check", "--policy", write(name=f"../policies/{name}"))
    assert (done.code, "euclave itself has a policy 'ai-placement' too" in done.err) == (2, True)


@pytest.mark.usefixtures("infra")
def test_two_of_one_id(euclave: Run) -> None:
    first, second = write(), write(name="../others/not-paris.py")
    done = euclave("check", "--policy", first, "--policy", second)
    assert (done.code, f"{first} has a policy 'not-paris' too" in done.err) == (2, True)
    assert euclave("check", "-q", "--policy", first, "--policy", f"../infra/{first}").out.count("is in Paris") == 1


# --- what goes wrong while it judges

FAULTS = [
    ("def check(r, c):\n    raise KeyError('x')\n", 5, "check fails with KeyError: 'x'"),
    ("def check(r, c):\n    return 1 / 0\n", 5, "check fails with ZeroDivisionError"),
    ("import sys\ndef check(r, c):\n    sys.exit(0)\n", 6, "check fails with SystemExit: 0"),
    ("def check(r, c):\n    return check(r, c)\n", 5, "check fails with RecursionError"),
    ("class Odd(BaseException): ...\ndef check(r, c):\n    raise Odd\n", 6, "check fails with Odd"),
    (
        "class Odd(Exception):\n    def __str__(self): raise ValueError\ndef check(r, c):\n    raise Odd\n",
        7,
        "check fails with Odd",
    ),
    ("def check(r, c):\n    pass\n", 4, "check returns None"),
    ("def check(r, c):\n    return 'outside'\n", 4, "check returns a str"),
    ("def check(r, c):\n    return Claim(Verdict.OUTSIDE, Severity.HIGH, 'x')\n", 4, "check returns a Claim"),
    ("async def check(r, c):\n    return []\n", 4, "check returns a coroutine"),
    ("def check(r, c):\n    x = 1\n    yield 'outside'\n", 6, "check yields a str, not a Claim"),
    ("def check(r, c):\n    yield Claim('outside', Severity.HIGH, 'x')\n", 5, "whose verdict is no Verdict"),
    ("def check(r, c):\n    yield Claim(Verdict.OUTSIDE, 'high', 'x')\n", 5, "whose severity is no Severity"),
    ("def check(r, c):\n    yield Claim(Verdict.INSIDE, Severity.HIGH, 'x')\n", 5, "a claim that is inside"),
    ("def check(r, c):\n    yield Claim(Verdict.OUTSIDE, Severity.HIGH, ' ')\n", 5, "without a message"),
    ("def check(r, c):\n    yield Claim(Verdict.OUTSIDE, Severity.HIGH, 5)\n", 5, "whose message is no text"),
    ("def check(r, c):\n    yield Claim(Verdict.OUTSIDE, Severity.HIGH, 'x', 'Paris')\n", 5, "whose place is no Place"),
    ("def check(r, c):\n    yield Claim(Verdict.OUTSIDE, Severity.HIGH, 'x', None, 1)\n", 5, "whose tip is no text"),
    (
        "def check(r, c):\n    yield Claim(Verdict.OUTSIDE, Severity.HIGH, 'x', None, '', 'high')\n",
        5,
        "whose confidence is no Confidence",
    ),
]


@pytest.mark.usefixtures("infra")
@pytest.mark.filterwarnings("ignore:coroutine")
@pytest.mark.parametrize(("text", "line", "said"), FAULTS, ids=[said for _, _, said in FAULTS])
def test_a_fault_is_said_and_hides_nothing(euclave: Run, text: str, line: int, said: str) -> None:
    alone = euclave("check", "-q")
    done = euclave("check", "-q", "--policy", write(HEAD + text))
    assert done.code == 3
    assert ours(done.out) == ours(alone.out) != ""
    what = "what the policy not-paris says of 2 of 2 resources"
    (shown,) = [text for text in done.out.splitlines() if what in text]
    assert said in shown
    assert shown.endswith(f"(../policies/not_paris.py:{line})")


@pytest.mark.usefixtures("infra")
def test_a_fault_with_one_resource_leaves_what_is_said_of_others(euclave: Run) -> None:
    fault = "yield Claim(Verdict.OUTSIDE, Severity.LOW, 'first')\n        1 / 0\n"
    text = POLICY.replace("    for place", f"    if 'studio' in resource.address:\n        {fault}    for place")
    done = euclave("check", "-q", "--policy", write(text))
    assert done.code == 3
    assert "says of 1 of 2 resources: check fails with ZeroDivisionError: division by zero, for" in done.out
    assert "high outside[not-paris]: aws_sagemaker_notebook_instance.lab is in Paris" in done.out
    assert "low outside[not-paris]: first" in done.out


@pytest.mark.usefixtures("infra")
def test_a_fault_of_one_policy_leaves_another(euclave: Run) -> None:
    broken = write(HEAD + "def check(r, c):\n    1 / 0\n", "../policies/broken.py")
    done = euclave("check", "-q", "--policy", broken, "--policy", write())
    assert (done.code, "is in Paris" in done.out, "the policy broken" in done.out) == (3, True, True)


@pytest.mark.usefixtures("infra")
def test_an_interrupt_is_the_users(euclave: Run) -> None:
    assert euclave("check", "--policy", write(HEAD + "def check(r, c):\n    raise KeyboardInterrupt\n")).code == 130
    assert euclave("check", "--policy", write("raise KeyboardInterrupt\n")).code == 130


@pytest.mark.usefixtures("infra")
def test_what_a_policy_prints_is_no_part_of_a_report(euclave: Run) -> None:
    text = POLICY.replace("    for place", "    print('noise')\n    for place").replace(
        "TITLE =", "print('loud')\nTITLE ="
    )
    done = euclave("check", "-f", "json", "--policy", write(text))
    assert json.loads(done.out)["summary"]["findings"] == 2
    assert ("noise" in done.err, "loud" in done.err) == (True, True)


@pytest.mark.usefixtures("infra")
def test_what_a_policy_does_to_the_graph_changes_no_report(euclave: Run) -> None:
    text = HEAD + "def check(r, c):\n    c.graph.resources.clear()\n    c.graph.joined.clear()\n    return []\n"
    plain = json.loads(euclave("check", "-f", "json").out)
    done = json.loads(euclave("check", "-f", "json", "--policy", write(text)).out)
    assert done["summary"].pop("counts").pop("own_policies") == 1
    plain["summary"].pop("counts")
    assert done == plain


@pytest.mark.usefixtures("infra")
def test_a_traceback_is_shown_when_asked_for(euclave: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(HEAD + "def check(r, c):\n    1 / 0\n")
    assert "Traceback" not in euclave("check", "-q", "--policy", file).err
    monkeypatch.setenv("EUCLAVE_TRACEBACK", "1")
    done = euclave("check", "-q", "--policy", file)
    assert (done.code, "Traceback" in done.err, "1 / 0" in done.err) == (3, True, True)
    done = euclave("check", "-q", "--policy", write("import sys\nsys.exit(0)"))
    assert (done.code, "Traceback" in done.err) == (2, True)


@pytest.mark.usefixtures("infra")
def test_a_policy_may_be_what_python_allows(euclave: Run) -> None:
    """A class with a `__call__`, a list, dataclasses with annotations as text: nothing of ours is in the way."""
    text = '''"""A page."""
from __future__ import annotations
import dataclasses
from checker.model import Claim, Severity, Verdict
TITLE = "x"
@dataclasses.dataclass
class Judge:
    severity: Severity
    def __call__(self, resource, context):
        return [Claim(Verdict.OUTSIDE, self.severity, "called")]
check = Judge(Severity.HIGH)
'''
    assert euclave("check", "-q", "--policy", write(text)).out.count("high outside[not-paris]: called") == 2


@pytest.mark.usefixtures("infra")
def test_a_sensitive_value_is_hidden_however_a_policy_says_it(euclave: Run) -> None:
    Path("main.tf").write_text(
        'variable "r" {\n  default = "eu-west-3"\n  sensitive = true\n}\nprovider "aws" {\n  region = var.r\n}\n'
        'resource "aws_sagemaker_domain" "x" {}\n'
    )
    text = HEAD + (
        "def check(r, c):\n    for p in r.places:\n"
        "        yield Claim(Verdict.OUTSIDE, Severity.HIGH, f'it is {p.name}', p, f'not {p.name}')\n"
    )
    done = euclave("check", "-v", "--policy", write(text))
    assert ("it is …" in done.out, "not …" in done.out, "it is eu-west-3" in done.out) == (True, True, False)
