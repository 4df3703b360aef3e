"""Patterns of the policy language, and the classes of strings that they distinguish.

A pattern is a sequence of tokens: a character, or one of four wildcards. ARN operators match the
six parts of an ARN one by one, so in all but the last their wildcards stop at a colon.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from attrs import field

from cloudpack_baseline.immutable import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "ANYTHING",
    "Pattern",
    "Segment",
    "Token",
    "Walk",
    "arn",
    "beginning",
    "glob",
    "literal_text",
    "matches_any",
    "remainder",
    "shared_steps",
    "string_classes",
]

ONE: Final = 0
MANY: Final = 1
ONE_IN_PART: Final = 2
MANY_IN_PART: Final = 3

Token = int | str
"""A wildcard (0 to 3) or one literal character."""

Segment = tuple[str, bool]
"""A piece of text, and whether its wildcards are meant literally."""

_WORD: Final = "kxyzabcdefghijlmnopqrstuvw0123456789KXYZABCDEFGHIJLMNOPQRSTUVW-_.~"
_ARN_COLONS: Final = 5
# A step is one character tried in one state: 60,000 take about 50 ms. A policy may have tests on
# 120 keys, which share 240,000 steps; 1,500 are enough for what policies hold beside each other.
STEPS: Final = 60_000
_ALL_STEPS: Final = 240_000
_FEWEST_STEPS: Final = 1_500
# A class is a bit in every mask of its axis. A policy of 20 KB names at most about 1,000 strings.
CLASSES: Final = 1_500


def _joined(tokens: tuple[Token, ...]) -> str | None:
    """The text of literal tokens; None if one of them is a wildcard."""
    try:
        return "".join(tokens)  # type: ignore[arg-type]  # a wildcard raises the error
    except TypeError:
        return None


def shared_steps(number: int) -> int:
    """How far each of a number of searches for classes may go, so that all end in time."""
    return max(_FEWEST_STEPS, min(STEPS, _ALL_STEPS // max(1, number)))


@frozen(cache_hash=True)
class Pattern:
    """One pattern.

    ``exact`` is its only string, if it has just one; ``head`` the literal text before a single
    closing ``*``, if it is of that form. Both are None where case is folded.
    """

    tokens: tuple[Token, ...]
    fold: bool = False
    exact: str | None = field(init=False, eq=False)
    head: str | None = field(init=False, eq=False)

    @exact.default
    def _exact(self) -> str | None:
        return None if self.fold else _joined(self.tokens)

    @head.default
    def _head(self) -> str | None:
        if self.fold or not self.tokens or self.tokens[-1] != MANY:
            return None
        return _joined(self.tokens[:-1])

    @property
    def fixed(self) -> bool:
        """No wildcard in it."""
        return self.exact is not None or all(isinstance(token, str) for token in self.tokens)

    @property
    def text(self) -> str:
        """The pattern as written in a policy."""
        return "".join(t if isinstance(t, str) else "?*"[t % 2] for t in self.tokens)

    def loosened(self) -> Pattern:
        """A simple pattern that matches at least the same strings."""
        if self.exact is not None or self.head is not None:
            return self
        return Pattern((*beginning(self), MANY))

    def matches(self, text: str) -> bool:
        """Whether the whole text fits."""
        if self.exact is not None:
            return text == self.exact
        if self.head is not None:
            return text.startswith(self.head)
        stars = self.tokens.count(MANY) + self.tokens.count(MANY_IN_PART)
        if len(self.tokens) - stars > len(text):
            return False
        return bool(_automaton((self,)).run(text))


ANYTHING: Final = Pattern((MANY,))


@lru_cache(maxsize=4096)
def remainder(pattern: Pattern, prefix: str) -> tuple[Pattern, ...]:
    """What a pattern requires of the text after a prefix; nothing if the prefix does not fit."""
    if pattern.exact is not None:
        fits = pattern.exact.startswith(prefix)
        return (Pattern(pattern.tokens[len(prefix) :]),) if fits else ()
    if pattern.head is not None:
        if pattern.head.startswith(prefix):
            return (Pattern(pattern.tokens[len(prefix) :]),)
        return (ANYTHING,) if prefix.startswith(pattern.head) else ()
    tokens = pattern.tokens
    places = _closed({0}, tokens)
    for char in prefix:
        moved = {i + 1 for i in places if i < len(tokens) and tokens[i] in (char, ONE)}
        moved |= {i for i in places if i < len(tokens) and tokens[i] == MANY}
        places = _closed(moved, tokens)
    minimal = [i for i in places if not (i and tokens[i - 1] == MANY and i - 1 in places)]
    return tuple(Pattern(tokens[i:]) for i in sorted(minimal))


def _closed(places: set[int], tokens: tuple[object, ...]) -> set[int]:
    for place in sorted(places):
        at = place
        while at < len(tokens) and tokens[at] == MANY:
            at += 1
            places.add(at)
    return places


def _tokens(text: str, one_token: int, many_token: int) -> Iterable[Token]:
    for char in text:
        if char == "*":
            yield many_token
        elif char == "?":
            yield one_token
        else:
            yield char


def _collapse(tokens: Iterable[Token]) -> tuple[Token, ...]:
    row: list[Token] = []
    for token in tokens:
        if row and token in (MANY, MANY_IN_PART) and row[-1] == token:
            continue
        row.append(token)
    return tuple(row)


@lru_cache(maxsize=4096)
def literal_text(segments: tuple[Segment, ...], *, fold: bool = False) -> Pattern:
    """The text itself."""
    text = "".join(piece for piece, _ in segments)
    return Pattern(tuple(text.lower() if fold else text), fold)


@lru_cache(maxsize=4096)
def glob(segments: tuple[Segment, ...], *, fold: bool = False) -> Pattern:
    """``*`` is any text, ``?`` one character."""
    row: list[Token] = []
    for text, plain in segments:
        characters = text.lower() if fold else text
        row.extend(characters if plain else _tokens(characters, ONE, MANY))
    return Pattern(_collapse(row), fold)


@lru_cache(maxsize=4096)
def arn(segments: tuple[Segment, ...]) -> Pattern | None:
    """A pattern for ARNs, part by part; None for a text that is no ARN (it matches nothing)."""
    if "".join(text for text, _ in segments) == "*" and not segments[0][1]:
        return ANYTHING
    row: list[Token] = []
    colons = 0
    for text, plain in segments:
        for char in text:
            colons += char == ":"
            last = colons >= _ARN_COLONS
            if plain or char not in "*?":
                row.append(char)
            elif char == "*":
                row.append(MANY if last else MANY_IN_PART)
            else:
                row.append(ONE if last else ONE_IN_PART)
    return Pattern(_collapse(row)) if colons >= _ARN_COLONS else None


@lru_cache(maxsize=4096)
def beginning(pattern: Pattern) -> str:
    """The text that all its strings begin with; empty where case is folded."""
    if pattern.exact is not None:
        return pattern.exact
    if pattern.head is not None:
        return pattern.head
    characters: list[str] = []
    for token in () if pattern.fold else pattern.tokens:
        if not isinstance(token, str):
            break
        characters.append(token)
    return "".join(characters)


def _may_follow(pattern: Pattern, prefix: str) -> bool:
    """Whether a string after the prefix may match, as far as the text before wildcards says."""
    text = beginning(pattern)
    return text.startswith(prefix) or prefix.startswith(text)


@lru_cache(maxsize=4096)
def _characters(pattern: Pattern) -> frozenset[str]:
    """The characters that it distinguishes from others."""
    chars = {token for token in pattern.tokens if isinstance(token, str)}
    if pattern.fold:
        chars |= {char.upper() for char in chars if len(char.upper()) == 1}
    is_in_part = ONE_IN_PART in pattern.tokens or MANY_IN_PART in pattern.tokens
    return frozenset(chars | {":"} if is_in_part else chars)


class _Product:
    """All patterns of all tests as one automaton; a state is a bit set of positions.

    Each pattern takes a run of bits, one a token and one for its end. A step shifts the positions
    whose token meets the character by one bit, all patterns at once; positions on a star stay.
    """

    __slots__ = (
        "_accept",
        "_accepting",
        "_char",
        "_fold",
        "_free",
        "_free_in_part",
        "_rows",
        "_settled",
        "_settling",
        "_stay",
        "_stay_in_part",
        "start",
    )

    def __init__(self, tests: Sequence[Sequence[Pattern]]) -> None:
        self._char: dict[str, int] = {}
        self._fold: dict[str, int] = {}
        self._free = self._free_in_part = self._stay = self._stay_in_part = 0
        self._accept: dict[int, int] = {}
        self._rows: list[int] = []
        self._settled: dict[int, tuple[int, int]] = {}
        start = bit = 0
        for index, patterns in enumerate(tests):
            first_of_test = bit
            ends: list[int] = []
            for pattern in patterns:
                start |= 1 << bit
                first = bit
                bit = self._add(pattern, bit)
                self._accept[1 << bit] = 1 << index
                if pattern.tokens and pattern.tokens[-1] == MANY:
                    ends.append(bit)
                bit += 1
                self._rows.append((1 << bit) - (1 << first))
            # A test that a pattern with a closing star has passed stays passed, whatever follows:
            # of its positions only that star (and the end behind it) matters, always the same one.
            for end in ends:
                whole_test = (1 << bit) - (1 << first_of_test)
                self._settled[1 << end] = (whole_test, 0b11 << ends[0] - 1)
        self._accepting = sum(self._accept)
        self._settling = sum(self._settled)
        self.start = self._close(start)

    def _add(self, pattern: Pattern, bit: int) -> int:
        table = self._fold if pattern.fold else self._char
        for token in pattern.tokens:
            mask = 1 << bit
            if isinstance(token, str):
                table[token] = table.get(token, 0) | mask
            elif token == ONE:
                self._free |= mask
            elif token == MANY:
                self._stay |= mask
            elif token == ONE_IN_PART:
                self._free_in_part |= mask
            else:
                self._stay_in_part |= mask
            bit += 1
        return bit

    def _close(self, state: int) -> int:
        """Add what is reached without a character: a star may match nothing."""
        stars = self._stay | self._stay_in_part
        while True:
            wider = state | (state & stars) << 1
            if wider == state:
                break
            state = wider
        settled = state & self._settling
        while settled:
            whole_test, star = self._settled[settled & -settled]
            state = state & ~whole_test | star
            settled &= ~whole_test
        return state

    def step(self, state: int, char: str) -> int:
        moves = self._char.get(char, 0) | self._free
        stays = self._stay
        if self._fold:
            moves |= self._fold.get(char.lower(), 0)
        if char != ":":
            moves |= self._free_in_part
            stays |= self._stay_in_part
        return self._close((state & moves) << 1 | state & stays)

    def positions(self, char: str) -> int:
        """Where the character does something else than one that no pattern names."""
        positions = self._char.get(char, 0) | self._fold.get(char.lower(), 0)
        if char == ":":
            positions |= self._free_in_part | self._stay_in_part
        return positions

    def verdict(self, state: int) -> int:
        vector = 0
        hits = state & self._accepting
        while hits:
            accept = hits & -hits
            vector |= self._accept[accept]
            hits ^= accept
        return vector

    def letters(self, state: int) -> set[str]:
        """The characters that patterns may still look at from a state on."""
        ahead = 0
        for row in self._rows:
            positions = state & row
            if positions:
                ahead |= row & -(positions & -positions)
        letters = {char for char, mask in self._char.items() if mask & ahead}
        for char, mask in self._fold.items():
            if mask & ahead:
                letters |= {char, char.upper() if len(char.upper()) == 1 else char}
        if (self._free_in_part | self._stay_in_part) & ahead:
            letters.add(":")
        return letters

    def run(self, text: str) -> int:
        state = self.start
        for char in text:
            state = self.step(state, char)
            if not state:
                return 0
        return self.verdict(state)


@lru_cache(maxsize=2048)
def _automaton(patterns: tuple[Pattern, ...]) -> _Product:
    return _Product((patterns,))


def matches_any(patterns: tuple[Pattern, ...], text: str) -> bool:
    """Whether one of the patterns matches the whole string; many are run as one."""
    if len(patterns) <= _FEW or all(p.exact is not None or p.head is not None for p in patterns):
        return any(pattern.matches(text) for pattern in patterns)
    return bool(_automaton(patterns).run(text))


_FEW: Final = 3
"""Up to so many patterns are quicker one by one than as one automaton."""


class Walk:
    """One pattern, run piece by piece; a state is 0 where nothing fits any more."""

    __slots__ = ("_product", "start")

    def __init__(self, pattern: Pattern) -> None:
        self._product = _automaton((pattern,))
        self.start = self._product.start

    def run(self, state: int, text: str) -> int:
        """The state after some more text."""
        for char in text:
            state = self._product.step(state, char)
        return state

    def ends(self, state: int) -> bool:
        """Whether the pattern matches what was read."""
        return bool(self._product.verdict(state))


def _characters_of(tests: Iterable[Iterable[Pattern]]) -> set[str]:
    """The characters that any of the patterns distinguishes from others."""
    return set[str]().union(*{_characters(pattern) for test in tests for pattern in test})


def _fresh(used: Iterable[str]) -> str:
    taken = set(used)
    taken |= {char.lower() for char in taken} | {char.upper() for char in taken}
    for char in _WORD:
        if char not in taken:
            return char
    return next(chr(code) for code in range(0x3042, 0x11000) if chr(code) not in taken)


def string_classes(
    tests: Sequence[Sequence[Pattern]],
    *,
    prefix: str = "",
    empty: bool = True,
    alphabet: str | None = None,
    steps: int = STEPS,
) -> list[tuple[str, int]] | None:
    """One shortest string for each combination of tests that some string passes.

    A test is passed if one of its patterns matches; bit i of the number is test i. Only strings
    after ``prefix`` count; ``empty`` says whether the prefix alone does, ``alphabet`` which
    characters they contain (all, if None). Returns None beyond ``steps`` or a limit of classes.
    """
    simple = all(p.exact is not None or p.head is not None for test in tests for p in test)
    if simple:
        return _simple_classes(tests, prefix, empty=empty, alphabet=alphabet)
    return _product_classes(tests, prefix, empty=empty, alphabet=alphabet, limit=steps)


def _simple_classes(
    tests: Sequence[Sequence[Pattern]], prefix: str, *, empty: bool, alphabet: str | None
) -> list[tuple[str, int]] | None:
    exact: dict[str, int] = {}
    heads: dict[str, int] = {}
    for index, patterns in enumerate(tests):
        for pattern in patterns:
            if pattern.exact is not None:
                exact[pattern.exact] = exact.get(pattern.exact, 0) | 1 << index
            else:
                head = pattern.head or ""
                heads[head] = heads.get(head, 0) | 1 << index
    words = {word for word in exact if word.startswith(prefix) and (empty or word != prefix)}
    fresh = "" if alphabet else _fresh(_characters_of(tests))
    starts = {prefix, *(head for head in heads if head.startswith(prefix))}
    if empty:
        words.add(prefix)
    if alphabet:
        words |= _unnamed(starts, {*exact, *heads}, frozenset(heads), alphabet)
    else:
        words |= {start + fresh for start in starts}
    words_by_vector: dict[int, str] = {}
    if len(words) * len(heads) > STEPS * 20:
        return None
    near_heads = [
        (head, tests_of)
        for head, tests_of in heads.items()
        if head.startswith(prefix) or prefix.startswith(head)
    ]
    # A word with the fresh character first represents everything that no pattern names.
    for word in sorted(words, key=lambda word: (len(word), not word.endswith(fresh or "x"), word)):
        vector = exact.get(word, 0)
        for head, tests_of in near_heads:
            if word.startswith(head):
                vector |= tests_of
        words_by_vector.setdefault(vector, word)
    return (
        [(word, vector) for vector, word in words_by_vector.items()]
        if len(words_by_vector) <= CLASSES
        else None
    )


def _unnamed(
    starts: Iterable[str], texts: Iterable[str], heads: frozenset[str], alphabet: str
) -> set[str]:
    """For each start a word that continues it and that no longer pattern names, if there is one."""
    listing_prefixes = {text[:end] for text in texts for end in range(len(text) + 1)}
    fresh_words: set[str] = set()
    for start in starts:
        queue = [start]
        for word in queue:
            following = [word + char for char in alphabet]
            new = next((text for text in following if text not in listing_prefixes), None)
            if new is not None:
                fresh_words.add(new)
                break
            queue += [text for text in following if text not in heads]
    return fresh_words


def _product_classes(
    tests: Sequence[Sequence[Pattern]],
    prefix: str,
    *,
    empty: bool,
    alphabet: str | None,
    limit: int,
) -> list[tuple[str, int]] | None:
    # Most tests are about other accounts than that of the prefix.
    product = _Product([[p for p in test if _may_follow(p, prefix)] for test in tests])
    start = product.start
    for char in prefix:
        start = product.step(start, char)
    chars = product.letters(start)
    if alphabet is None:
        letters = [_fresh(_characters_of(tests)), *sorted(chars)]
    else:
        used = [char for char in alphabet if char in chars]
        letters = [*(char for char in alphabet if char not in chars), *used]
        letters = letters[:1] + used if len(letters) > len(used) else used
    # A step costs in proportion to the positions.
    positions = sum(len(pattern.tokens) + 1 for test in tests for pattern in test)
    cost = len(letters) * (1 + positions // 1000)
    # The first letter stands for all that no pattern names; the others do the same as that one
    # where no pattern looks for them.
    always = 1 if letters[0] not in chars else len(letters)
    named = [(char, product.positions(char)) for char in letters[always:]]
    words_by_vector = {product.verdict(start): prefix} if empty else {}
    visited = {start} if empty else set()
    level = [(start, prefix)]
    steps = 0
    while level and len(words_by_vector) < 1 << min(len(tests), 20):
        following: list[tuple[int, str]] = []
        steps += len(level) * cost
        if steps > limit or len(words_by_vector) > CLASSES:
            return None
        for state, word in level:
            moves = letters[:always] + [char for char, at in named if state & at]
            for char in moves:
                target = product.step(state, char)
                if target not in visited:
                    visited.add(target)
                    words_by_vector.setdefault(product.verdict(target), word + char)
                    following.append((target, word + char))
        level = following
    return [(word, vector) for vector, word in words_by_vector.items()]
