"""Workflows of GitHub Actions and pipelines of GitLab CI: the settings that their jobs run with."""
