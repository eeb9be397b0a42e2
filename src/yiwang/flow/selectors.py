"""The flow engine's door for reading. Answers are frozen; whoever may not see something is told why."""

from __future__ import annotations

from yiwang.flow.duties import DutyRow, TopicDetail, TopicRow, duty_of, topic_get, topic_list
from yiwang.flow.items import Facet, ItemDetail, ItemList, ItemRow, item_get, item_list

__all__ = [
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
]
