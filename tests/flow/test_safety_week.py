"""What the weekly report, which everybody at the board reads, may not tell: the words of one person."""

from __future__ import annotations

import pytest
from casecity import CaseCity, at
from dutycity import SYSTEM
from hotlinecity import Hotline

from yiwang.flow.clustering import hot_lines
from yiwang.flow.models import DutyList, Topic
from yiwang.flow.selectors import hot_topics

SPAN = at("2020-01-01T00:00"), at("2099-01-01T00:00")


@pytest.mark.parametrize(("people", "told"), [("甲甲甲甲", 0), ("甲乙丙丁", 1)])
def test_what_one_person_files_again_and_again_is_no_line_of_the_report(
    cases: CaseCity, people: str, told: int
) -> None:
    hotline = Hotline(cases)
    hotline.build()
    lamp = Topic.objects.get(pk="lamp")
    lamp.body["examples"] = [f"{n}号路灯晚上不亮，请派人维修" for n in range(300)]
    lamp.save()
    for where, who in zip(("东风路", "建设街", "中心小区", "火车站"), people, strict=True):
        hotline.ticket("road", text=f"{where}自来水停水三天了，居民没水做饭", applicant={"name": who})
    assert len(hot_topics(SYSTEM, *SPAN)) == 1
    assert len(hot_lines(DutyList.objects.get(), *SPAN, titles={})) == told
