"""Which read replicas support automated backups.

Source: Amazon RDS User Guide, Differences between read replicas for DB engines.
"""

from __future__ import annotations

__all__ = ["replica_backups"]

_ALWAYS = ("mysql", "mariadb", "oracle-", "custom-oracle", "db2-")
_NEVER = ("sqlserver-", "custom-sqlserver")
_POSTGRES_SINCE = (14, 1)


def replica_backups(engine: str, version: str) -> bool | None:
    """Whether the engine supports automated backups of replicas; ``None``: unknown.

    Args:
        engine: DBInstance.Engine, such as ``mysql``.
        version: DBInstance.EngineVersion, such as ``14.1``.
    """
    if engine.startswith(_ALWAYS):
        return True
    if engine.startswith(_NEVER):
        return False
    if engine == "postgres":
        number = _version(version)
        return None if number is None else number >= _POSTGRES_SINCE
    return None


def _version(version: str) -> tuple[int, ...] | None:
    numbers = version.split(".")[:2]
    if not all(number.isascii() and number.isdigit() for number in numbers):
        return None
    return tuple(map(int, numbers))
