"""Which files are Terraform's, by their names. It costs nothing to import: every check asks."""

from __future__ import annotations

CODE = (".tf", ".tofu", ".tf.json", ".tofu.json")
VARIABLES = (".tfvars", ".tfvars.json")
STACKS = (".tfcomponent.hcl", ".tfstack.hcl", ".tfdeploy.hcl")
MOST_NAMES = 5  # of files that one gap lists
