"""The command line; the one place where errors become messages and exit codes."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from checker import guard
from checker.cli_scan import scan
from checker.errors import EuclaveError, UsageError
from checker.options import evaluation, own_policies, reading, reporting
from checker.output import is_terminal, written
from checker.terminal import progress
from checker.version import VERSION

if TYPE_CHECKING:
    from checker.outcome import Policy

_EXAMPLES = """
\b
Examples:
  euclave check                                  the current folder
  euclave check infra --var-file prod.tfvars     a root with its variable file
  euclave check -f sarif --report text=out.txt   machine output and a copy for people
  euclave check --assume aws=eu-west-1           the code states no region, the pipeline does
  euclave explain module.rag.aws_s3_bucket.docs  one resource, and where its place comes from
"""
_EXPLAIN = """
\b
Examples:
  euclave explain aws_s3_bucket.docs             a resource of the current folder
  euclave explain 'aws_s3_bucket.docs["eu"]'     one instance; without the key all of them
  euclave explain azurerm_key_vault.k --scope all
"""
_GRAPH = """
\b
Example:
  euclave graph -f dot | dot -Tsvg -o graph.svg
"""
_BASELINE = """
\b
Examples:
  euclave baseline                         accept what is there now; check --baseline excepts it
  euclave baseline --add                   take what has come since as well
"""
_FIX = """
\b
Examples:
  euclave fix                              what one literal mends, as a diff; exit code 1 if any
  euclave fix --write                      change it
  euclave fix --region aws=eu-central-1    and move literal regions that are outside
"""
_INIT = """
\b
Example:
  euclave init                             a commented euclave.toml for the current folder
"""
_CONFIG = """
\b
Examples:
  euclave config show                      every setting, and where it comes from
  euclave config schema > schema.json      for editors that check TOML
"""
_RULES = """
\b
Example:
  euclave rules ai-placement
"""
_POLICY = """
\b
Examples:
  euclave policy new own-region --folder ../policies     a policy and its cases, to be changed
  euclave policy test ../policies/own_region.py
  euclave check --policy ../policies/own_region.py
"""
_REGIONS = """
\b
Examples:
  euclave regions eu-west-2                      what a name means, in every cloud and product
  euclave regions --cloud gcp --jurisdiction eea
"""
_FACTS = """
\b
Examples:
  euclave facts                                  every table: rows, and how old its newest fact is
  euclave facts openai/products                  what can be proved of OpenAI's products
"""


def main() -> NoReturn:
    """Run the command line and exit with 0 clean, 1 findings, 2 wrong usage, 3 could not check."""
    # What a check allocates mostly stays until its root is done: looking for garbage less often saves a twentieth.
    gc.set_threshold(50_000, 20, 20)
    try:
        guard.check()
        code = cli.main(prog_name="euclave", standalone_mode=False)
    except click.exceptions.Exit as exit:
        code = exit.exit_code
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        code = 130
    except BrokenPipeError:
        # The reader has gone (`| head`); there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 3
    except EuclaveError as error:
        from checker.redact import prose  # messages name files and addresses of the checked code

        click.echo(f"{click.style('error', fg='red', bold=True)}: {prose(error.message)}", err=True)
        if error.hint:
            click.echo(f"hint: {prose(error.hint)}", err=True)
        code = error.exit_code
    except Exception as error:  # the last resort: a fault of ours is said in a line, not in fifty
        if os.environ.get("EUCLAVE_TRACEBACK"):
            raise
        click.echo(f"internal error: {type(error).__name__}: {str(error)[:200]!r}", err=True)
        click.echo("hint: this is a fault of euclave; EUCLAVE_TRACEBACK=1 shows where", err=True)
        code = 3
    sys.exit(code if isinstance(code, int) else 0)


@click.group(epilog=_EXAMPLES, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(VERSION, prog_name="euclave")
def cli() -> None:
    """Show whether AI workloads, and the storage that holds their data, sit in the EU."""


@cli.command(epilog=_EXAMPLES)
@reading
@click.option("--changed", is_flag=True, help="Take PATHs as changed files, and judge only what uses them.")
@click.option(
    "--since", metavar="REF", help="Find only what came since a commit, such as origin/main; say what is fixed."
)
@reporting
@click.option("--blame", is_flag=True, help="Ask git who wrote the comments that except findings.")
def check(since: str | None, blame: bool, **asked: Any) -> int:
    """Check infrastructure code for AI workloads and storage outside the jurisdiction.

    Exit codes: 0 clean, 1 findings, 2 wrong usage, 3 something could not be checked.
    """
    from checker import engine, output, request

    reports = output.Reports(asked)
    if since is not None and asked["changed"]:
        raise UsageError("--since compares all that is there: --changed would leave a part of it out")
    wanted = request.of(asked)
    outcome = engine.check(wanted, progress())
    if since is not None:
        from checker.since import compare

        outcome = compare(outcome, wanted, since, progress())
    if blame:
        from checker import history

        outcome = history.blame(outcome)
    reports.write(outcome)
    return engine.exit_code(outcome)


@cli.command(epilog=_EXPLAIN)
@click.argument("address")
@reading
@click.option("--color/--no-color", default=None, help="Colour, on a terminal by default.")
def explain(address: str, color: bool | None, **asked: Any) -> int:
    """Explain one resource: its places, where each comes from, what it is joined to, every verdict."""
    from checker import engine, explain, request

    outcome = engine.check(request.of(asked), progress())
    shown = color if color is not None else is_terminal(sys.stdout)
    text = "\n\n".join(explain.page(outcome, resource) for resource in engine.matching(outcome, address))
    click.echo(text, color=shown)
    return 0


@cli.command(epilog=_GRAPH)
@reading
@click.option("-f", "--format", "format_name", type=click.Choice(["json", "dot"]), default="json", show_default=True)
def graph(format_name: str, **asked: Any) -> int:
    """Dump the resources that were read and what joins them, as JSON or DOT."""
    from checker import dump, engine, request

    outcome = engine.check(request.of(asked), progress())
    click.echo(dump.as_json(outcome) if format_name == "json" else dump.as_dot(outcome), nl=False)
    return 0


@cli.command(epilog=_BASELINE)
@reading
@click.option("--add", is_flag=True, help="Take what is new as well; without it a baseline only shrinks.")
def baseline(add: bool, **asked: Any) -> int:
    """Write the findings that are there now to a baseline, which `check --baseline` excepts.

    The file is what --baseline or the configuration names, else euclave-baseline.json. One that is there already loses
    what is no finding any more; --add takes what is new.
    """
    from checker import engine, exemptions, request

    wanted, file = request.for_baseline(asked)
    outcome = engine.check(wanted, progress())
    before = exemptions.load(file) if file.is_file() else None
    kept = [one.finding for one in outcome.excepted if one.exemption.kind == "baseline"]
    new = outcome.findings if add or before is None else ()
    written(file, exemptions.written([*kept, *new]))
    gone = len(before or ()) - len(kept)
    count, left = len(kept) + len(new), 0 if new else len(outcome.findings)
    more = f"; {left} new finding{'s are' if left > 1 else ' is'} not in it: --add takes what is new" if left else ""
    click.echo(f"{file}: {count} finding{'s' * (count != 1)}, {len(new)} added, {gone} gone{more}")
    return 0


@cli.command(epilog=_FIX)
@reading
@click.option("--region", "regions", multiple=True, metavar="CLOUD=REGION", help="Put this for a region outside.")
@click.option("--diff/--write", "only_shown", default=True, help="Show what would change (the default), or change it.")
@click.option("-q", "--quiet", is_flag=True, help="Do not list what is for a person.")
@click.option("--color/--no-color", default=None, help="Colour, on a terminal by default.")
def fix(regions: tuple[str, ...], only_shown: bool, quiet: bool, color: bool | None, **asked: Any) -> int:
    """Mend the findings that one literal mends: an inference profile, a host, a redundancy, a region that you give.

    A change is made only where the old text stands as it is, and a table says what stands in for it. What comes from
    elsewhere is listed for a person. After --write, everything is checked again.
    """
    from checker import engine, fixes, request

    wanted = request.of(asked)
    outcome = engine.check(wanted, progress())
    chosen, left = fixes.edits(outcome, request.regions(regions, wanted.jurisdiction))
    shown = color if color is not None else is_terminal(sys.stdout)
    for line in fixes.diff(chosen) if only_shown else ():
        click.echo(fixes.painted(line), color=shown)
    if not only_shown:
        fixes.write(chosen)
    after = outcome if only_shown else engine.check(wanted, progress())
    for line in fixes.said(outcome, after, chosen, left, only_shown=only_shown, quiet=quiet):
        click.echo(line, err=only_shown)
    if any(gap.fatal for gap in outcome.graph.gaps):
        return 3
    return int(bool(chosen)) if only_shown else int(bool(fixes.still_found(after, chosen)))


@cli.command(epilog=_INIT)
@reading
def init(**asked: Any) -> int:
    """Write a first, commented euclave.toml for what is in the current folder."""
    import datetime

    from checker import engine, request, settings

    file = Path("euclave.toml")
    if file.exists():
        raise UsageError(f"{file} is there already", "`euclave config show` says what it holds")
    written(
        file, settings.first(engine.check(request.of(asked), progress()), datetime.datetime.now(datetime.UTC).year + 1)
    )
    click.echo(f"{file} is written: everything in it is a comment, but for the jurisdiction")
    return 0


@cli.group(name="config", epilog=_CONFIG)
def config_() -> None:
    """Show the configuration that counts, or its JSON Schema for editors."""


@config_.command(name="show")
@click.option("--config", "config_file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def config_show(config_file: Path | None) -> int:
    """Say what every setting is, and whether it comes from the configuration or is a default."""
    from checker import settings

    for line in settings.show(config_file):
        click.echo(line)
    return 0


@config_.command(name="schema")
def config_schema() -> int:
    """Print the JSON Schema of euclave.toml, for editors that complete and check it."""
    from checker import settings

    click.echo(settings.schema(), nl=False)
    return 0


@cli.command(epilog=_RULES)
@click.argument("names", nargs=-1, metavar="[[show] POLICY]")
@own_policies
def rules(names: tuple[str, ...], policies: tuple[Path, ...]) -> int:
    """List the policies, or print the page of one."""
    from checker import lookup

    asked = names[1:] if names[:1] == ("show",) else names
    if len(asked) > 1 or (names and not asked):
        raise UsageError("rules: name one policy, or none for the list of all")
    for line in lookup.rules(asked[0] if asked else None, _own(policies)):
        click.echo(line)
    return 0


@cli.group(epilog=_POLICY)
def policy() -> None:
    """Write a policy of your own, and test it."""


@policy.command(name="new")
@click.argument("name")
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), default=".", help="Where to write it.")
def policy_new(name: str, folder: Path) -> int:
    """Write a first policy that works, with a violating, a clean and an undetermined case."""
    from checker import cases

    for line in cases.new(name, folder):
        click.echo(line)
    return 0


@policy.command(name="test")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--cases",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder of cases; cases/POLICY beside the file by default.",
)
def policy_test(file: Path, folder: Path | None) -> int:
    """Judge each case by a policy, and compare what it finds with what the case expects.

    Exit codes: 0 all as expected, 1 not all, 2 wrong usage.
    """
    from checker import cases

    tested = cases.run(file, folder)
    for line in tested.lines:
        click.echo(line)
    return 0 if tested.passed else 1


@cli.command(epilog=_REGIONS)
@click.argument("name", required=False)
@click.option("--cloud", help="Only the places of one cloud.")
@click.option("--jurisdiction", default="eu", show_default=True, help="What to judge the places by.")
def regions(name: str | None, cloud: str | None, jurisdiction: str) -> int:
    """List the places that are known, or look one up in every cloud and product."""
    from checker import lookup

    for line in lookup.places(name, cloud, jurisdiction):
        click.echo(line)
    return 0


@cli.command(epilog=_FACTS)
@click.argument("table", required=False)
def facts(table: str | None) -> int:
    """List the tables of facts with their rows and their age, or print one of them."""
    from checker import lookup

    for line in lookup.facts(table):
        click.echo(line)
    return 0


cli.add_command(scan)


@cli.command(epilog="\b\nExample:\n  euclave lsp --scope all                  what an editor starts")
@evaluation
@click.option("--region", "regions", multiple=True, metavar="CLOUD=REGION", help="Offer this for a region outside.")
@click.option("--stdio", is_flag=True, hidden=True)  # what some editors add; there is no other way
def lsp(regions: tuple[str, ...], stdio: bool, **asked: Any) -> int:
    """Serve an editor by the Language Server Protocol, on standard input and output."""
    try:
        from checker.lsp import server
    except ModuleNotFoundError:
        raise UsageError("the editor companion is not installed", "pip install 'euclave[lsp]'") from None
    server.serve(asked, regions)
    return 0


# --- arguments


def _own(files: tuple[Path, ...]) -> tuple[Policy, ...]:
    if not files:
        return ()
    from checker import custom

    return custom.load(files)
