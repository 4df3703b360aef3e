"""A folder of recorded answers: which file answers which operation."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import quote, unquote_plus

from attrs import field
from botocore import xform_name

from cloudpack_baseline.errors import InputError
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.sources.files import FileFault, read_file
from cloudpack_baseline.sources.operations import OPERATIONS, Operation

__all__ = ["Place", "RecordedAnswers", "answer_files", "file_name", "is_global"]

Json: TypeAlias = Any

_SUFFIX = ".json"
_ACCOUNT = re.compile(r"\d{12}")
_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-\d+")
_SERVICES = {"config": "configservice", "s3": "s3api"}
"""What the AWS CLI calls a service, if not as botocore does."""
_IDENTITY = "sts.get-caller-identity.json"
_GLOBAL = frozenset(("cloudfront", "iam", "organizations", "s3", "s3control", "sts"))


_GLOBAL_NAMES = tuple(f"{_SERVICES.get(client, client)}." for client in sorted(_GLOBAL))


def is_global(operation: Operation) -> bool:
    """Whether the answer may be in any folder, because its service is global."""
    return operation.client in _GLOBAL


def file_name(operation: Operation, subject: str = "") -> str:
    """``SERVICE.OPERATION[@SUBJECT].json``, as the AWS CLI names service and operation."""
    service = _SERVICES.get(operation.client, operation.client)
    at = f"@{quote(subject, safe=':', errors='backslashreplace')}" if subject else ""
    return f"{service}.{xform_name(operation.name, '-')}{at}{_SUFFIX}"


@frozen
class Place:
    """Where in the folder an answer is.

    Attributes:
        account: the account of its folder; empty outside one.
        region: the Region of its folder; empty outside one.
    """

    account: str = ""
    region: str = ""


@frozen
class RecordedAnswers:
    """The files of a folder.

    Attributes:
        folder: the folder.
        files: by place and file name, as `file_name` gives it. Two files for one answer are kept,
            so that the reader can report them.
        placed: every file in a place, whatever it describes.
        names: names of folders, and the account of each.
    """

    folder: Path
    files: Mapping[tuple[Place, str], tuple[Path, ...]]
    placed: tuple[tuple[Place, Path], ...]
    names: Mapping[str, str] = field(factory=dict)

    @property
    def accounts(self) -> tuple[str, ...]:
        """The accounts that have a folder, sorted."""
        return tuple(sorted({place.account for place, _ in self.files if place.account}))

    def regions(self, account: str) -> tuple[str, ...]:
        """The regions that have a folder for the account, sorted."""
        return tuple(
            sorted(
                {
                    place.region
                    for place, _ in self.files
                    if place.region and place.account in ("", account)
                }
            )
        )

    def homes(self, account: str) -> tuple[Path, ...]:
        """The folders of an account, and the one of all."""
        names = [name for name, named in self.names.items() if named == account]
        return tuple(self.folder / name for name in (account, *names, ""))

    def find(self, operation: Operation, subject: str, places: Iterable[Place]) -> tuple[Path, ...]:
        """The files of the answer in the first of the places that has any."""
        name = file_name(operation, subject)
        return next((paths for place in places if (paths := self.files.get((place, name)))), ())

    def has_flat(self, account: str) -> bool:
        """Whether answers of regional operations are outside any Region folder."""
        places = (Place(account), Place())
        return any(
            place in places and not name.startswith(_GLOBAL_NAMES) for place, name in self.files
        )

    def texts(self, account: str | None = None) -> list[bytes]:
        """The contents of the files; with an account, only of those outside any Region folder."""
        places = None if account is None else (Place(account), Place())
        paths = (path for place, path in self.placed if not places or place in places)
        return [text for path in paths if (text := _read(path))]


def answer_files(folder: Path) -> RecordedAnswers:
    """The files of the folder, by what they answer.

    Names as CloudMapper writes them (``REGION/ec2-describe-vpcs.json``,
    ``REGION/s3-get-bucket-policy/BUCKET``) are read too, and folders
    with the name of an account that contain the answer of sts:GetCallerIdentity. Any other file is
    used only if its content can belong to exactly one operation that needs no subject, and only if
    no file has the proper name.

    Raises:
        InputError: there is no such folder, or it contains no answer.
    """
    if not folder.is_dir():
        raise InputError(f"there is no folder {folder}")
    recorded = tuple(_recorded(folder))
    names = dict(_named_accounts(recorded))
    proper: dict[tuple[Place, str], tuple[Path, ...]] = {}
    by_content: dict[tuple[Place, str], tuple[Path, ...]] = {}
    placed: list[tuple[Place, Path]] = []
    for folders, name, path in recorded:
        place = _place(folders, names)
        if place is None:
            continue
        placed.append((place, path))
        if name:
            proper[place, name] = (path,)
        elif operation := _told_of(path):
            key = (place, file_name(operation))
            by_content[key] = (*by_content.get(key, ()), path)
    if not (proper or by_content):
        raise InputError(
            f"{folder} contains no recorded response; responses are named SERVICE.OPERATION.json, "
            "as in ec2.describe-vpcs.json, and folders of accounts by 12 digits, or by any name if "
            "sts.get-caller-identity.json is in them"
        )
    return RecordedAnswers(folder, by_content | proper, tuple(placed), names)


def _read(path: Path) -> bytes:
    """The file; nothing if it cannot be read, which is reported when its answer is used."""
    try:
        return read_file(path)
    except FileFault:
        return b""


def _recorded(folder: Path) -> Iterator[tuple[tuple[str, ...], str, Path]]:
    """Each file: the folders it is in, and its proper name; no name where it has another."""
    proper = {
        file_name(api_operation).removesuffix(_SUFFIX) for api_operation in OPERATIONS.values()
    }
    mapped = {
        f"{api_operation.client}-{xform_name(api_operation.name, '-')}": api_operation
        for api_operation in OPERATIONS.values()
    }
    for path in sorted(folder.rglob("*")):
        *folders, name = path.relative_to(folder).parts
        stem = name.removesuffix(_SUFFIX)
        if folders and (api_operation := mapped.get(folders[-1])) and path.is_file():
            subject = unquote_plus(stem) if api_operation.subject else ""
            yield tuple(folders[:-1]), file_name(api_operation, subject), path
        elif stem == name:
            continue
        elif stem.partition("@")[0] in proper:
            yield tuple(folders), name, path
        else:
            yield tuple(folders), file_name(mapped[stem]) if stem in mapped else "", path


def _named_accounts(
    recorded: Iterable[tuple[tuple[str, ...], str, Path]],
) -> Iterator[tuple[str, str]]:
    """Folders that are named as people name accounts, and whose account they are."""
    for folders, name, path in recorded:
        if name == _IDENTITY and folders and _place(folders[:1], {}) is None:
            with suppress(AttributeError, RecursionError, ValueError):
                account = json.loads(_read(path)).get("Account")
                if isinstance(account, str) and _ACCOUNT.fullmatch(account):
                    yield folders[0], account


def _place(folders: tuple[str, ...], names: Mapping[str, str]) -> Place | None:
    """The place of the folders; ``None`` if they are not ``[ACCOUNT/][REGION/]``."""
    first = folders[0] if folders else ""
    account = first if _ACCOUNT.fullmatch(first) else names.get(first, "")
    below = folders[1:] if account else folders
    region = below[0] if below and _REGION.fullmatch(below[0]) else ""
    return Place(account, region) if len(below) == bool(region) else None


def _told_of(path: Path) -> Operation | None:
    """The one operation that a file of another name can be of; ``None`` if it may be several."""
    try:
        answer = json.loads(_read(path))
    except (RecursionError, ValueError):
        return None
    keys = answer.keys() if isinstance(answer, dict) else ()
    candidates = [
        api_operation
        for api_operation in OPERATIONS.values()
        if not api_operation.subject
        and (api_operation.items or api_operation.answer).partition(".")[0] in keys
    ]
    return candidates[0] if len(candidates) == 1 else None
