"""Trails and event data stores for tests."""

from __future__ import annotations

from cloudpack_baseline.model.cloudtrail import (
    AdvancedSelector,
    EventDataStore,
    EventSelector,
    FieldSelector,
    Trail,
)
from cloudpack_baseline.testing import records
from support import ACCOUNT, NOW, REGION

MANAGEMENT = FieldSelector(field="eventCategory", equals=("Management",))


def advanced(*fields):
    return AdvancedSelector(field_selectors=(MANAGEMENT, *fields))


def trail(*selectors, owner=ACCOUNT, name="all", **fields):
    region = fields.get("region", REGION)
    defaults = {
        "arn": f"arn:aws:cloudtrail:{region}:{owner}:trail/{name}",
        "s3_bucket": "logs",
        "s3_prefix": "",
        "log_group": None,
        "multi_region": True,
        "custom_selectors": False,
        "global_service_events": True,
        "logging": True,
        "delivery_error": "",
        "delivered_at": NOW,
        "log_group_error": "",
        "event_selectors": tuple(entry for entry in selectors if isinstance(entry, EventSelector)),
        "advanced_selectors": tuple(
            entry for entry in selectors if isinstance(entry, AdvancedSelector)
        ),
    }
    return records.record(Trail, f"trail/{name}", service="cloudtrail", **(defaults | fields))


def store(*selectors, account=ACCOUNT, **fields):
    defaults = {
        "arn": f"arn:aws:cloudtrail:{REGION}:{account}:eventdatastore/e1",
        "account": account,
        "name": "lake",
        "status": "ENABLED",
        "multi_region": True,
        "organization": False,
        "advanced_selectors": selectors,
        "retention_period": 365,
    }
    return records.record(
        EventDataStore, "eventdatastore/e1", service="cloudtrail", **(defaults | fields)
    )
