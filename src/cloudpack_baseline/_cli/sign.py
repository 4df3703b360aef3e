"""``cloudpack-baseline sign``: detached signatures of evidence."""

from __future__ import annotations

import argparse
from pathlib import Path

from cloudpack_baseline._cli._keys import session_of
from cloudpack_baseline.sources.signatures.signing import sign, signature_file

__all__ = ["run"]


def run(arguments: argparse.Namespace) -> None:
    """Write the signature of each file.

    Raises:
        InputError: a file or the key cannot be read, or a signature cannot be written.
        SourceError: AWS KMS does not answer.
    """
    session = session_of(arguments)
    for path in arguments.evidence:
        statement = sign(path, key=arguments.key, kms_key=arguments.kms, session=session)
        print(f"wrote {signature_file(Path(path))}")
        print(f"  file sha256:{statement.sha256}")
        print(f"  key  {statement.key_id}")
