"""Checks of sharing and copies beyond the account."""
