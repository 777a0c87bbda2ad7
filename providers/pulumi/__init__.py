"""The Pulumi format: YAML programs with their stacks, previews and exported stacks."""
