"""Builds the sdist and the wheel, and builds both again from the sdist: the same bytes.

python tools/distributions.py FOLDER
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]
GENERATED = frozenset({"PKG-INFO"})
"""Files of the sdist that are not in the repository."""


def main(folder: Path) -> int:
    """Build into the folder; 0 if the sdist is complete and both builds are equal."""
    shutil.rmtree(folder, ignore_errors=True)
    build(ROOT, folder)
    sdist = next(folder.glob("*.tar.gz"))
    with tempfile.TemporaryDirectory() as scratch:
        # tarfile has filters since Python 3.11.4 only, and this archive was made a moment ago.
        shutil.unpack_archive(sdist, scratch)
        (source,) = Path(scratch).iterdir()
        again = Path(scratch, "again")
        build(source, again)
        problems = [*left_out(sdist), *differences(folder, again), *relative_links(sdist)]
    for problem in problems:
        print(f"WRONG  {problem}")
    if not problems:
        print("the sdist is complete, and builds the same sdist and wheel byte for byte")
    return 1 if problems else 0


def build(source: Path, folder: Path) -> None:
    """Build sdist and wheel of a source tree, with the tools of this environment."""
    command = ["-m", "build", "--no-isolation", "--sdist", "--wheel", "--outdir", str(folder)]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": epoch()}
    quiet = {"env": environment, "stdout": subprocess.DEVNULL}
    subprocess.run([sys.executable, *command, str(source)], check=True, **quiet)


def epoch() -> str:
    """The time of the files in the archives: that of the commit."""
    if epoch := os.environ.get("SOURCE_DATE_EPOCH"):
        return epoch
    # Outside a repository: the time that hatchling uses.
    return git("log", "-1", "--format=%ct").strip() or "1580601600"


def git(*arguments: str) -> str:
    """What git prints; nothing outside a repository."""
    command = ["git", "-C", str(ROOT), *arguments]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    return done.stdout if done.returncode == 0 else ""


def left_out(sdist: Path) -> Iterator[str]:
    """Files of the repository that the sdist lacks, and files that it has beside them."""
    tracked = frozenset(git("ls-files", "-z").split("\0")) - {""}
    if not tracked:
        return
    packed = frozenset(name.partition("/")[2] for name in contents(sdist)) - GENERATED
    yield from (f"the sdist lacks {name}" for name in sorted(tracked - packed))
    yield from (f"{name} is in the sdist, but not in git" for name in sorted(packed - tracked))


def relative_links(sdist: Path) -> Iterator[str]:
    """Links of the long description that lead nowhere on the page of a package index."""
    (description,) = (text for name, text in contents(sdist).items() if name.endswith("/PKG-INFO"))
    for target in re.findall(r"\]\(([^)\s]+)\)", description.decode()):
        if not target.startswith(("https://", "#")):
            yield f"the long description has a relative link: {target}"


def differences(first: Path, second: Path) -> Iterator[str]:
    """What two builds do not have in common: files, the bytes of a file, or of the archive."""
    names = [{file.name for file in folder.iterdir()} for folder in (first, second)]
    yield from (f"only one build has {name}" for name in sorted(names[0] ^ names[1]))
    for name in sorted(names[0] & names[1]):
        if (first / name).read_bytes() != (second / name).read_bytes():
            old, new = contents(first / name), contents(second / name)
            files = sorted(file for file in old.keys() | new if old.get(file) != new.get(file))
            yield f"{name} differs between two builds: {', '.join(files) or 'only its metadata'}"


def contents(archive: Path) -> Mapping[str, bytes]:
    """The files of a wheel or an sdist."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return {name: wheel.read(name) for name in wheel.namelist()}
    with tarfile.open(archive) as sdist:
        files = (member for member in sdist if member.isfile())
        return {file.name: sdist.extractfile(file).read() for file in files}


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
