"""Reading files within limits, and writing them completely or not at all."""

from __future__ import annotations

import os
import stat
import zlib
from pathlib import Path

__all__ = ["LIMIT", "FileFault", "append_file", "read_file", "shown_path", "unpacked", "write_file"]

LIMIT = 256 * 2**20
"""Bytes that are read of a file, and unpacked of a packed one. The snapshot of an account with
2,000 buckets, security groups, network interfaces and instances each has about 10 million."""

_CHUNK = 2**20


class FileFault(Exception):  # noqa: N818 - it names what the file is
    """A file that is not read; the message says why."""


def shown_path(file: Path) -> str:
    """The path as it is shown and recorded: relative to the working folder, if it is below it."""
    folder = Path.cwd()
    return str(file.relative_to(folder)) if file.is_relative_to(folder) else str(file)


def read_file(path: Path) -> bytes:
    """The content of a regular file.

    Raises:
        FileFault: it cannot be read, is a pipe or a device, which may have no end, or is
            larger than `LIMIT`.
    """
    # A pipe without a writer is opened at once, so that it can be rejected.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(path, flags), "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise FileFault("is not a regular file")
            if status.st_size > LIMIT:
                raise FileFault(f"is larger than {LIMIT // 2**20} MiB")
            # A buffer of the limit takes longer than the file; some files in /proc have no size.
            return file.read(status.st_size or LIMIT)
    except OSError as error:
        raise FileFault(f"cannot be read: {error.strerror}") from error
    except ValueError as error:  # half a surrogate pair, or a null character
        raise FileFault("cannot be read: no file can have this name") from error


def unpacked(data: bytes) -> bytes:
    """What gzip packed.

    Raises:
        FileFault: it is broken, cut off, or unpacks to more than `LIMIT`.
    """
    chunks: list[bytes] = []
    size = 0
    while data:
        member = zlib.decompressobj(wbits=31)  # 31: with the header and the sum of gzip
        try:
            while data and not member.eof:
                chunks.append(member.decompress(data, _CHUNK))
                data = member.unconsumed_tail
                size += len(chunks[-1])
                if size > LIMIT:
                    raise FileFault(f"unpacks to more than {LIMIT // 2**20} MiB")
        except zlib.error as error:
            raise FileFault(f"broken gzip data: {error}") from error
        if not member.eof:
            raise FileFault("broken gzip data: it ends too early")
        data = member.unused_data.lstrip(b"\0")  # padding, as tape and disk images have it
    return b"".join(chunks)


def write_file(path: Path, data: bytes) -> None:
    """Write the whole file, or keep the old one: a new file is written and then renamed.

    A pipe or a device is written directly.

    Raises:
        OSError: it cannot be written.
    """
    path = path.resolve()
    if path.exists() and not path.is_file():
        path.write_bytes(data)
        return
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            beside.chmod(stat.S_IMODE(path.stat().st_mode))
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)  # renamed by now, unless something failed


def append_file(path: Path, data: bytes) -> None:
    """Write at the end of the file.

    Raises:
        OSError: it cannot be written.
    """
    with path.open("ab") as file:
        file.write(data)
