"""The source ``describe:FOLDER``: recorded responses of the AWS CLI, as auditors collect them.

``[ACCOUNT/][REGION/]SERVICE.OPERATION[@SUBJECT].json``; ``{"Error": {"Code": ...}}`` stands
for that error, and a missing or empty file is no answer. The same gatherers run over the folder as
over AWS.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from attrs import field

from cloudpack_baseline.errors import InputError, WrongAccountError
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.arn import Arn
from cloudpack_baseline.model.denials import denying_policy
from cloudpack_baseline.model.snapshot import Snapshot
from cloudpack_baseline.sources.answers import (
    Place,
    RecordedAnswers,
    answer_files,
    file_name,
    is_global,
)
from cloudpack_baseline.sources.calls import (
    MALFORMED,
    NEXT_PAGE,
    NOT_PROVIDED,
    Answer,
    CallError,
    Calls,
)
from cloudpack_baseline.sources.fidelity import GAPS, Default
from cloudpack_baseline.sources.files import FileFault, read_file
from cloudpack_baseline.sources.gathering import gather_with, merge, utc_now
from cloudpack_baseline.sources.operations import Operation, operation
from cloudpack_baseline.sources.regions import Regions, every
from cloudpack_baseline.sources.shapes import shaped
from cloudpack_baseline.sources.targets import SourceAccount

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from cloudpack_baseline.model.read import Read

__all__ = ["ASSUMPTIONS", "TAKEN_AT", "DescribeSource", "DescribedAccounts"]

Json: TypeAlias = Any

TAKEN_AT = "taken-at"
"""A file beside the answers, with the instant (ISO 8601) when they were recorded."""

ASSUMPTIONS = "assumptions"
"""A file beside the answers, with the IDs of defaults to assume where no answer was recorded."""

_LAUNCHES = {"vpc-block-public-access-off": datetime(2024, 11, 19, tzinfo=UTC)}
"""Before their launch nobody could have changed these (AWS What's New, 19 November 2024)."""

_NO_CODE = "Unknown"
_LONGEST_MESSAGE = 300

_REGIONS = operation("ec2:DescribeRegions")
_IDENTITY = operation("sts:GetCallerIdentity")
_ARN = re.compile(rb'"arn:(aws[a-z-]*):[a-z0-9-]+:([a-z0-9-]*):(\d{12}):')
_ZONE = re.compile(rb'"AvailabilityZone": *"([a-z]{2,}(?:-[a-z]+)+-\d+)[a-z]"')
_OWNER = re.compile(rb'"OwnerId": *"(\d{12})"')


@frozen(kw_only=True)
class _Account:
    """One account of the folder, and the transport over its answers.

    Attributes:
        answers: of the whole folder.
        id: of the account.
        flat: the Region of answers outside any Region folder.
        assumed: IDs of the defaults for answers that were not recorded.
        used: those of them that were needed so far.
    """

    answers: RecordedAnswers
    id: str
    flat: str
    assumed: frozenset[str] = frozenset()
    used: set[str] = field(factory=set, eq=False)

    def pages(
        self, operation: Operation, region: str, parameters: Mapping[str, Any]
    ) -> Iterator[Answer]:
        """The recorded answer; what it says of further pages is an error after it.

        An operation that names several subjects has an answer for each.

        Raises:
            CallError: the recorded error; `NOT_PROVIDED` where there is no file.
        """
        for subject in operation.subjects_of(parameters):
            yield from self._page(operation, region, subject)

    def _page(self, operation: Operation, region: str, subject: str) -> Iterator[Answer]:
        gap = GAPS.get(operation.id)
        try:
            path = self._file(operation, region, subject)
        except CallError:
            if not isinstance(gap, Default) or gap.assumption not in self.assumed:
                raise
            self.used.add(gap.assumption)
            yield gap.answered()
            return
        answer = _whole(operation, _answer(path))
        yield shaped(operation, answer, path.name)
        group = answer.get(operation.items.rpartition(".")[0])
        members = answer | group if isinstance(group, dict) else answer
        if further := [key for key in NEXT_PAGE if members.get(key)]:
            raise CallError(MALFORMED, f"{path.name} is only one page of several ({further[0]})")

    def _file(self, operation: Operation, region: str, subject: str) -> Path:
        paths = self.answers.find(operation, subject, self._places(operation, region))
        if not paths:
            folder = "" if is_global(operation) or region == self.flat else f"{region}/"
            raise CallError(NOT_PROVIDED, f"no file {folder}{file_name(operation, subject)}")
        if len(paths) > 1:
            names = " and ".join(path.name for path in paths)
            raise CallError(NOT_PROVIDED, f"{names} could both be {file_name(operation)}")
        return paths[0]

    def _places(self, operation: Operation, region: str) -> Iterator[Place]:
        for account in (self.id, ""):
            yield Place(account, region)
            if region == self.flat or is_global(operation):
                yield Place(account)
        if is_global(operation):
            for neighbour in self.answers.regions(self.id):
                yield from (Place(self.id, neighbour), Place("", neighbour))

    def release(self, client: str, region: str) -> None:
        """Nothing is held."""

    @property
    def assumptions(self) -> frozenset[str]:
        """IDs of the defaults that replaced answers so far."""
        return frozenset(self.used)

    def regions(self, named: tuple[str, ...] | None) -> tuple[str, ...] | Regions | None:
        """As EC2 recorded them; else those of the folders."""
        if self.answers.find(_REGIONS, "", self._places(_REGIONS, self.flat)):
            return named
        recorded = self.answers.regions(self.id)
        if self.answers.has_flat(self.id) or not recorded:
            recorded = tuple(sorted({*recorded, self.flat}))
        return Regions(read=recorded if every(named) else tuple(sorted(named or ())))


def _answer(path: Path) -> dict[str, Json]:
    try:
        data = read_file(path)
    except FileFault as error:
        raise CallError(MALFORMED, f"{path.name} {error}") from error
    if not data.strip():
        raise CallError(NOT_PROVIDED, f"{path.name} is empty")
    try:
        answer = json.loads(data)
    except (RecursionError, ValueError) as error:
        raise CallError(MALFORMED, f"{path.name} is not JSON") from error
    if not isinstance(answer, dict):
        raise CallError(MALFORMED, f"{path.name} does not contain an object")
    if not answer:
        raise CallError(NOT_PROVIDED, f"{path.name} is empty")
    fault = answer.get("Error")
    if isinstance(fault, dict) and isinstance(fault.get("Code"), str):
        raise CallError(fault["Code"], _detail(fault))
    return answer


def _detail(fault: Mapping[str, Json]) -> str:
    """Which policy denied it; the message of the AWS CLI if there is no error code of AWS."""
    message = str(fault.get("Message", ""))
    return message[:_LONGEST_MESSAGE] if fault["Code"] == _NO_CODE else denying_policy(message)


def _whole(operation: Operation, answer: dict[str, Json]) -> dict[str, Json]:
    """The answer as AWS gives it: of a group without items the CLI prints nothing."""
    group = operation.items.rpartition(".")[0]
    return {group: {"Quantity": 0}} if group and set(answer) == {"ResponseMetadata"} else answer


@frozen(kw_only=True)
class DescribedAccounts:
    """The accounts of a folder.

    Attributes:
        answers: of the folder.
        targets: which accounts, under which names, in which regions.
    """

    answers: RecordedAnswers
    targets: tuple[SourceAccount, ...]

    def gather(self, selection: Iterable[Read], *, executor: Executor | None = None) -> Snapshot:
        """Gather the selected kinds from the folder."""
        task = partial(_gather, selection=tuple(selection), answers=self.answers)
        return merge((executor.map if executor else map)(task, self.targets))


def _gather(
    target: SourceAccount, *, selection: tuple[Read, ...], answers: RecordedAnswers
) -> Snapshot:
    hints = _Hints.of(answers, target)
    account = _Account(
        answers=answers,
        id=target.id,
        flat=hints.region,
        assumed=_assumed(answers, target.id),
    )
    calls = Calls(
        transport=account, account=target.id, partition=hints.partition, region=hints.region
    )
    return gather_with(
        calls,
        selection,
        source="describe",
        regions=account.regions(target.regions),
        name=target.name,
        clock=partial(_taken_at, answers, target.id),
        workers=1,
    )


@frozen
class DescribeSource:
    """A folder of recorded answers."""

    path: str
    name: str = "describe"

    @contextmanager
    def open(self, targets: Iterable[SourceAccount] = ()) -> Iterator[DescribedAccounts]:
        """The declared accounts of the folder; all of them if none is declared.

        Raises:
            InputError: there is no such folder, or the account of the answers is not clear.
            WrongAccountError: a declared account is not in it.
        """
        answers = answer_files(Path(self.path))
        yield DescribedAccounts(answers=answers, targets=_targets(answers, tuple(targets)))


def _targets(
    answers: RecordedAnswers, declared: tuple[SourceAccount, ...]
) -> tuple[SourceAccount, ...]:
    accounts = answers.accounts or _told_accounts(answers)
    named = [target for target in declared if target.id]
    if not accounts and len(named) == 1:
        return tuple(named)
    if not accounts:
        raise InputError(
            f"the account of {answers.folder} is not clear: put the responses into a folder "
            f"named by its 12 digits, or {file_name(_IDENTITY)} beside them"
        )
    if missing := sorted({target.id for target in named} - set(accounts)):
        raise WrongAccountError(
            f"{answers.folder} contains account {', '.join(accounts)}, "
            f"not the declared {', '.join(missing)}"
        )
    regions = declared[0].regions if declared else None
    return tuple(named) or tuple(SourceAccount(id=account, regions=regions) for account in accounts)


def _told_accounts(answers: RecordedAnswers) -> tuple[str, ...]:
    """The account of a folder without account folders: the caller's, else the only owner."""
    if identity := _identity(answers, *_everywhere(answers, "")):
        return (identity["Account"],)
    texts = answers.texts()
    owners = {owner for text in texts for owner in _OWNER.findall(text)}
    owners = owners or {match[2] for text in texts for match in _ARN.findall(text)}
    return (owners.pop().decode(),) if len(owners) == 1 else ()


def _identity(answers: RecordedAnswers, *places: Place) -> Mapping[str, str]:
    """The answer of sts:GetCallerIdentity; nothing if it was not recorded or is malformed."""
    for path in answers.find(_IDENTITY, "", places):
        try:
            answer = _answer(path)
            Arn.parse(answer["Arn"])
        except (AttributeError, CallError, KeyError, ValueError):
            return {}
        return answer if isinstance(answer.get("Account"), str) else {}
    return {}


def _everywhere(answers: RecordedAnswers, account: str) -> Iterator[Place]:
    """Where an answer about the whole account may be: in a Region folder too."""
    owners = dict.fromkeys((account, ""))
    yield from map(Place, owners)
    for region in answers.regions(account):
        yield from (Place(owner, region) for owner in owners)


@frozen(kw_only=True)
class _Hints:
    """What the answers show in addition to the records.

    Attributes:
        partition: of the ARNs; ``aws`` where there is none.
        region: the Region of answers outside any Region folder; empty if it is unknown.
    """

    partition: str
    region: str

    @classmethod
    def of(cls, answers: RecordedAnswers, target: SourceAccount) -> _Hints:
        flat = answers.texts(target.id)
        regions = {zone.decode() for text in flat for zone in _ZONE.findall(text)}
        regions = regions or {
            arn[1].decode() for text in flat for arn in _ARN.findall(text) if arn[1]
        }
        named = {region for region in target.regions or () if region != "*"}
        region = _only(regions) or _only(named)
        return cls(partition=_partition(answers, target.id), region=region)


def _partition(answers: RecordedAnswers, account: str) -> str:
    if identity := _identity(answers, *_everywhere(answers, account)):
        return Arn.parse(identity["Arn"]).partition
    arns = (arn for text in answers.texts() for arn in _ARN.findall(text))
    return next((arn[0].decode() for arn in arns), "aws")


def _only(names: Collection[str]) -> str:
    """The name, if it is the only one; else empty."""
    return next(iter(names)) if len(names) == 1 else ""


def _taken_at(answers: RecordedAnswers, account: str) -> datetime:
    """When the answers were recorded, as a file says (UTC where it names no zone); else now."""
    return _recorded_at(answers, account) or utc_now()


def _recorded_at(answers: RecordedAnswers, account: str) -> datetime | None:
    for path in (home / TAKEN_AT for home in answers.homes(account)):
        if path.exists():
            try:
                moment = datetime.fromisoformat(read_file(path).decode().strip())
                return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
            except (FileFault, OverflowError, ValueError) as error:
                raise InputError(f"{path}: expected a time in ISO 8601: {error}") from error
    return None


def _assumed(answers: RecordedAnswers, account: str) -> frozenset[str]:
    """The defaults for answers that were not recorded.

    Raises:
        InputError: the file names one that does not exist.
    """
    taken_at = _recorded_at(answers, account)
    assumed = {
        key for key, launch in _LAUNCHES.items() if taken_at is not None and taken_at < launch
    }
    known = {gap.assumption for gap in GAPS.values() if isinstance(gap, Default)}
    for path in (home / ASSUMPTIONS for home in answers.homes(account)):
        if not path.exists():
            continue
        try:
            names = read_file(path).decode().split()
        except (FileFault, ValueError) as error:
            raise InputError(f"{path}: {error}") from error
        if unknown := sorted(set(names) - known):
            raise InputError(
                f"{path}: there is no assumption {unknown[0]!r}: {', '.join(sorted(known))}"
            )
        assumed |= set(names)
    return frozenset(assumed)
