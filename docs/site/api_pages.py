"""The pages of the Python API: each public name, from its docstring."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from importlib import import_module

__all__ = ["MODULES", "api_pages", "public_names"]

MODULES = {
    "package": "cloudpack_baseline",
    "testing": "cloudpack_baseline.testing",
    "testing-records": "cloudpack_baseline.testing.records",
    "authoring": "cloudpack_baseline.authoring",
}
"""The documented modules by the names of their pages."""
_CHECKS = {"en": "Checks", "ja": "チェック関数"}
_HEADINGS = {
    "functions": {"en": "Functions", "ja": "関数"},
    "classes": {"en": "Classes", "ja": "クラス"},
    "errors": {"en": "Errors", "ja": "例外"},
    "values": {"en": "Constants", "ja": "定数"},
}
_DIRECTIVES = {
    "functions": "autofunction",
    "classes": "autoclass",
    "errors": "autoexception",
    "values": "autodata",
}
_OPTIONS = ("   :members:", "   :undoc-members:", "   :show-inheritance:")
_NOTE = "このページは docstring から生成しています。docstring は英語です。"


def public_names(module: str) -> list[str]:
    """The public names of a module."""
    return [name for name in import_module(module).__all__ if name != "__version__"]


def api_pages(language: str) -> dict[str, str]:
    """The pages in reStructuredText, by their names."""
    written = {
        f"reference/api/{page}": "\n".join(_module(module, language))
        for page, module in MODULES.items()
    }
    return written | {"reference/api/checks": "\n".join(_checks(language))}


def _module(module: str, language: str) -> Iterator[str]:
    yield from _title(module, "=")
    yield from _note(language)
    yield from (f".. automodule:: {module}", "")
    names = [name for name in public_names(module) if not name.startswith("check_")]
    for kind, heading in _HEADINGS.items():
        if several := [name for name in names if _kind(module, name) == kind]:
            yield from _title(heading[language], "-")
            yield from _objects(module, kind, several)


def _checks(language: str) -> Iterator[str]:
    module = MODULES["package"]
    yield from _title(f"{module}: {_CHECKS[language]}", "=")
    yield from _note(language)
    names = [name for name in public_names(module) if name.startswith("check_")]
    yield from _objects(module, "functions", names)


def _title(text: str, line: str) -> Iterator[str]:
    yield from (text, line * (2 * len(text)), "")


def _note(language: str) -> Iterator[str]:
    if language == "ja":
        yield from (_NOTE, "")


def _objects(module: str, kind: str, names: Iterable[str]) -> Iterator[str]:
    package = MODULES["package"]
    for name in names:
        if module != package and name in public_names(package):
            # Documented there; two entries for one class would be ambiguous to Sphinx.
            yield from (f".. py:data:: {name}", f"   :module: {module}", "")
            yield from (f"   :py:obj:`{package}.{name}`", "")
        else:
            yield f".. {_DIRECTIVES[kind]}:: {module}.{name}"
            yield from _OPTIONS if kind in {"classes", "errors"} else ()
            yield ""


def _kind(module: str, name: str) -> str:
    value = getattr(import_module(module), name)
    if inspect.isclass(value):
        return "errors" if issubclass(value, Exception) else "classes"
    return "functions" if callable(value) else "values"
