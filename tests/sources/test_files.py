"""Files of others are read within limits; ours are written whole or not at all."""

from __future__ import annotations

import gzip
import os
import stat
from pathlib import Path

import pytest

from cloudpack_baseline.sources import files
from cloudpack_baseline.sources.files import FileFault, read_file, unpacked, write_file

pipes = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes")


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    monkeypatch.setattr(files, "LIMIT", 2 * 2**20)


def test_a_file_up_to_the_limit(tmp_path):
    path = tmp_path / "f"
    path.write_bytes(b"x" * files.LIMIT)
    assert len(read_file(path)) == files.LIMIT
    path.write_bytes(b"x" * (files.LIMIT + 1))
    with pytest.raises(FileFault, match="is larger than 2 MiB"):
        read_file(path)


def test_no_file_and_a_folder(tmp_path):
    with pytest.raises(FileFault, match="cannot be read: No such file"):
        read_file(tmp_path / "none")
    with pytest.raises(FileFault, match=r"is not a regular file|cannot be read"):
        read_file(tmp_path)


@pytest.mark.parametrize("name", ["\ud800", "a\0b"])
def test_a_name_that_no_file_can_have(name):
    with pytest.raises(FileFault, match="no file can have this name"):
        read_file(Path(name))


@pipes
def test_a_pipe_that_nobody_writes_does_not_hang(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FileFault, match="is not a regular file"):
        read_file(tmp_path / "pipe")


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="no /dev/zero")  # noqa: PTH110 - a device
def test_a_device_without_end(tmp_path):
    (tmp_path / "zero").symlink_to("/dev/zero")
    with pytest.raises(FileFault, match="is not a regular file"):
        read_file(tmp_path / "zero")


def test_packed_data_up_to_the_limit():
    assert unpacked(gzip.compress(b"x" * files.LIMIT)) == b"x" * files.LIMIT
    assert unpacked(gzip.compress(b"one") + gzip.compress(b"two") + b"\0\0") == b"onetwo"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (gzip.compress(b"\0" * (64 * 2**20), mtime=0), "unpacks to more than 2 MiB"),
        (gzip.compress(b"x", mtime=0)[:-6], "ends too early"),
        (gzip.compress(b"x", mtime=0) + b"rest", "broken gzip data"),
        (b"\x1f\x8b" + b"\0" * 20, "broken gzip data"),
    ],
    ids=["bomb", "cut", "rest", "header"],
)
def test_packed_data_that_is_no_good(data, message):
    with pytest.raises(FileFault, match=message):
        unpacked(data)


class TestWriting:
    def test_what_was_there_stays_until_all_is_written(self, tmp_path, monkeypatch):
        path = tmp_path / "evidence"
        path.write_bytes(b"old")

        def full(_descriptor):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            write_file(path, b"new")
        assert path.read_bytes() == b"old"
        assert [path.name for path in tmp_path.iterdir()] == ["evidence"]

    def test_it_replaces_and_keeps_the_mode_and_the_link(self, tmp_path):
        path, link = tmp_path / "evidence", tmp_path / "link"
        path.write_bytes(b"old")
        path.chmod(0o640)
        link.symlink_to(path)
        write_file(link, b"new")
        assert path.read_bytes() == b"new"
        assert link.is_symlink()
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
        assert sorted(path.name for path in tmp_path.iterdir()) == ["evidence", "link"]

    @pipes
    def test_a_device_is_written_as_it_is(self):
        write_file(files.Path("/dev/null"), b"x")
        assert not files.Path("/dev/null").is_file()
