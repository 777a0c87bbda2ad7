"""CloudFormation's words in the words of the catalogue, whose rows for AWS in these words are those of Cloud Control.

Source: https://github.com/hashicorp/terraform-provider-awscc, internal/naming
"""

from __future__ import annotations

import functools
import re

_CUT = re.compile(r"(?<=[A-Z])(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z0-9])|(?<=[0-9])(?=[A-Za-z])")
_NO_WORD = re.compile(r"[^A-Za-z0-9]")
# Names that are one word although their case changes.
_TOGETHER = ("CloudFormation", "CloudFront", "CloudWatch", "CNAMEs", "FSx", "OTel")


@functools.lru_cache(8192)
def snake(word: str) -> str:
    """Return a word as the catalogue writes it: `KMSMasterKeyID` is `kms_master_key_id`."""
    for together in _TOGETHER:
        word = word.replace(together, together.capitalize())
    return _NO_WORD.sub("_", _CUT.sub("_", word)).lower()


@functools.lru_cache(4096)
def type_of(name: str) -> str:
    """Return the catalogue's type: `awscc_s3_bucket` for `AWS::S3::Bucket`, "" for what is no resource of AWS."""
    parts = name.split("::")
    if len(parts) != 3 or parts[0] != "AWS":
        return ""
    return f"awscc_{parts[1].lower()}_{snake(parts[2])}"
