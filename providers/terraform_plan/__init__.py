"""Terraform and OpenTofu plans and states, as `show -json` prints them and as state files keep them."""
