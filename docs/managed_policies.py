"""Write the documents of policies that AWS manages anew, from moto's copy of them.

Usage: python docs/managed_policies.py [NAME ...]

The table contains the policies that templates name most, and those named here; whatever is
attached beside them is reported as unknown.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from moto.iam.aws_managed_policies import aws_managed_policies_data

FOLDER = Path(__file__).parent.parent / "src/cloudpack_baseline/sources/cloudformation"
TABLE = FOLDER / "managed_policies.json"


def main() -> None:
    """Write the table."""
    policies = json.loads(aws_managed_policies_data)
    paths = {f"{policy['Path'].lstrip('/')}{name}": policy for name, policy in policies.items()}
    known = json.loads(TABLE.read_text(encoding="utf-8"))
    added = {path for path in paths if path.rpartition("/")[2] in sys.argv[1:]}
    lines = ",\n".join(
        f"{json.dumps(path)}:{json.dumps(document, separators=(',', ':'), sort_keys=True)}"
        for path in sorted(known.keys() | added)
        if (document := paths[path]["Document"] if path in paths else known[path])
    )
    TABLE.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
