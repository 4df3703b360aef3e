"""Checks of domains and hosted zones."""
