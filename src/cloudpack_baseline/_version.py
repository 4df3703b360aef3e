"""The version, read by the build and by snapshots."""

__version__ = "0.2.0.dev0"
