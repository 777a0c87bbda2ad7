"""What text says about AWS resources: ARNs, S3 URIs, and the host names of buckets, registries and services.

The keys are the ones that `names` of the catalogue rows build: `s3:bucket`, `dynamodb:table`, `logs:group`,
`ecr:repository`. Which ARN names what is in arns.json.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_UNKNOWN = "\0"  # stands for a part that could not be evaluated
_ARNS = Path(__file__).resolve().parent / "arns.json"
INTERPOLATION = re.compile(r"\$\{(?:[^{}]|\{[^{}]*\})*\}")

_SUFFIX = r"(?:amazonaws\.com(?:\.cn)?|amazonaws\.eu|api\.aws|on\.aws)"
_REGION = r"[a-z]{2,4}(?:-[a-z]+)+-\d+"
_END = r"\s\"'`<>,;|\\\])}"
_ARN = re.compile(rf"(?<![\w-])arn:([\w\0-]*):([\w\0-]*):([\w\0-]*):([\w\0-]*):([^{_END}]+)")
_S3_URI = re.compile(rf"(?<![\w-])s3[an]?://([^/{_END}]+)")
_HOST = re.compile(rf"(?<![\w.\0-])((?:[\w\0-]+\.)+{_SUFFIX})(?![\w-])(?::\d+)?(/[^{_END}]*)?", re.IGNORECASE)
_S3_HOST = re.compile(
    rf"(?:(.+)\.)?s3(?:-website|-fips|-accelerate)?(?:[.-]dualstack)?(?:[.-]({_REGION}|\0))?\.{_SUFFIX}",
    re.IGNORECASE,
)
_ECR_HOST = re.compile(rf"[\w\0]+\.dkr[.-]ecr(?:-fips)?\.[\w\0-]+\.{_SUFFIX}", re.IGNORECASE)
_LABEL = re.compile(rf"(?:^|\.)(?:fips-)?({_REGION})(?=\.)", re.IGNORECASE)
_SERVICE_NAME = re.compile(rf"(?<![\w.])(?:com|eu|cn\.com)\.amazonaws\.({_REGION})\.[\w.-]+")
# Buckets that tools make, one a region: those of the CDK (https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html)
# and the default bucket of SageMaker's SDK.
_OWN_BUCKET = re.compile(
    rf"(?<![\w.-])(?:cdk-[a-z0-9]{{1,10}}-assets-(?:\d{{12}}|\0)-({_REGION})|sagemaker-({_REGION})-(?:\d{{12}}|\0))(?![\w-])"
)
_SECRET_SUFFIX = re.compile(r"-[A-Za-z0-9]{6}$")


@dataclass(frozen=True, slots=True)
class _Named:
    """A row of arns.json: the beginning of an ARN's service and resource, the key, and what ends the name."""

    arn: str
    key: str
    ends: str = ""
    prepend: str = ""  # what the ARN leaves out of the name
    bare: bool = False  # only where the ARN has neither region nor account
    note: str = ""


def names_in(text: str) -> tuple[str, ...]:
    """Return the keys of the resources that an ARN, URI, host or a longer text with such may name.

    Names that hold an unknown part (`${…}`) name nothing.
    """
    plain = INTERPOLATION.sub(_UNKNOWN, text)
    found = (*_of_arns(plain), *(f"s3:{bucket}" for bucket in _S3_URI.findall(plain)), *_of_hosts(plain))
    return tuple(dict.fromkeys(key for key in found if _UNKNOWN not in key and key.partition(":")[2]))


def place_in(text: str) -> str | None:
    """Return the region that an ARN, a host or the name of an endpoint service carries in itself, or None.

    ARNs of buckets, roles and other global things carry none.
    """
    plain = INTERPOLATION.sub(_UNKNOWN, text)
    for arn in _ARN.finditer(plain):
        if arn[3] and _UNKNOWN not in arn[3]:
            return arn[3].lower()
    for host, _ in _HOST.findall(plain):
        bucket = _S3_HOST.fullmatch(host)  # before its `s3` stands a bucket's name, which may look like a region
        labels = [bucket[2]] if bucket else _LABEL.findall(host)
        if labels and labels[-1] and _UNKNOWN not in labels[-1]:
            return str(labels[-1]).lower()
    if found := _SERVICE_NAME.search(plain):
        return found[1]
    if made := _OWN_BUCKET.search(plain):
        return made[1] or made[2]
    return None


def _of_arns(text: str) -> Iterator[str]:
    for arn in _ARN.finditer(text):
        said = f"{arn[2]}:{arn[5]}"
        for row in _rows():
            if said.startswith(row.arn) and not (row.bare and (arn[3] or arn[4])):
                name = said[len(row.arn) :]
                if row.ends:
                    name = re.split(f"[{re.escape(row.ends)}]", name, maxsplit=1)[0]
                yield f"{row.key}:{row.prepend}{name}"
                if row.key == "secretsmanager":  # the ARN ends in six characters that the name lacks
                    yield f"{row.key}:{_SECRET_SUFFIX.sub('', name)}"


def _of_hosts(text: str) -> Iterator[str]:
    for host, path in _HOST.findall(text):
        first = path.removeprefix("/").partition("/")[0].partition("?")[0]
        if bucket := _S3_HOST.fullmatch(host):
            yield f"s3:{bucket[1] or first}"
        elif _ECR_HOST.fullmatch(host):
            yield f"ecr:{re.split('[@:]', path.removeprefix('/'), maxsplit=1)[0]}"


@functools.cache
def _rows() -> tuple[_Named, ...]:
    """Return the rows, the finest first."""
    rows = [_Named(**row) for row in json.loads(_ARNS.read_text(encoding="utf-8"))["rows"]]
    return tuple(sorted(rows, key=lambda row: len(row.arn), reverse=True))
