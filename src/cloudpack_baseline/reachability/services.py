"""Names of services and protocols, as people write them in flows."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["PROTOCOLS", "SERVICES"]

PROTOCOLS: Mapping[str, int] = MappingProxyType(
    {
        "icmp": 1,
        "igmp": 2,
        "ipip": 4,
        "tcp": 6,
        "udp": 17,
        "gre": 47,
        "esp": 50,
        "ah": 51,
        "icmpv6": 58,
        "ospf": 89,
        "vrrp": 112,
        "sctp": 132,
    }
)
"""Protocol numbers of IANA by the name that AWS and people use."""

SERVICES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "amqp": ("tcp/5672",),
        "amqps": ("tcp/5671",),
        "cassandra": ("tcp/9042",),
        "dns": ("tcp/53", "udp/53"),
        "docdb": ("tcp/27017",),
        "elasticsearch": ("tcp/9200",),
        "ftp": ("tcp/21",),
        "ftps": ("tcp/990",),
        "http": ("tcp/80",),
        "https": ("tcp/443",),
        "imaps": ("tcp/993",),
        "kafka": ("tcp/9092",),
        "kafka-tls": ("tcp/9094",),
        "kerberos": ("tcp/88", "udp/88"),
        "ldap": ("tcp/389",),
        "ldaps": ("tcp/636",),
        "memcached": ("tcp/11211",),
        "mongodb": ("tcp/27017",),
        "mssql": ("tcp/1433",),
        "mysql": ("tcp/3306",),
        "neptune": ("tcp/8182",),
        "nfs": ("tcp/2049",),
        "ntp": ("udp/123",),
        "opensearch": ("tcp/443",),
        "oracle": ("tcp/1521",),
        "ping": ("icmp/8",),
        "ping6": ("icmpv6/128",),
        "postgres": ("tcp/5432",),
        "postgresql": ("tcp/5432",),
        "rdp": ("tcp/3389",),
        "redis": ("tcp/6379",),
        "redshift": ("tcp/5439",),
        "smb": ("tcp/445",),
        "smtp": ("tcp/25",),
        "smtps": ("tcp/465",),
        "snmp": ("udp/161",),
        "sqlserver": ("tcp/1433",),
        "ssh": ("tcp/22",),
        "submission": ("tcp/587",),
        "syslog": ("udp/514",),
        "telnet": ("tcp/23",),
        "winrm": ("tcp/5985",),
        "winrms": ("tcp/5986",),
        "zookeeper": ("tcp/2181",),
    }
)
"""The traffic of each service name."""
