"""Which items of a listing are read: for the records, and for the operations that list them."""

from __future__ import annotations

__all__ = ["OPEN_PATCH_STATES", "TLS_PARAMETERS"]

TLS_PARAMETERS = ("db2comm", "rds.force_ssl", "require_secure_transport", "tls")
"""The parameters that make clients use TLS; no others are read."""

OPEN_PATCH_STATES = ("Missing", "Failed", "InstalledPendingReboot")
"""The states of patches that are not in effect."""
