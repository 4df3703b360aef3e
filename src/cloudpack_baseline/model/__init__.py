"""Immutable records of what is there; data without judgement."""
