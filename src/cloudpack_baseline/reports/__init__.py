"""Faces of an assessment on paper and screen."""
