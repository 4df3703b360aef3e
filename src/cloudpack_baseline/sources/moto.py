"""moto in place of AWS: in this process, on a new server, or on a server that is already filled.

Importing this module does not import moto.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit
from urllib.request import ProxyHandler, Request, build_opener

from attrs import field

from cloudpack_baseline.errors import InputError, MissingExtraError, SourceError
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.sources.calls import Answer
from cloudpack_baseline.sources.facts import declared_facts, root_facts
from cloudpack_baseline.sources.mock import Mock
from cloudpack_baseline.sources.targets import SourceAccount

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from cloudpack_baseline.model.read import Read
    from cloudpack_baseline.model.snapshot import Snapshot
    from cloudpack_baseline.progress import GatheringProgress
    from cloudpack_baseline.sources.mocked import MockedAccount

__all__ = ["MotoCloud", "MotoSource"]


@frozen(kw_only=True)
class MotoCloud:
    """moto, open: the accounts that can be filled and gathered.

    Attributes:
        url: the endpoint, for every tool that honours one.
        accounts: the declared accounts, or the one default account.
        fillable: whether the accounts are ours to fill: moto was started for this run.
        facts: of every account of a server that is not, by operation ID.
        progress: is called with what is being read, unless there is an executor.
    """

    url: str
    accounts: tuple[MockedAccount, ...]
    fillable: bool
    facts: Mapping[str, Answer] = field(factory=dict)
    progress: GatheringProgress | None = None

    def gather(self, selection: Iterable[Read], *, executor: Executor | None = None) -> Snapshot:
        """Gather the selected kinds from every account, into one snapshot.

        Args:
            selection: kinds of records, with the fields that need separate calls.
            executor: runs one task for each account; by default sequentially.
        """
        from cloudpack_baseline.sources.gathering import merge  # noqa: PLC0415 - a run that does not need it starts sooner

        selection = tuple(selection)
        facts = {account.id: self.facts for account in self.accounts}
        mock = Mock(declared_facts() if self.fillable else facts)
        gather = partial(_gather, selection=selection, mock=mock)
        if self.progress and executor is None:
            self.progress.expect(len(self.accounts))
            gather = partial(gather, progress=self.progress)
        return merge((executor.map if executor else map)(gather, self.accounts))


def _gather(
    account: MockedAccount,
    *,
    selection: tuple[Read, ...],
    mock: Mock,
    progress: GatheringProgress | None = None,
) -> Snapshot:
    return account.gather(selection, mock, progress)


@frozen
class MotoSource:
    """``moto`` (starts a server) or ``moto:URL`` (uses a server that is already filled).

    Attributes:
        url: the URL of the filled server, with the facts in `_FACTS` as its query; empty: start
            one.
        progress: is called with what is being read.
    """

    url: str = ""
    progress: GatheringProgress | None = None
    name: str = "moto"

    def __attrs_post_init__(self) -> None:
        """Check the URL.

        Raises:
            InputError: it is none, or its query names no fact.
        """
        if self.url and not _is_address(self.url):
            shown_url = self.url.rpartition("@")[2]  # not the password of what is no URL
            raise InputError(f"not a URL: {shown_url!r}; write moto:http://127.0.0.1:5000")
        _facts(urlsplit(self.url).query)

    @contextmanager
    def open(self, targets: Iterable[SourceAccount] = ()) -> Iterator[MotoCloud]:
        """moto, until the end of the block; no call leaves the machine in the meantime.

        Args:
            targets: the accounts that exist; none: moto's default account.

        Raises:
            MissingExtraError: a server is to be started, and moto is not installed.
            SourceError: nobody answers at the URL.
        """
        from cloudpack_baseline.sources import mocked, offline  # noqa: PLC0415 - loads boto3

        chosen = tuple(targets) or (SourceAccount(),)
        address, _, query = self.url.partition("?")
        with _server() if not address else nullcontext(_answering(address)) as url:
            host = urlsplit(url).hostname or ""
            with (
                offline.local_requests_only((host,)),
                mocked.default_account(url, chosen[0]).acting(),
            ):
                accounts = mocked.opened(url, chosen)
                with accounts[0].acting():
                    yield MotoCloud(
                        url=url,
                        accounts=accounts,
                        fillable=not address,
                        facts=_facts(query),
                        progress=self.progress,
                    )


def _is_address(url: str) -> bool:
    """Whether it is the URL of a server."""
    try:
        address = urlsplit(url)
        return address.scheme in ("http", "https") and bool(address.hostname) and address.port != 0
    except ValueError:  # such as that of a port that is none
        return False


_FACTS = {
    "root-mfa": "mfa",
    "root-password": "password",
    "root-access-keys": "access_keys",
    "root-signing-certificates": "signing_certificates",
}
"""What a URL may say of the root user, since nothing on a running server can."""
_TRUTHS = ("true", "false")


def _facts(query: str) -> Mapping[str, Answer]:
    """The answers that the query of a URL declares, such as ``root-mfa=true``.

    Raises:
        InputError: another name or value, or other facts without ``root-mfa``.
    """
    facts = dict(parse_qsl(query, keep_blank_values=True))
    # The values are not shown: one of them may be a secret.
    wrong = [name for name, value in facts.items() if name not in _FACTS or value not in _TRUTHS]
    if wrong or (facts and "root-mfa" not in facts):
        raise InputError(
            f"moto:URL takes {', '.join(_FACTS)} as true or false, root-mfa at least: "
            f"moto:http://127.0.0.1:5000?root-mfa=true; got {', '.join(wrong or facts)}"
        )
    if not facts:
        return {}
    root: dict[str, Any] = {_FACTS[name]: value == "true" for name, value in facts.items()}
    return root_facts(**root)


def _answering(url: str) -> str:
    """The URL, if someone listens there."""
    address = urlsplit(url)
    port = address.port or (443 if address.scheme == "https" else 80)
    try:
        socket.create_connection((address.hostname, port), timeout=10).close()
    except OSError as error:
        raise SourceError(
            f"no moto server answers at {url} ({error.strerror or error}); "
            "start one with `moto_server`, or use the source `moto`"
        ) from error
    return url.rstrip("/")


@contextmanager
def _server() -> Iterator[str]:
    """An empty moto server on a free port of the loopback interface; gives its URL."""
    try:
        from moto.moto_server import werkzeug_app  # noqa: PLC0415 - of an extra
        from moto.server import ThreadedMotoServer  # noqa: PLC0415 - of an extra
    except ImportError as error:
        raise MissingExtraError("moto", "the source `moto`") from error
    from cloudpack_baseline.sources import offline  # noqa: PLC0415 - loads boto3

    with _silenced(vars(werkzeug_app)):
        server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
        server.start()
        host, port = server.get_host_and_port()
        url = f"http://{host}:{port}"
        try:
            _reset(url)
            yield url
        finally:
            # moto makes what it forgets anew, in each Region with every public image.
            with offline.acting({**os.environ, "MOTO_EC2_LOAD_DEFAULT_AMIS": "false"}):
                _reset(url)
            server.stop()


@contextmanager
def _silenced(dispatcher: dict[str, object]) -> Iterator[None]:
    """Inside the block, the server writes nothing into the output of pytest or a command.

    Args:
        dispatcher: the globals of moto's dispatcher, which prints a line on standard output
            for every call of a service that moto lacks. Redirecting standard output instead
            would silence the other threads, too.
    """
    logger = logging.getLogger("werkzeug")
    level, printer = logger.level, dispatcher.get("print", print)
    logger.setLevel(logging.CRITICAL)  # it prints a line for every call
    dispatcher["print"] = lambda *_: None
    try:
        yield
    finally:
        dispatcher["print"] = printer
        logger.setLevel(level)


def _reset(url: str) -> None:
    """Forget everything: moto's state belongs to the process, not to the server."""
    request = Request(f"{url}/moto-api/reset", method="POST")  # noqa: S310 - our own server
    build_opener(ProxyHandler({})).open(request, timeout=30).close()
