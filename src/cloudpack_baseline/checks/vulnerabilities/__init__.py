"""Checks of vulnerabilities and patches."""
