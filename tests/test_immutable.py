"""Frozen classes are shown as attrs shows them."""

from __future__ import annotations

import pickle
from typing import Any

import attrs
import pytest
from attrs import field

from cloudpack_baseline import immutable


def pair(make):
    """The same class, made by ``make``."""

    @make(kw_only=True)
    class Bucket:
        name: str
        tags: dict[str, Any] = field(factory=dict)
        policy: str = field(default="", repr=False)
        size: int = field(default=0, repr=lambda size: f"{size} bytes")

    return Bucket


@immutable.frozen
class Subnet:
    """At the top of a module, so that it can be pickled."""

    id: str
    mask: int = 24


@pytest.mark.parametrize(
    "values",
    [{"name": "logs"}, {"name": "a'b", "tags": {"x": 1}, "policy": "hidden", "size": 3}],
)
def test_a_record_is_shown_as_attrs_shows_it(values):
    ours, theirs = (pair(make)(**values) for make in (immutable.frozen, attrs.frozen))
    assert repr(ours) == repr(theirs)


def test_a_record_that_contains_itself_ends():
    bucket = pair(immutable.frozen)(name="logs")
    bucket.tags["self"] = bucket
    assert repr(bucket) == "Bucket(name='logs', tags={'self': ...}, size=0 bytes)"


def test_an_attribute_that_is_not_set_is_shown_as_nothing():
    assert repr(Subnet.__new__(Subnet)) == "Subnet(id=NOTHING, mask=NOTHING)"


def test_a_representation_of_the_class_itself_and_none_at_all_are_kept():
    @immutable.frozen
    class Named:
        name: str

        def __repr__(self) -> str:
            return f"<{self.name}>"

    @immutable.frozen(repr=False)
    class Hidden:
        secret: str

    assert repr(Named("a")) == "<a>"
    assert "secret" not in repr(Hidden("x"))
    assert "x" not in repr(Hidden("x")).partition("object at")[0].rpartition(".")[2]


def test_everything_else_is_that_of_attrs():
    subnet = Subnet("a")
    assert subnet == Subnet("a", 24) != Subnet("a", 25)
    assert hash(subnet) == hash(Subnet("a"))
    assert pickle.loads(pickle.dumps(subnet)) == subnet  # noqa: S301 - its own
    assert attrs.evolve(subnet, mask=8).mask == 8
    assert not hasattr(subnet, "__dict__")
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        subnet.mask = 8


def compared(make):
    """The same class, made by ``make``, with an attribute that does not count."""

    @make
    class Zone:
        name: str
        size: int = 0
        note: str = field(default="", eq=False)

    return Zone


@pytest.mark.parametrize("second", [("a",), ("a", 0, "noted"), ("a", 1), ("b",)])
def test_records_are_equal_where_attrs_finds_them_equal(second):
    ours, theirs = compared(immutable.frozen), compared(attrs.frozen)
    is_equal = theirs("a") == theirs(*second)
    assert (ours("a") == ours(*second)) is is_equal
    assert (ours("a") != ours(*second)) is not is_equal
    assert (len({ours("a"), ours(*second)}) == 1) is is_equal
    assert ours("a") != theirs("a")
    assert ours("a").__eq__("a") is NotImplemented


def test_a_record_with_a_value_without_a_hash_has_none():
    with pytest.raises(TypeError, match="unhashable"):
        hash(pair(immutable.frozen)(name="logs"))


def test_a_class_without_attributes_has_one_value():
    @immutable.frozen
    class Nothing:
        pass

    assert Nothing() == Nothing()
    assert hash(Nothing()) == hash(Nothing())


def configured(make):
    """The same class, with attributes that attrs compares or hashes in another way."""

    @make
    class Role:
        name: str = field(eq=str.lower)
        tags: dict[str, str] = field(factory=dict, hash=False)

    return Role


@pytest.mark.parametrize("make", [immutable.frozen, attrs.frozen])
def test_keys_and_hashes_of_attributes_are_those_of_attrs(make):
    role = configured(make)
    assert role("Admin") == role("admin") != role("admin", {"a": "b"})
    assert hash(role("admin")) == hash(role("ADMIN", {"a": "b"}))


@pytest.mark.parametrize("make", [immutable.frozen, attrs.frozen])
def test_a_subclass_that_inherits_the_comparison_compares_what_it_inherits(make):
    bucket = compared(make)

    @attrs.frozen(eq=False)
    class Logs(bucket):
        days: int = 0

    assert Logs("a", days=1) == Logs("a", days=2) != bucket("a")
    assert bucket("a") == bucket("a")
    assert hash(bucket("a")) == hash(Logs("a"))


@pytest.mark.parametrize("make", [immutable.frozen, attrs.frozen])
def test_exceptions_are_compared_by_identity(make):
    @make
    class RoleError(Exception):
        code: str

    first, second = RoleError("denied"), RoleError("denied")
    assert first != second
    assert len({first, second}) == 2


@pytest.mark.parametrize("options", [{"eq": False}, {"order": True}, {"cache_hash": True}])
def test_what_options_say_of_comparing_is_that_of_attrs(options):
    @immutable.frozen(**options)
    class Rule:
        port: int

    assert (Rule(22) == Rule(22)) is options.get("eq", True)
    if "order" in options:
        assert Rule(22) < Rule(80)
