"""Checks of encryption at rest and in transit."""
