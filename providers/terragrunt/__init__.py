"""Terragrunt: units that run Terraform modules with inputs, and what it generates for them."""
