"""What a test author sees of a fake account, whichever way the calls came in; to look changes nothing.

``tables`` are views of its incidents, plans, timelines and related items, and ``records`` what they give; ``outbox`` is
what others would have received of it; ``diff`` what is different between two moments; ``account`` the whole in a few
lines. A ``FakeIncidentManager`` hands them all out; the names here are for annotations.
"""

from __future__ import annotations

from fakeim.inspection.diff import Change, Diff
from fakeim.inspection.messages import Message
from fakeim.inspection.outbox import Outbox
from fakeim.inspection.records import (
    IncidentRecord,
    IncidentTemplate,
    PagerDutyConfiguration,
    PagerDutyIncident,
    RelatedItem,
    ResponsePlan,
    SsmAutomation,
    TimelineEvent,
)
from fakeim.inspection.tables import IncidentRecords, RelatedItems, ResponsePlans, TimelineEvents

__all__ = [
    "Change",
    "Diff",
    "IncidentRecord",
    "IncidentRecords",
    "IncidentTemplate",
    "Message",
    "Outbox",
    "PagerDutyConfiguration",
    "PagerDutyIncident",
    "RelatedItem",
    "RelatedItems",
    "ResponsePlan",
    "ResponsePlans",
    "SsmAutomation",
    "TimelineEvent",
    "TimelineEvents",
]
