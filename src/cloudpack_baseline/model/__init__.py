"""Immutable records of what a source describes; data without judgement."""
