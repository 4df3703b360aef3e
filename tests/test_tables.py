"""The tables of the package, which are written as TOML and read as JSON."""

import pytest

from cloudpack_baseline.tables import read_table
from tables import stale_tables


def test_a_table_is_read_by_its_name():
    rows = read_table("cloudpack_baseline.texts", "regions")
    assert rows["no-data"].keys() == {"en", "ja"}


def test_there_is_no_other_table():
    with pytest.raises(FileNotFoundError):
        read_table("cloudpack_baseline.texts", "colours")


def test_a_source_that_was_edited_is_found(tmp_path):
    for name in ("edited", "new", "same"):
        (tmp_path / f"{name}.toml").write_text("a = 1\n")
    (tmp_path / "edited.json").write_text('{"a": 2}')
    (tmp_path / "same.json").write_text('{"a": 1}')
    assert [path.name for path in stale_tables(tmp_path)] == ["edited.toml", "new.toml"]
