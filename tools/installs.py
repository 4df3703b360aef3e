"""Installs a wheel into new environments, one for each extra, and uses what the extra gives.

python tools/installs.py WHEEL FOLDER
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
FEATURES = ("moto", "templates", "cfn-lint", "html", "sign")
"""The extras that give something of their own."""
EXTRAS = {
    "": (),
    "moto": ("moto",),
    "templates": ("templates",),
    "cfn-lint": ("cfn-lint", "templates"),
    "cloudformation": ("cfn-lint", "templates"),
    "html": ("html",),
    "sign": ("sign",),
    "all": FEATURES,
}
"""Each extra, and which features it gives at least."""


def main(wheel: Path, folder: Path) -> int:
    """Install and use; 0 if each extra gives what its name says, and the examples run."""
    problems = [problem for extra in EXTRAS for problem in installed(wheel, folder, extra)]
    python = environment(folder, "all")
    if run(python, str(HERE.parent / "examples" / "check.py"), str(folder)):
        problems.append("the examples differ from what they are meant to show")
    for problem in problems:
        print(f"WRONG  {problem}")
    if not problems:
        print(f"{wheel.name} installs with each of {len(EXTRAS) - 1} extras, and without any")
    return 1 if problems else 0


def environment(folder: Path, extra: str) -> str:
    """The interpreter of the environment of an extra."""
    name = "Scripts/python.exe" if sys.platform == "win32" else "bin/python"
    return str(folder / (extra or "none") / name)


def installed(wheel: Path, folder: Path, extra: str) -> Iterator[str]:
    """What is wrong with the wheel in a new environment with one extra."""
    python, label = environment(folder, extra), extra or "no extra"
    requirement = f"{wheel}[{extra}]" if extra else str(wheel)
    steps = [
        ["venv", "--quiet", "--clear", str(folder / (extra or "none"))],
        ["pip", "install", "--quiet", "--python", python, requirement],
        ["pip", "check", "--quiet", "--python", python],
    ]
    for step in steps:
        if run(sys.executable, "-m", "uv", *step):
            yield f"{label}: uv {step[0]} {step[1]} failed"
            return
    # Without an extra, each feature has to name its own; with one, others may come along.
    if run(python, "-I", str(HERE / "features.py"), "--only" if not extra else "", *EXTRAS[extra]):
        yield f"{label}: does not give what it is named for"


def run(*command: str) -> int:
    """The exit code of a command."""
    return subprocess.run([word for word in command if word], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(*(Path(argument).resolve() for argument in sys.argv[1:])))
