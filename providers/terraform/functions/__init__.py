"""Terraform's built-in functions, one module per family; `table.py` lists them."""
