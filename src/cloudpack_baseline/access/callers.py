"""Callers: one for each class of principals that the policies distinguish."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal

from cloudpack_baseline.access.patterns import (
    MANY,
    Pattern,
    literal_text,
    shared_steps,
    string_classes,
)
from cloudpack_baseline.access.policy import account_of
from cloudpack_baseline.access.predicates import StringPredicate
from cloudpack_baseline.immutable import frozen

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from cloudpack_baseline.access.policy import PrincipalElement
    from cloudpack_baseline.access.predicates import Predicate

__all__ = [
    "MAYBE_ABSENT",
    "SERVICES",
    "UNDECIDED",
    "Caller",
    "UndecidedValue",
    "account_in",
    "callers",
    "exempts",
    "names_caller",
]

CallerKind = Literal["anonymous", "account", "canonical", "cloudfront", "federated", "service"]


@frozen(kw_only=True)
class UndecidedValue:
    """The value of a key that is present but unknown.

    It is not that of an unsigned request, nor of the account ``other_than``.
    """

    other_than: str | None = None

    def is_none_of(self, predicate: Predicate) -> bool:
        """Whether it surely passes no test for some value of the predicate."""
        return isinstance(predicate, StringPredicate) and all(
            self._differs(pattern) for pattern in (*predicate.patterns, *predicate.maybe)
        )

    def _differs(self, pattern: Pattern) -> bool:
        if pattern.text.lower() == "anonymous":
            return True
        account = pattern.text.split(":")[4] if pattern.text.count(":") >= _ARN_COLONS else ""
        return self.other_than is not None and self.other_than in {pattern.exact, account}


UNDECIDED: Final = UndecidedValue()
MAYBE_ABSENT: Final = UndecidedValue()
"""The value of a key that may be there or not."""

_ARN_COLONS: Final = 5
_WILD: Final = re.compile(r"[*?]")
_ACCOUNT: Final = re.compile(r"\d{12}", re.ASCII)
_ARN: Final = re.compile(r"arn:[a-z0-9-]+:(?:iam|sts)::([^:*?$]+):(.+)", re.ASCII | re.DOTALL)
_SESSION: Final = re.compile(r"(arn:[a-z0-9-]+):sts::(\d{12}):assumed-role/([^/]+)/(.+)", re.ASCII)
# A service calls from an account of AWS's own, which no policy names.
_OF_SERVICES: Final = {
    "aws:principalaccount": "000000000000",
    "aws:principalarn": "arn:aws:iam::000000000000:service-principal/aws",
    "aws:principaltype": "Service",
}
_STRANGERS: Final = ("210987654321", "987654321098", "345678901234", "456789012345")
SERVICES: Final = ("sns.amazonaws.com", "config.amazonaws.com", "events.amazonaws.com")
CLOUDFRONT: Final = "cloudfront"


@frozen(kw_only=True, cache_hash=True)
class Caller:
    """One principal, which stands for all that no policy distinguishes from it.

    ``name`` is the ARN, service, provider or canonical ID; ``arn`` the value of
    ``aws:PrincipalArn`` (None if not distinguished), ``session`` the ARN of a role session. A
    ``sample`` stands for others too, so its ARN is one of many. A caller that is not ``signed`` has
    the token of a provider and no keys of a principal. ``other_than`` is an account that it
    certainly does not belong to.
    """

    kind: CallerKind
    name: str
    account: str | None = None
    arn: str | None = None
    session: str | None = None
    owner: bool = False
    stranger: bool = False
    sample: bool = False
    signed: bool = True
    other_than: str | None = None

    @property
    def is_session(self) -> bool:
        """Whether it acts by a session of a role, so by temporary credentials."""
        return not self.sample and self.arn is not None and ":role/" in self.arn

    def value(self, key: str) -> str | tuple[str, ...] | UndecidedValue | None:
        """The value of an identity key (in lower case) in the requests of this caller."""
        match self.kind:
            case "anonymous":
                return {"aws:principalaccount": "anonymous", "aws:principaltype": "Anonymous"}.get(
                    key
                )
            case "service":
                return self._service(key)
            case "account" | "cloudfront":
                return self._account(key)
            case _:
                return self._unnamed(key)

    def _unnamed(self, key: str) -> str | UndecidedValue | None:
        """A caller whose account and name are unknown."""
        if key == "aws:principalisawsservice":
            return "false"
        if not self.signed or key in {"aws:principalservicename", "aws:principalservicenameslist"}:
            return None
        return MAYBE_ABSENT if key == "aws:username" else UndecidedValue(other_than=self.other_than)

    def _service(self, key: str) -> str | tuple[str, ...] | None:
        match key:
            case "aws:principalisawsservice":
                return "true"
            case "aws:principalservicename":
                return self.name
            case "aws:principalservicenameslist":
                return (self.name,)
            case "aws:username":
                return None
            case _:
                return _OF_SERVICES.get(key)

    def _account(self, key: str) -> str | UndecidedValue | None:
        match key:
            case "aws:principalaccount":
                return self.account
            case "aws:principalisawsservice":
                return "false"
            case "aws:principalarn":
                return self.arn or UNDECIDED
            case "aws:principaltype":
                return _type(self.arn)
            case "aws:username":
                is_user = self.arn is not None and ":user/" in self.arn
                return self.arn.rpartition("/")[2] if self.arn and is_user else None
            case _:
                return None


def _type(arn: str | None) -> str | UndecidedValue:
    if arn is None:
        return UNDECIDED
    if arn.endswith(":root"):
        return "Account"
    if ":user/" in arn:
        return "User"
    return "FederatedUser" if ":federated-user/" in arn else "AssumedRole"


def names_caller(
    element: PrincipalElement, caller: Caller, owner_canonical: str | None = None
) -> bool:
    """Whether a Principal element means the caller."""
    if element.everyone:
        return True
    match caller.kind:
        case "anonymous":
            return False
        case "service":
            return caller.name in element.services
        case "federated":
            return caller.name in element.federated
        case "canonical":
            return caller.name in element.canonical
        case _:
            return (
                caller.account in element.accounts
                or caller.arn in element.names
                or caller.session in element.names
                or (caller.owner and owner_canonical in element.canonical)
            )


def exempts(element: PrincipalElement, caller: Caller, owner_canonical: str | None = None) -> bool:
    """Whether the NotPrincipal of a Deny spares the caller.

    The account has to be listed: a user's or role's ARN alone does not save it, because its
    account is denied (IAM User Guide, "NotPrincipal").
    """
    if caller.kind != "account" or element.everyone:
        return names_caller(element, caller, owner_canonical)
    return caller.account in element.accounts or (
        caller.owner and owner_canonical in element.canonical
    )


_ANONYMOUS: Final = Caller(kind="anonymous", name="anonymous")


class _PrincipalClasses:
    """Gathers the callers of one analysis.

    Attributes:
        owner: the account of the resource.
        partition: of ARNs.
        strangers: the accounts that no policy names.
        steps: how many the search for the classes of one account may take.
    """

    def __init__(
        self, owner: str | None, partition: str, strangers: Collection[str], steps: int
    ) -> None:
        self.owner = owner
        self.partition = partition
        self.strangers = strangers
        self.steps = steps
        self.found: dict[Caller, None] = {}

    def base(self, account: str) -> str:
        """With what the ARNs of the account begin in IAM."""
        return f"arn:{self.partition}:iam::{account}:"

    def account(
        self, account: str, arn: str | None, session: str | None = None, *, sample: bool = False
    ) -> None:
        kind: CallerKind = "cloudfront" if account == CLOUDFRONT else "account"
        caller = Caller(
            kind=kind,
            name=session or arn or f"{self.base(account)}role/example",
            account=account,
            arn=arn,
            session=session,
            owner=account == self.owner,
            stranger=account in self.strangers,
            sample=sample,
        )
        self.found[caller] = None


def callers(  # noqa: PLR0913 - the dimensions that distinguish callers
    elements: Iterable[PrincipalElement],
    *,
    owner: str | None,
    partition: str,
    accounts: Iterable[str] = (),
    samples: Iterable[str] = (),
    services: tuple[str | None, Iterable[str]] = (None, ()),
    arn_tests: Mapping[str, Sequence[Pattern]] | None = None,
    name_tests: Sequence[Pattern] = (),
    split: bool = False,
    owner_canonical: str | None = None,
) -> tuple[Caller, ...]:
    """One caller for each class: anonymous, then other accounts, so that witnesses are simple.

    ``elements`` are all Principal elements, ``accounts`` further accounts that conditions name,
    ``samples`` accounts that stand for all that match a pattern, ``services`` a service that no
    condition names and those that some name. With ``split``, accounts are divided by the tests on
    aws:PrincipalArn (``arn_tests``, by account, ``""`` for other accounts) and aws:username.
    """
    elements = tuple(elements)
    entries = dict.fromkeys(entry for element in elements for entry in element.aws)
    named = {account_in(entry) for entry in entries} | set(accounts) | {owner}
    strangers = set(samples) - named
    stranger = next((a for a in _STRANGERS if a not in named), None) or _unused(named)
    by_account: dict[str | None, list[str]] = {}
    for entry in entries:
        by_account.setdefault(account_in(entry), []).append(entry)
    strangers.add(stranger)
    # Roles, users and federated users of each account are searched.
    steps = shared_steps(3 * (len(strangers) + len(named)))
    classes_of_accounts = _PrincipalClasses(owner, partition, strangers, steps)
    order = [
        *sorted(strangers),
        *sorted(account for account in named if account and account != owner),
    ]
    for account in [*order, *([owner] if owner else [])]:
        # Nothing is named with a wildcard, and none is meant by one here.
        named_arns = [arn for arn in by_account.get(account, ()) if not _WILD.search(arn)]
        tests = _tests(arn_tests or {}, account)
        _named_callers(classes_of_accounts, account, named_arns, tests)
        if split and account != CLOUDFRONT:
            _divided_callers(classes_of_accounts, account, named_arns, tests, name_tests)
        elif account != CLOUDFRONT:
            example = _free_name(f"{classes_of_accounts.base(account)}role/example", named_arns)
            classes_of_accounts.account(account, example, sample=True)
    classes = [
        _ANONYMOUS,
        *classes_of_accounts.found,
        *_service_callers(elements, *services),
        *_unnamed_callers(elements, owner, owner_canonical),
    ]
    return tuple(dict.fromkeys(classes))


def _service_callers(
    elements: Iterable[PrincipalElement], unnamed: str | None, named: Iterable[str]
) -> Iterator[Caller]:
    """A service that nothing names, then those that principals or conditions name."""
    names = dict.fromkeys((*(name for element in elements for name in element.services), *named))
    candidates = (unnamed, *SERVICES, "other.amazonaws.com")
    fresh = next(name for name in candidates if name and name not in names)
    for name in (fresh, *names):
        yield Caller(kind="service", name=name, stranger=name == fresh)


def _unnamed_callers(
    elements: Iterable[PrincipalElement], owner: str | None, owner_canonical: str | None
) -> Iterator[Caller]:
    """Users of identity providers, and accounts of which only the canonical id is known."""
    other_than = None if owner_canonical is None else owner
    for element in elements:
        for name in element.federated:
            yield Caller(kind="federated", name=name)
        for name in element.canonical:
            if name != owner_canonical:
                yield Caller(kind="canonical", name=name, other_than=other_than)


def _unused(named: set[str | None]) -> str:
    return next(str(n) for n in range(500_000_000_000, 600_000_000_000) if str(n) not in named)


def _tests(tests: Mapping[str, Sequence[Pattern]], account: str) -> Sequence[Pattern]:
    return tests.get(account) or tests.get("") or ()


def account_in(entry: str) -> str | None:
    """The account that a principal is in; None: it names none."""
    if _ACCOUNT.fullmatch(entry):
        return entry
    match = _ARN.fullmatch(entry)
    return match[1] if match else None


def _named_callers(
    classes: _PrincipalClasses, account: str, entries: Sequence[str], arn_tests: Sequence[Pattern]
) -> None:
    """The users, roles and sessions of an account that principals name."""
    roles: list[str] = []
    for entry in entries:
        if account_of(entry) is None and not _SESSION.fullmatch(entry):
            classes.account(account, entry)
            roles.append(entry)
    base = classes.base(account)
    for entry in entries:
        session = _SESSION.fullmatch(entry)
        for role in _roles_of(session[3], base, roles, arn_tests) if session else ():
            classes.account(account, role, entry)


def _divided_callers(
    classes: _PrincipalClasses,
    account: str,
    entries: Sequence[str],
    arn_tests: Sequence[Pattern],
    name_tests: Sequence[Pattern],
) -> None:
    """One caller of an account for each class that tests on ARNs and user names distinguish."""
    base = classes.base(account)
    user_tests = [*arn_tests, *(_after(f"{base}user/", test) for test in name_tests)]
    federated = f"{base.replace(':iam:', ':sts:')}federated-user/"
    _divide(classes, account, f"{base}role/", entries, arn_tests)
    _divide(classes, account, f"{base}user/", entries, user_tests)
    classes.account(account, f"{base}root")
    _divide(classes, account, federated, entries, arn_tests)


def _divide(
    classes: _PrincipalClasses,
    account: str,
    prefix: str,
    entries: Sequence[str],
    tests: Sequence[Pattern],
) -> None:
    exact = [literal_text(((entry, True),)) for entry in entries]
    for arn in _classes([(test,) for test in (*exact, *tests)], prefix, classes.steps):
        classes.account(account, arn, sample=arn not in entries)


def _roles_of(
    name: str, base: str, roles: Sequence[str], arn_tests: Sequence[Pattern]
) -> Sequence[str | None]:
    """The role of a session by the name of the role: its path, which tests may use, is unknown."""
    named = [arn for arn in roles if arn.endswith(f"/{name}")]
    if named:
        return named
    plain = f"{base}role/{name}"
    if not arn_tests:
        return [plain]
    below = Pattern((*base, *"role/", MANY, *f"/{name}"))
    tests = [(test,) for test in arn_tests]
    arns = string_classes([*tests, (literal_text(((plain, True),)), below)], prefix=f"{base}role/")
    if arns is None:
        return [None]
    return [arn for arn, vector in arns if vector >> len(tests) and not _WILD.search(arn)]


def _classes(tests: Sequence[Sequence[Pattern]], prefix: str, steps: int) -> list[str | None]:
    """An ARN for each class; only None, an unknown one, where there are too many."""
    arns = string_classes(tests, prefix=prefix, empty=False, steps=steps)
    return [None] if arns is None else [arn for arn, _ in arns if not _WILD.search(arn)]


def _free_name(name: str, taken: Sequence[str]) -> str:
    while name in taken:
        name += "-2"
    return name


def _after(prefix: str, pattern: Pattern) -> Pattern:
    """The pattern after a prefix, which has no upper case."""
    return Pattern((*prefix, *pattern.tokens), pattern.fold)
