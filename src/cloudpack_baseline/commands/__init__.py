"""Witnesses as command lines: data in, text out.

Checks put the line into a finding, and faces print it: neither the access engine nor any report
knows how a request is sent.
"""

from __future__ import annotations

from cloudpack_baseline.commands.s3 import request_command

__all__ = ["request_command"]
