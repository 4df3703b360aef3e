"""Checks of stored assessments."""
