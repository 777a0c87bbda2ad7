"""Kubernetes: the platform's tables, and the format that reads manifests, Kustomize overlays and Helm charts."""
