"""Makes the small city of the journeys in YIWANG_HOME; run as a program of its own, before the server starts."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

import django
from trustseed import trust_seed

from yiwang.kernel.core.actor import Actor

ROOT = Path(__file__).resolve().parents[2]
TABLE = (
    "户号,姓名,所在村,取暖方式\n"
    "100001,王小江,街津口村,煤\n"
    "100002,李冬雪,八岔村,电\n"
    "10B,赵永利,八岔村,电\n"
    "100004,孙桂兰,勤得利村,木炭\n"
)
# Twenty-three elders of eighty and over, six of seventy-nine, ten younger ones.
BORN = ["1940-01-01"] * 20 + ["1945-06-01"] * 3 + ["1947-06-01"] * 6 + ["1950-01-01"] * 10


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.config.demo")
    django.setup()
    # What follows needs Django's settings.
    from django.conf import settings
    from django.core.management import call_command

    from yiwang.data.service import demand_file, load_run
    from yiwang.kernel.core.actor import Role, system_actor
    from yiwang.kernel.core.text import Text
    from yiwang.kernel.packing import pack_install
    from yiwang.kernel.service import RoleAt, city_mark_synthetic, demo_accounts_create, message_send

    call_command("migrate", verbosity=0)
    system = system_actor("journeys")
    pack_install(actor=system, folder=ROOT / "packs" / "foundation" / "departments")
    city_mark_synthetic(actor=system)
    demo_accounts_create(actor=system)
    pack_install(actor=system, folder=ROOT / "tests" / "web" / "web-tests")
    table = Path(settings.PLACE.home) / "seed.csv"
    table.write_text(TABLE, encoding="utf-8")
    load_run(actor=system, resource_id="heating-aid", path=table, file_name="seed.csv")
    rules_seed(system)
    flow_seed(system)
    trust_seed(system)
    demand_file(
        actor=system, title="公交客流", need="按站点的日客流", fields_wanted=["站名", "人次"], purpose="线路优化"
    )
    for department in ("civil-affairs", "data-bureau"):
        message_send(
            actor=system,
            to=RoleAt(Role.STEWARD if department == "civil-affairs" else Role.DATA_LEAD, department),
            title=Text(zh="有两行被退回", en="Two rows came back"),
            body=Text(zh="请改正后再送。", en="Correct them and send again."),
            link="/work/loads/",
        )


def rules_seed(system: Actor) -> None:
    """A decision over a list of elders, with a draft whose effect was worked out."""
    # What follows needs Django's settings.
    from django.conf import settings

    from yiwang.data.effectruns import effect_ask, effect_work
    from yiwang.data.service import load_run
    from yiwang.kernel.packing import pack_install
    from yiwang.rules.selectors import decision_get
    from yiwang.rules.service import decision_draft_save

    pack_install(actor=system, folder=ROOT / "tests" / "web" / "rules-tests")
    table = Path(settings.PLACE.home) / "elders.csv"
    lines = [f"E{at:03},{born}" for at, born in enumerate(BORN)]
    table.write_text("\n".join(["编号,出生日期", *lines, ""]), encoding="utf-8")
    load_run(actor=system, resource_id="elder-list", path=table, file_name="elders.csv")
    dmn = decision_get(system, "elder-allowance").dmn
    earlier = dmn.replace(b"&lt; 80", b"&lt; 79").replace(b"&gt;= 80", b"&gt;= 79")
    draft = decision_draft_save(actor=system, decision_id="elder-allowance", dmn=earlier, note="提前一岁")
    asked = {"decision_id": "elder-allowance", "number": draft.number}
    effect_ask(actor=system, on=date(2026, 11, 1), purpose="测算提前一岁", **asked)
    effect_work(system, **asked)


def flow_seed(system: Actor) -> None:
    """The hotline with one ticket at a department, and a draft of its process."""
    # What follows needs Django's settings.
    from yiwang.flow.selectors import process_get
    from yiwang.flow.service import case_open, process_draft_save
    from yiwang.kernel.packing import pack_install

    for folder in ("foundation/calendar", "service/hotline-12345"):
        pack_install(actor=system, folder=ROOT / "packs" / folder)
    answers = {"content": "路灯不亮，晚上看不清路", "class": "ordinary", "topic": "roads-lamps", "address": "幸福路"}
    case_open(
        actor=system, item_id="hotline-ticket", title="路灯不亮", answers=answers, topic="roads-lamps", key="seed"
    )
    inspection_seed(system)
    drawn = process_get(system, "rating-follow-up")
    process_draft_save(actor=system, process_id="rating-follow-up", bpmn=drawn.bpmn, note="试改")


def inspection_seed(system: Actor) -> None:
    """An inspection that began an hour ago, with its step to be recorded."""
    # What follows needs Django's settings.
    from django.utils import timezone

    from yiwang.flow.models import Case
    from yiwang.flow.service import case_open
    from yiwang.kernel.packing import pack_install

    pack_install(actor=system, folder=ROOT / "packs/service/enforcement")
    answers = {"subject": "某超市（模拟）", "address": "通江街 12 号", "reason": "random", "matter": "冷链食品"}
    opened = case_open(actor=system, item_id="market-inspection", title="冷链抽查", answers=answers)
    Case.objects.filter(number=opened.number).update(opened_at=timezone.now() - timedelta(hours=1))


if __name__ == "__main__":
    main()
