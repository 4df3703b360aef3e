"""Checks of databases and their backups."""
