"""The version, read by the build and by snapshots, and where the documentation is."""

__version__ = "0.2.0.dev0"

DOCUMENTATION = "https://cloudpack-baseline.example/docs/"
"""The base of links into the documentation: the only place that names it."""
