"""The cloudpack security white paper as checks over AWS.

::

    import boto3
    from cloudpack_baseline import check_root_mfa

    check_root_mfa(boto3.Session()).require()

Public names are loaded when they are first used, so that importing the package costs next
to nothing. There is a check function for each control of the catalogue; ``__init__.pyi``,
which `docs/generate.py` writes, declares all names for type checkers and editors.
"""

from __future__ import annotations

from importlib import import_module
from itertools import chain

from cloudpack_baseline._version import __version__ as __version__

_HOMES = {
    "assessment": ("Assessment", "assess", "gather", "gather_plan", "gather_template"),
    "baseline": ("Baseline",),
    "errors": (
        "CloudpackError",
        "CredentialsError",
        "InputError",
        "MissingExtraError",
        "NotReadOnlyError",
        "OfflineError",
        "Problem",
        "SignatureError",
        "SnapshotError",
        "SourceError",
        "WrongAccountError",
    ),
    "findings": ("FieldValue", "Finding", "Observation", "Outcome", "Resource"),
    "model.snapshot": ("Snapshot",),
    "periods": ("assess_period",),
    "sources.recording": ("read_snapshot", "write_snapshot"),
    "witnesses": (
        "AllowedAccess",
        "HopResource",
        "PassingTraffic",
        "PortRange",
        "Witness",
        "WitnessHop",
        "WitnessPacket",
        "WitnessRequest",
        "WitnessStatement",
    ),
    "sources.signatures.signing": ("sign", "verify"),
}


def __getattr__(name: str) -> object:
    """Load a public name from the module where it lives."""
    if name == "__all__":
        return _names()
    home = next((home for home, names in _HOMES.items() if name in names), "api")
    if home != "api" or name.startswith("check_"):
        module = import_module(f"{__name__}.{home}")
        if hasattr(module, name):
            return getattr(module, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """The public names."""
    return _names()


def _names() -> list[str]:
    functions = dir(import_module(f"{__name__}.api"))
    return sorted(["__version__", *functions, *chain.from_iterable(_HOMES.values())])
