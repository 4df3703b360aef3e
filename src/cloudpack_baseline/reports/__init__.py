"""Assessments as text, JSON and pictures."""
