"""`euclave policy new` and `euclave policy test`: what is written, and what of a case fails."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from checker import cases

Run = Callable[..., Any]
HOME = Path(__file__).resolve().parents[2]
NOTEBOOK = 'resource "aws_sagemaker_notebook_instance" "%s" {\n  instance_type = "ml.t3.medium"\n}\n'
PROVIDER = 'provider "aws" {\n  region = "%s"%s\n}\n'
LAB = "aws_sagemaker_notebook_instance.lab"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("EUCLAVE_TRACEBACK", raising=False)


@pytest.fixture
def own(euclave: Run) -> Callable[[str], Any]:
    """Return a function that tests the policy that `new` writes, with one more case of a text (or texts by name)."""
    assert euclave("policy", "new", "own-region").code == 0

    def run(text: str | dict[str, str]) -> Any:
        for name, one in ({"main.tf": text} if isinstance(text, str) else text).items():
            path = Path("cases/own-region/more", name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(one)
        return euclave("policy", "test", "own_region.py")

    return run


def code(region: str, comment: str = "", *names: str) -> str:
    """Return a provider block whose region, in line 2, has a comment behind it, and notebooks."""
    return PROVIDER % (region, comment and f" {comment}") + "".join(NOTEBOOK % name for name in names or ("lab",))


# --- new


@pytest.mark.parametrize("name", ["own-region", "own_region", "x"])
def test_what_is_written_works(euclave: Run, name: str) -> None:
    done = euclave("policy", "new", name, "--folder", "deep/policies")
    file = f"deep/policies/{name.replace('-', '_')}.py"
    assert (done.code, done.out.splitlines()[0]) == (0, f"written: {file}")
    assert done.out.splitlines()[-1] == f"next: euclave policy test {file}"
    written = sorted(path.as_posix() for path in Path().rglob("*") if path.is_file())
    assert written == sorted(line.removeprefix("written: ") for line in done.out.splitlines()[:-1])
    done = euclave("policy", "test", file)
    assert (done.code, done.out.splitlines()[-1]) == (0, "5 of 5 cases as expected; 2 of 2 expected findings found")


@pytest.mark.parametrize("taken", ["own_region.py", "cases/own-region/clean/main.tf"])
def test_nothing_is_overwritten(euclave: Run, taken: str) -> None:
    Path(taken).parent.mkdir(parents=True, exist_ok=True)
    Path(taken).write_text("mine")
    done = euclave("policy", "new", "own-region")
    assert (done.code, "is there already: nothing was written" in done.err) == (2, True)
    assert [path.as_posix() for path in Path().rglob("*") if path.is_file()] == [taken]
    assert Path(taken).read_text() == "mine"


def test_a_link_to_nowhere_is_not_followed(euclave: Run) -> None:
    Path("own_region.py").symlink_to("elsewhere.py")
    assert euclave("policy", "new", "own-region").code == 2
    assert not Path("elsewhere.py").exists()


@pytest.mark.parametrize("name", ["Own", "1st", "a b", "../x", "", "ü", "a--b", "a/b"])
def test_a_name_that_is_none(euclave: Run, name: str) -> None:
    assert euclave("policy", "new", name).code == 2
    assert list(Path().iterdir()) == []


def test_a_name_of_ours(euclave: Run) -> None:
    done = euclave("policy", "new", "ai-placement")
    assert (done.code, "euclave itself has a policy 'ai-placement'" in done.err) == (2, True)


def test_a_folder_that_cannot_be_written(euclave: Run) -> None:
    Path("file").write_text("")
    done = euclave("policy", "new", "own-region", "--folder", "file/inner")
    assert (done.code, "cannot be written" in done.err) == (3, True)


# --- test


def test_the_fixture_is_as_expected(euclave: Run) -> None:
    done = euclave("policy", "test", str(HOME / "fixtures/own-policy/country_of_workload.py"))
    assert (done.code, done.out.splitlines()[-1]) == (0, "7 of 7 cases as expected; 2 of 2 expected findings found")


def test_the_order_is_stable_and_nothing_is_left_behind(own: Run, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    done = own({})
    assert [line.split()[-1] for line in done.out.splitlines()[3:-1]] == ["clean", "undetermined", "violating"]
    assert (sorted(tmp_path.rglob("*")), Path.cwd()) == (before, tmp_path)


@pytest.mark.parametrize(
    "comment",
    [
        f"# expect: own-region outside {LAB}",
        "# expect: own-region outside",
        f"// expect:  own-region  outside  {LAB}",
        f"/* expect: own-region outside {LAB} */",
        f"#expect:own-region outside {LAB}",
    ],
)
def test_an_expectation_in_any_spelling(own: Run, comment: str) -> None:
    assert own(code("eu-west-3", comment)).code == 0


def test_expectations_above_a_line_with_several_findings(own: Run) -> None:
    comments = "\n".join(f"  # expect: own-region outside aws_sagemaker_notebook_instance.{name}" for name in "ab")
    text = f'provider "aws" {{\n{comments}\n\n  # why\n  region = "eu-west-3"\n}}\n' + NOTEBOOK % "a" + NOTEBOOK % "b"
    assert "4 of 4 expected findings found" in own(text).out


def test_without_an_address_one_expectation_stands_for_one_finding(own: Run) -> None:
    done = own(code("eu-west-3", "# expect: own-region outside", "a", "b"))
    assert (done.code, "; 1 not expected" in done.out) == (1, True)
    one = "\n  # expect: own-region outside aws_sagemaker_notebook_instance.b"
    above = f'provider "aws" {{{one}\n  # expect: own-region outside\n  region = "eu-west-3"\n}}\n'
    assert own(above + NOTEBOOK % "a" + NOTEBOOK % "b").code == 0


def test_an_expectation_that_is_not_met_fails(own: Run) -> None:
    done = own(code("eu-central-1", f"# expect: own-region outside {LAB}"))
    assert done.code == 1
    assert "  FAIL  more" in done.out
    assert f"cases/own-region/more/main.tf:2: expected outside {LAB}, which is not found there" in done.out
    assert done.out.splitlines()[-1] == "5 of 6 cases as expected; 2 of 3 expected findings found"


def test_a_finding_that_is_not_expected_fails_and_its_comment_is_printed(own: Run) -> None:
    done = own("# expect: own-region clean\n" + code("eu-west-3"))
    assert done.code == 1
    assert f"cases/own-region/more/main.tf:3: found outside {LAB}, which nothing expects: {LAB} (SageMaker" in done.out
    assert f"# expect: own-region outside {LAB}" in done.out
    assert done.out.splitlines()[-1] == "5 of 6 cases as expected; 2 of 2 expected findings found; 1 not expected"


@pytest.mark.parametrize(
    "comment",
    [
        f"# expect: own-region undetermined {LAB}",
        "# expect: own-region outside aws_sagemaker_notebook_instance.other",
    ],
)
def test_another_verdict_or_address_meets_nothing(own: Run, comment: str) -> None:
    done = own(code("eu-west-3", comment))
    assert (done.code, "which is not found there" in done.out, "which nothing expects" in done.out) == (1, True, True)


def test_another_line_meets_nothing(own: Run) -> None:
    done = own(f"# expect: own-region outside {LAB}\n" + code("eu-west-3"))
    assert (done.code, "main.tf:2: expected outside" in done.out, "main.tf:3: found" in done.out) == (1, True, True)


@pytest.mark.parametrize(
    ("comment", "said"),
    [
        ("", "says what is expected; for no finding: # expect: own-region clean"),
        ("# expect: own-regoin outside", "main.tf:2: it expects something of 'own-regoin', and this is own-region"),
        ("# expect: ai-placement outside", "it expects something of 'ai-placement'"),
        ("# expect: own-region inside", "it expects 'inside', which is not outside or undetermined or clean"),
        ("# expect: own-region", "it expects ''"),
        ("# expect:", "it expects something of ''"),
        ("# expect: own-region clean really", "it expects 'clean really'"),
    ],
)
def test_an_expectation_that_says_nothing_fails(own: Run, comment: str, said: str) -> None:
    done = own(code("eu-central-1", comment))
    assert (done.code, said in done.out) == (1, True), done.out


def test_clean_and_a_finding_contradict_each_other(own: Run) -> None:
    done = own("# expect: own-region clean\n" + code("eu-west-3", f"# expect: own-region outside {LAB}"))
    assert (done.code, "is called clean, and a finding is expected" in done.out) == (1, True)


def test_a_clean_case_in_which_nothing_is_judged_fails(own: Run) -> None:
    done = own('# expect: own-region clean\nresource "aws_sagemaker_notbook_instance" "lab" {}\n')
    assert (done.code, "is judged, so that it is clean shows nothing" in done.out) == (1, True)
    assert own("# expect: own-region clean\n").code == 1


def test_a_case_that_cannot_be_read_fails(own: Run) -> None:
    done = own("# expect: own-region clean\n" + code("eu-central-1") + 'resource "aws_sagemaker_domain" "x" {\n')
    assert done.code == 1
    assert "cases/own-region/more/main.tf:" in done.out


def test_a_case_of_nothing_fails(own: Run) -> None:
    done = own({"notes.txt": "# expect: own-region clean\n"})
    assert (done.code, "nothing was checked" in done.out) == (1, True)


def test_a_file_that_is_in_no_case_fails(own: Run) -> None:
    Path("cases/own-region/README.md").write_text("What the cases show.")
    assert own({}).code == 0
    Path("cases/own-region/main.tf").write_text(code("eu-west-3"))
    done = own({})
    assert (done.code, "main.tf is in no case" in done.out) == (1, True)


def test_modules_configuration_and_variables_of_a_case_count(own: Run) -> None:
    """A case may be several files: an expectation stands where the finding points, in whichever of them."""
    files = {
        "main.tf": 'provider "aws" {\n  region = var.region\n}\nvariable "region" {}\n'
        'module "lab" {\n  source = "./lab"\n}\n',
        "lab/main.tf": NOTEBOOK % "lab" + 'resource "aws_s3_bucket" "free" {\n  bucket = "free"\n}\n',
        "paris.tfvars": f'region = "eu-west-3" # expect: own-region outside module.lab.{LAB}\n',
        "euclave.toml": 'var-files = ["paris.tfvars"]\n',
    }
    done = own(files)
    assert (done.code, "3 of 3 expected findings found" in done.out) == (0, True), done.out


def test_the_configuration_of_a_case_may_be_wrong(own: Run) -> None:
    done = own({"main.tf": "# expect: own-region clean\n" + code("eu-central-1"), "euclave.toml": 'scop = "all"\n'})
    assert (done.code, "cannot be judged: euclave.toml" in done.out) == (1, True)
    assert "5 of 6 cases" in done.out


def test_a_case_in_another_format(own: Run) -> None:
    template = (
        "Resources:\n  Lab:\n    Type: AWS::SageMaker::NotebookInstance\n    Properties: {InstanceType: ml.t3.medium}\n"
    )
    done = own({"template.yaml": template, "euclave.toml": 'assume = { aws = "eu-west-3" }\n'})
    assert (done.code, "found outside" in done.out) == (1, True), done.out
    (shown,) = [line.strip() for line in done.out.splitlines() if "found outside" in line]
    at = int(shown.split(":")[1])
    what = shown.split(": found ")[1].split(",")[0]
    lines = template.splitlines()
    lines[at - 1] += f" # expect: own-region {what}"
    assert own({"template.yaml": "\n".join(lines) + "\n"}).code == 0


def test_advice_is_expected_too(own: Run) -> None:
    text = Path("own_region.py").read_text()
    Path("own_region.py").write_text(text.replace("Severity.HIGH", "Severity.INFO"))
    assert own({}).code == 0


@pytest.mark.parametrize("kind", ["Bad", "Good"])
def test_examples_of_the_page_are_cases(own: Run, kind: str) -> None:
    text = Path("own_region.py").read_text()
    Path("own_region.py").write_text(text.replace(f"{kind}:\n", "Once:\n"))
    done = own({})
    assert (done.code, f'has no example after "{kind}:"' in done.out) == (1, True)
    swapped = (
        text.replace('"eu-west-3"', '"x"').replace('"eu-central-1"', '"eu-west-3"').replace('"x"', '"eu-central-1"')
    )
    Path("own_region.py").write_text(swapped)
    done = own({})
    said = {"Bad": "the policy finds nothing in it", "Good": f"the policy finds outside {LAB}"}
    assert (done.code, said[kind] in done.out) == (1, True)
    Path("own_region.py").write_text(text.replace("aws_sagemaker_notebook_instance", "aws_s3_bucket"))
    assert own({}).out.count("nothing in it is judged: it needs an AI workload") == 2


def test_a_policy_that_fails_fails_its_cases(own: Run) -> None:
    text = Path("own_region.py").read_text()
    Path("own_region.py").write_text(
        text.replace("    # Every resource", "    print(1)\n    1 / 0\n    # Every resource")
    )
    done = own({})
    assert done.code == 1
    assert done.out.count("check fails with ZeroDivisionError") == 5
    assert "own_region.py:47: what the policy own-region says of 1 of 1 resources" in done.out
    assert done.out.splitlines()[-1] == "0 of 5 cases as expected; 0 of 2 expected findings found"


def test_a_policy_that_finds_everything_fails_the_clean_case(own: Run) -> None:
    text = Path("own_region.py").read_text()
    Path("own_region.py").write_text(text.replace('{"DE"}', '{"FR"}'))
    done = own({})
    failed = [line.split("FAIL")[1].strip() for line in done.out.splitlines() if "FAIL" in line]
    assert (done.code, failed) == (1, ["bad example of its page", "good example of its page", "clean", "violating"])


def test_a_secret_in_a_case_is_not_printed(own: Run) -> None:
    text = Path("own_region.py").read_text()
    Path("own_region.py").write_text(
        text.replace('        message = f"{resource', '        message = f"token=hunter2hunter2 {resource')
    )
    done = own(code("eu-west-3"))
    assert (done.code, "hunter2" in done.out) == (1, False)


# --- wrong usage


def test_what_is_no_policy(euclave: Run) -> None:
    Path("own_region.py").write_text("x = 1\n")
    assert euclave("policy", "test", "own_region.py").code == 2
    assert euclave("policy", "test", "gone.py").code == 2
    assert euclave("policy", "test").code == 2


def test_no_case_is_no_success(euclave: Run) -> None:
    euclave("policy", "new", "own-region")
    shutil.move("cases/own-region", "elsewhere")
    done = euclave("policy", "test", "own_region.py")
    assert (done.code, done.out, "there are no cases in cases/own-region" in done.err) == (2, "", True)
    Path("cases/own-region").mkdir()
    (Path("cases/own-region") / ".git").mkdir()
    assert euclave("policy", "test", "own_region.py").code == 2
    assert euclave("policy", "test", "own_region.py", "--cases", "elsewhere").code == 0
    assert euclave("policy", "test", "own_region.py", "--cases", "gone").code == 2


def test_what_a_run_returns(euclave: Run) -> None:
    euclave("policy", "new", "own-region")
    tested = cases.run(Path("own_region.py"))
    assert (tested.passed, len(tested.lines)) == (True, 7)
