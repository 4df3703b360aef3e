"""The files of ``init --pytest``: the hook that builds the system, and the job that judges it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.metadata import distribution
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

from cloudpack_baseline.immutable import frozen

__all__ = ["ScaffoldFile", "conftest", "jobs", "pytest_configuration"]

_CONFIGURATIONS = (
    *("pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini"),
    *("pyproject.toml", "tox.ini", "setup.cfg"),
)
"""The files that pytest searches for, in each folder upwards."""

_PYTEST_TABLE = re.compile(r"^\[(tool[.:])?pytest(\.ini_options)?\]", re.MULTILINE)
_REMOTE = re.compile(r"^\s*url\s*=\s*(\S+)", re.MULTILINE)
_ORG, _GROUP, _TAG = "YOUR-ORG", "your-group", "v0.2.0"
"""What stands for the repository of this package in the files, and in the documentation."""


@frozen(kw_only=True)
class ScaffoldFile:
    """A file to write, unless it exists.

    Attributes:
        path: of the file.
        text: what it contains.
        addition: what to add if the file exists; empty: it has that already.
    """

    path: Path
    text: str
    addition: str

    @property
    def has_placeholder(self) -> bool:
        """Whether the user has to name the repository of this package in the file."""
        content = _read(self.path)
        return _ORG in content or _GROUP in content


def conftest(folder: Path) -> ScaffoldFile:
    """``conftest.py`` with the hook that builds the system on moto."""
    path, text = folder / "conftest.py", _data("conftest.txt")
    return ScaffoldFile(
        path=path, text=text, addition=_unless("pytest_cloudpack_provision", path, text)
    )


def pytest_configuration(folder: Path) -> ScaffoldFile:
    """``pytest.ini`` with the source; the configuration that pytest finds already, if it does."""
    text = _data("pytest.ini")
    for path in (level / name for level in (folder, *folder.parents) for name in _CONFIGURATIONS):
        header = _PYTEST_TABLE.search(_read(path))
        if header is not None or (path.exists() and path.stem.endswith("pytest")):
            addition = text.replace("[pytest]", header[0]) if header else text
            if path.suffix == ".toml":
                addition = addition.replace("= moto", '= "moto"')
            return ScaffoldFile(
                path=path, text=text, addition=_unless("cloudpack_source", path, addition)
            )
    return ScaffoldFile(path=folder / "pytest.ini", text=text, addition=text)


def jobs(baseline: Path) -> Iterator[ScaffoldFile]:
    """The file for each platform that the repository of the baseline file is on.

    That is one whose files it contains, or a remote of it.
    """
    root = _repository(baseline.parent)
    remotes = _remotes(root)
    name = baseline.relative_to(root).as_posix()
    if (root / ".github").is_dir() or _has_host(remotes, "github"):
        path = root / ".github" / "workflows" / "cloudpack-baseline.yml"
        text = _github().replace("file: cloudpack-baseline.toml", f"file: {_yaml(name)}")
        text = text.replace("branches: [main]", f"branches: [{_yaml(_default_branch(root))}]")
        yield ScaffoldFile(path=path, text=text, addition=_unless("source: moto", path, text))
    if (root / ".gitlab-ci.yml").exists() or _has_host(remotes, "gitlab"):
        path = root / ".gitlab-ci.yml"
        text = _gitlab().replace("FILE: cloudpack-baseline.toml", f"FILE: {_yaml(name)}")
        yield ScaffoldFile(path=path, text=text, addition=_unless("/ci/gitlab.yml", path, text))


def _yaml(name: str) -> str:
    """The name as a scalar of YAML, whose quoted strings are those of JSON."""
    return name if re.fullmatch("[A-Za-z0-9._/-]+", name) else json.dumps(name, ensure_ascii=False)


def _github() -> str:
    """The workflow; with the repository that this package was installed from, if it is known."""
    text = _data("github.yml")
    url, commit = _installed_from()
    if not _has_host([url], "github"):
        return text
    project = urlsplit(url).path.strip("/").removesuffix(".git")
    return text.replace(f"{_ORG}/cloudpack-baseline@{_TAG}", f"{project}@{commit}")


def _gitlab() -> str:
    text = _data("gitlab.yml")
    url, commit = _installed_from()
    if not _has_host([url], "gitlab"):
        return text
    project = urlsplit(url).path.strip("/").removesuffix(".git")
    text = text.replace(f"https://gitlab.com/{_GROUP}/cloudpack-baseline@{_TAG}", f"{url}@{commit}")
    return text.replace(f"{_GROUP}/cloudpack-baseline", project).replace(_TAG, commit)


def _installed_from() -> tuple[str, str]:
    """URL and commit of the repository that pip installed this package from (PEP 610), if any."""
    origin = distribution("cloudpack-baseline").read_text("direct_url.json")
    source = json.loads(origin) if origin else {}
    return source.get("url", ""), source.get("vcs_info", {}).get("commit_id", "")


def _has_host(urls: list[str], name: str) -> bool:
    """Whether the host of a URL, or of ``git@HOST:PATH``, contains the name."""
    hosts = (url.partition("://")[2] or url.partition("@")[2] for url in urls)
    return any(name in re.split("[/:]", host.rpartition("@")[2])[0] for host in hosts)


def _repository(folder: Path) -> Path:
    """The nearest folder with ``.git``; the folder itself if there is none."""
    levels = (folder, *folder.parents)
    return next((level for level in levels if (level / ".git").exists()), folder)


def _remotes(root: Path) -> list[str]:
    return _REMOTE.findall(_read(_git_folder(root) / "config"))


def _default_branch(root: Path) -> str:
    """That of the remote, as far as the clone knows it; else ``main``."""
    reference = _read(_git_folder(root) / "refs" / "remotes" / "origin" / "HEAD").strip()
    return reference.partition("refs/remotes/origin/")[2] or "main"


def _git_folder(root: Path) -> Path:
    """The folder with the configuration; in a linked worktree, ``.git`` is a file that names it."""
    folder = root / ".git"
    if not folder.is_file():
        return folder
    linked = root / _read(folder).removeprefix("gitdir:").strip()
    return linked / (_read(linked / "commondir").strip() or ".")


def _unless(words: str, path: Path, addition: str) -> str:
    return "" if words in _read(path) else addition


def _read(path: Path) -> str:
    """The text of the file; empty: there is none, or it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _data(name: str) -> str:
    return (files(__package__) / "scaffold" / name).read_text(encoding="utf-8")
