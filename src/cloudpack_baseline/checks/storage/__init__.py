"""Checks of access to Amazon S3."""
