"""CloudFormation: templates in YAML and JSON, SAM, and what the CDK writes."""
