"""Each main page, in both languages, wide and on a telephone: nothing serious for axe, no sideways scrolling."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

PAGES = {
    "home": ("/", ""),
    "about": ("/about/", ""),
    "sign-in": ("/sign-in/", ""),
    "catalogue": ("/catalogue/", "lead"),
    "nothing found": ("/catalogue/?search=no-such-thing", "lead"),
    "resource": ("/catalogue/heating-aid/", "lead"),
    "fields": ("/catalogue/heating-aid/fields/", "lead"),
    "quality": ("/catalogue/heating-aid/quality/", "lead"),
    "profile": ("/catalogue/heating-aid/profile/", "lead"),
    "lineage": ("/catalogue/heating-aid/lineage/", "lead"),
    "sample": ("/catalogue/heating-aid/sample/", "lead"),
    "life cycle": ("/catalogue/heating-aid/lifecycle/", "lead"),
    "desk": ("/work/", "lead"),
    "loads": ("/work/loads/", "lead"),
    "load": ("/work/loads/1/", "lead"),
    "rejected": ("/work/loads/1/rejected/", "lead"),
    "upload": ("/work/upload/", "lead"),
    "findings": ("/work/findings/", "lead"),
    "demands": ("/work/demands/", "lead"),
    "demand": ("/work/demands/1/", "lead"),
    "new demand": ("/work/demands/new/", "lead"),
    "grants": ("/work/grants/", "lead"),
    "deliveries": ("/work/deliveries/", "lead"),
    "apply to use": ("/catalogue/heating-aid/apply/", "lead"),
    "messages": ("/work/messages/", "lead"),
    "departments": ("/work/departments/", "lead"),
    "audit": ("/work/audit/", "auditor"),
    "decisions": ("/studio/", "steward-civil"),
    "no decision found": ("/studio/?search=no-such-thing", "steward-civil"),
    "decision": ("/studio/elder-allowance/", "steward-civil"),
    "try a decision": ("/studio/elder-allowance/try/", "steward-civil"),
    "change a threshold": ("/studio/elder-allowance/change/", "steward-civil"),
    "change a table": ("/studio/elder-allowance/change/table/", "steward-civil"),
    "draft of a decision": ("/studio/elder-allowance/versions/2/", "steward-civil"),
    "history of a decision": ("/studio/elder-allowance/history/", "leader"),
    "difference of versions": ("/studio/elder-allowance/compare/", "leader"),
    "roll back": ("/studio/elder-allowance/versions/1/roll-back/", "leader"),
    "services": ("/services/", ""),
    "no service found": ("/services/?search=no-such-thing", ""),
    "service item": ("/services/hotline-ticket/", ""),
    "file a ticket": ("/services/hotline-ticket/apply/", ""),
    "track": ("/track/", ""),
    "to do": ("/work/works/?whose=department", "leader"),
    "nothing to do": ("/work/works/?whose=mine", "leader"),
    "work": ("/work/works/1/", "leader"),
    "cases": ("/work/cases/", "leader"),
    "intake": ("/work/intake/", "lead"),
    "take a call in": ("/work/intake/hotline-ticket/", "lead"),
    "obligations": ("/work/obligations/", "leader"),
    "late": ("/work/late/", "leader"),
    "leave": ("/work/leaves/", "leader"),
    "duty list": ("/work/duties/", "leader"),
    "topic": ("/work/duties/heating/", "leader"),
    "figures": ("/work/figures/", "leader"),
    "processes": ("/studio/processes/", "lead"),
    "process": ("/studio/processes/hotline-ticket/", "lead"),
    "draft of a process": ("/studio/processes/rating-follow-up/versions/2/", "lead"),
    "change a process": ("/studio/processes/hotline-ticket/edit/", "lead"),
    "forms": ("/studio/forms/", "lead"),
    "form": ("/studio/forms/hotline-ticket/", "lead"),
    "version of a form": ("/studio/forms/hotline-ticket/versions/1/", "lead"),
    "change the questions of a form": ("/studio/forms/hotline-ticket/versions/1/questions/", "lead"),
    "change a question": ("/studio/forms/hotline-ticket/versions/1/questions/2/", "lead"),
    "preview of a form": ("/studio/forms/hotline-ticket/versions/1/preview/?in=en", "lead"),
    "before the reform": ("/studio/items/hotline-ticket/before/", "lead"),
    "move running cases": ("/studio/processes/hotline-ticket/cases/", "lead"),
    "how a process goes": ("/studio/processes/hotline-ticket/insight/", "lead"),
    "board": ("/cockpit/", "leader"),
    "who used my data": ("/account/uses/", "elder-seen"),
    "nobody used it": ("/account/uses/", "lead"),
    "open data": ("/open/", ""),
    "open data set": ("/open/sets/bus-stops/", ""),
    "releases": ("/work/opening/", "lead"),
    "the parent's portal": ("/work/opening/portal/", "lead"),
    "new release": ("/work/opening/new/", "lead"),
    "release": ("/work/opening/1/", "lead"),
    "data products": ("/work/products/", "lead"),
    "new product": ("/work/products/new/", "lead"),
    "supervision of products": ("/work/products/supervision/", "lead"),
    "shared purchases": ("/work/products/purchases/", "lead"),
    "verify a credential": ("/verify/", ""),
    "my credentials": ("/my/credentials/", "elder-seen"),
    "my materials": ("/my/materials/", "elder-seen"),
    "my cases": ("/account/cases/", "elder-seen"),
    "credentials given": ("/work/credentials/", "lead"),
    "ledger of keys": ("/work/keys/", "auditor"),
    "archive": ("/work/archive/", "lead"),
}
# Whose address nobody knows before: where their link stands, for whom, and which one it is.
BEHIND = {
    "grant": ("/work/grants/", "lead", "main tbody th a"),
    "a use": ("/account/uses/", "elder-seen", "#uses tbody a"),
}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
GRAVE = {"serious", "critical"}
TELEPHONE = 390


@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
@pytest.mark.parametrize("name", [*PAGES, *BEHIND])
def test_axe_finds_nothing_serious_and_a_telephone_needs_no_sideways_scrolling(visit, name: str, language: str) -> None:
    where, who, *link = PAGES.get(name) or BEHIND[name]
    page = visit(where, who=who, language=language)
    if link:
        page.locator(link[0]).first.click()
        page.wait_for_load_state()
        assert page.url.count("/") > where.count("/") + 2
    page.wait_for_function("[...document.querySelectorAll('[data-chart]')].every(e => e.dataset.drawn)")
    found = Axe().run(page, options=RULES).response["violations"]
    grave = [
        (one["id"], [node["target"] for node in one["nodes"]][:3], one["nodes"][0]["failureSummary"])
        for one in found
        if one["impact"] in GRAVE
    ]
    assert not grave
    page.set_viewport_size({"width": TELEPHONE, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= TELEPHONE
