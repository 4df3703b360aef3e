"""Detached signatures of evidence: recorded snapshots, reports, and any other file.

``FILE.sig.json`` contains a small statement about the file, with its digest, and the signature of
that statement. `signing` writes and verifies it, `keys` and `kms` hold the keys.
"""
