"""The gcp adapter."""
