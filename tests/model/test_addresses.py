"""Blocks and addresses are those that the standard library reads."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cloudpack_baseline.model.addresses import cidr_block, ip_address

OCTETS = st.lists(st.integers(0, 300).map(str), min_size=3, max_size=5).map(".".join)
V6 = st.ip_addresses(v=6).map(str)
ADDRESSES = OCTETS | V6 | st.text("0123456789.:abcf/ １", max_size=9)
BLOCKS = ADDRESSES | st.tuples(OCTETS | V6, st.integers(0, 140).map(str)).map("/".join)


def reads(parse, text):
    try:
        parse(text)
    except ValueError:
        return False
    return True


@given(BLOCKS)
@example("10.0.0.1/8")
@example("10.0.0.0/32")
@example("10.0.0.0/33")
@example("255.255.255.255/0")
def test_blocks(text):
    def strictly(text):
        ipaddress.ip_network(text, strict=False)

    assert reads(cidr_block, text) == reads(strictly, text)


@given(ADDRESSES)
def test_addresses(text):
    assert reads(ip_address, text) == reads(ipaddress.ip_address, text)


@pytest.mark.parametrize("text", ["10.0.0.0/8", "::/0", "10.0.0.1"])
def test_what_is_one_stays_as_it_is(text):
    assert cidr_block(text) == text
