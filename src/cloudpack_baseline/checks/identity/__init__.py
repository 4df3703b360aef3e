"""Checks of who can act in the account, from where, and as what."""
