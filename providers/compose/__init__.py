"""Docker Compose: the format that reads Compose files and settings files, and the tables of what they hold."""
