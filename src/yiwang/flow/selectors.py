"""The flow engine's door for reading. Answers are frozen; whoever may not see something is told why."""

from __future__ import annotations

from yiwang.flow.drafts import DraftRow, draft_get
from yiwang.flow.duties import DutyRow, TopicDetail, TopicRow, duty_of, topic_get, topic_list
from yiwang.flow.forms import FormDetail, form_get
from yiwang.flow.items import Facet, ItemDetail, ItemList, ItemRow, item_get, item_list
from yiwang.flow.processregister import (
    ProcessDetail,
    process_check,
    process_difference,
    process_get,
    process_list,
    process_versions,
)
from yiwang.flow.processrows import ProcessRow, ProcessVersionRow
from yiwang.flow.reading import CaseFilter, case_get, case_list, case_steps, case_track, work_get, work_list

__all__ = [
    "DraftRow",
    "FormDetail",
    "draft_get",
    "form_get",
    "CaseFilter",
    "case_get",
    "case_list",
    "case_steps",
    "case_track",
    "work_get",
    "work_list",
    "DutyRow",
    "TopicDetail",
    "TopicRow",
    "duty_of",
    "topic_get",
    "topic_list",
    "Facet",
    "ItemDetail",
    "ItemList",
    "ItemRow",
    "item_get",
    "item_list",
    "ProcessDetail",
    "ProcessRow",
    "ProcessVersionRow",
    "process_check",
    "process_difference",
    "process_get",
    "process_list",
    "process_versions",
]
