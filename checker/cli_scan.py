"""The command `euclave scan`, apart from the others: what it does is imported when it is asked for."""

from __future__ import annotations

from typing import Any

import click

from checker.options import judging, reporting

_EXAMPLES = """
\b
Examples:
  euclave scan aws                            each enabled region of the account
  euclave scan aws --regions eu-west-1,us-east-1 --services sagemaker,s3
  euclave scan aws --role-arn arn:aws:iam::111122223333:role/audit -f json
  euclave scan permissions aws > policy.json  what the credentials need, and nothing more
"""


@click.group(epilog=_EXAMPLES)
def scan() -> None:
    """Scan a cloud for AI workloads and storage outside the jurisdiction: what is deployed, not what code says.

    Only reading calls are made, with the credentials, profiles and endpoints that the cloud's SDK finds by itself.
    """


@scan.command(epilog=_EXAMPLES)
@click.option("--profile", "profiles", multiple=True, help="A profile of the SDK's configuration; repeatable.")
@click.option("--role-arn", "roles", multiple=True, help="A role to take in the account to look at; repeatable.")
@click.option("--external-id", default="", help="What the role asks for besides.")
@click.option("--regions", default="", metavar="A,B", help="Only these regions; every enabled one by default.")
@click.option("--services", default="", metavar="A,B", help="Only these services, by the SDK's names.")
@click.option("--allow-gaps", default="", metavar="A,B", help="Services of which a part may stay unseen.")
@click.option("--concurrency", default=16, show_default=True, type=click.IntRange(1, 256), help="Calls at one time.")
@click.option("--timeout", default=60.0, show_default=True, help="Seconds that a call may take.")
@judging
@reporting
def aws(regions: str, services: str, allow_gaps: str, **asked: Any) -> int:
    """Scan AWS accounts.

    Exit codes: 0 clean, 1 findings, 2 wrong usage, 3 a clean result of which a part of the AI services was not seen.
    """
    from checker import output, request, terminal
    from checker import scan as scans

    reports = output.Reports(asked)
    names = ("profiles", "roles", "external_id", "concurrency", "timeout")
    wanted = scans.Wanted(
        "aws", regions=_listed(regions), services=_listed(services), **{n: asked.pop(n) for n in names}
    )
    allowed = _listed(allow_gaps)
    outcome = scans.run(wanted, request.for_scan(asked), terminal.progress(), allowed)
    reports.write(outcome)
    return scans.exit_code(outcome, allowed)


@scan.command(epilog=_EXAMPLES)
@click.argument("cloud", type=click.Choice(["aws"]))
def permissions(cloud: str) -> int:
    """Print the permissions that a scan needs: a policy that allows its calls and nothing more."""
    import json

    from checker import scan as scans

    click.echo(json.dumps(scans.listing_of(cloud).permissions(), indent=2))
    return 0


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
