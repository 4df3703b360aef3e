"""The nearest baseline from each folder upwards."""

import pytest

from cloudpack_baseline import InputError
from cloudpack_baseline.baseline import FILE_NAME, find_baseline

TABLE = "[tool.cloudpack-baseline]\n"


def test_here(tmp_path):
    (tmp_path / FILE_NAME).touch()
    assert find_baseline([tmp_path]) == tmp_path / FILE_NAME


def test_from_a_file_or_a_folder_below(tmp_path):
    (tmp_path / FILE_NAME).touch()
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    (below / "test_x.py").touch()
    assert find_baseline([below]) == tmp_path / FILE_NAME
    assert find_baseline([below / "test_x.py"]) == tmp_path / FILE_NAME


def test_the_nearest_one(tmp_path):
    (tmp_path / FILE_NAME).touch()
    below = tmp_path / "a"
    below.mkdir()
    (below / "pyproject.toml").write_text(TABLE, encoding="utf-8")
    assert find_baseline([below]) == below / "pyproject.toml"


DEEP = f"a = {'[' * 3000}"


@pytest.mark.parametrize(
    "text",
    ["", "[tool.ruff]\n", "tool = 1\n", "broken =", DEEP, f"a = {'9' * 6000}"],
    ids=["empty", "another", "number", "broken", "deep", "long"],
)
def test_a_pyproject_of_others_is_passed_by(tmp_path, text):
    (tmp_path / FILE_NAME).touch()
    below = tmp_path / "a"
    below.mkdir()
    (below / "pyproject.toml").write_text(text, encoding="utf-8")
    assert find_baseline([below]) == tmp_path / FILE_NAME


def test_a_pyproject_that_is_not_utf8_is_passed_by(tmp_path):
    (tmp_path / FILE_NAME).touch()
    (tmp_path / "pyproject.toml").write_bytes(b"\xff\xfe")
    assert find_baseline([tmp_path]) == tmp_path / FILE_NAME


def test_two_at_one_level_are_refused(tmp_path):
    (tmp_path / FILE_NAME).touch()
    (tmp_path / "pyproject.toml").write_text(TABLE, encoding="utf-8")
    with pytest.raises(InputError, match="two baselines at one level") as caught:
        find_baseline([tmp_path])
    assert str(tmp_path / FILE_NAME) in str(caught.value)
    assert str(tmp_path / "pyproject.toml") in str(caught.value)


def test_the_first_start_that_leads_to_one_decides(tmp_path):
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
    (tmp_path / "b" / FILE_NAME).touch()
    (tmp_path / "c" / FILE_NAME).touch()
    starts = [tmp_path / name for name in "abc"]
    assert find_baseline(starts) == tmp_path / "b" / FILE_NAME


def test_none_at_all_names_the_command_that_writes_one(tmp_path):
    with pytest.raises(InputError, match="'cloudpack-baseline init' writes one"):
        find_baseline([tmp_path])


def test_no_start_at_all():
    with pytest.raises(InputError, match="no baseline file"):
        find_baseline([])
