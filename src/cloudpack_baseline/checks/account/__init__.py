"""Checks of AWS accounts and the root user."""
