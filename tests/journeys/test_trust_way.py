"""Ways of data through a real browser: a use is seen, checked and questioned; data are refused, ruled on and masked."""

from __future__ import annotations

import base64
import csv
import io
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect
from trustseed import ELDER, ELDERS, LIST

CLIENT = b"demo-client:yiwang-demo-client-2026"
ZONE = ZoneInfo("Asia/Shanghai")
PATIENCE_SECONDS = 60
TAMPERED = """button => {
  const proof = JSON.parse(button.dataset.proof);
  proof.leaf = btoa(atob(proof.leaf).replace('"name"', '"none"'));
  button.dataset.proof = JSON.stringify(proof);
}"""


def soon(look: Callable[[], Any]) -> Any:
    """What is made beside the requests is there after a moment."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := look()):
        assert time.monotonic() < deadline
        time.sleep(0.5)
    return found


def posted(city: str, path: str, body: bytes, authorization: str, kind: str) -> tuple[int, Any]:
    headers = {"Authorization": authorization, "Content-Type": kind}
    try:
        with urllib.request.urlopen(urllib.request.Request(f"{city}{path}", body, headers)) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def queried(city: str, grant: str, person: str, *fields: str) -> tuple[int, Any]:
    """The department's program asks the exchange for one person's record."""
    basic = f"Basic {base64.b64encode(CLIENT).decode()}"
    form = "application/x-www-form-urlencoded"
    _, given = posted(city, "/api/oauth/token", b"grant_type=client_credentials", basic, form)
    body = {"key": {"person": person}, "grant": grant, "purpose": "benefit", "fields": fields}
    path = f"/api/exchange/resources/{LIST}/query"
    bearer = f"Bearer {given['access_token']}"
    return posted(city, path, json.dumps(body).encode(), bearer, "application/json")


def answered(city: str, grant: str, person: str, *fields: str) -> dict[str, str]:
    """As `queried`, once the list that was loaded just before is there to be asked."""

    def look() -> dict[str, str] | None:
        status, said = queried(city, grant, person, *fields)
        assert status == 200 or said["error"]["code"] == "no_data", said
        return said.get("fields")

    return soon(look)


def shown_after_a_while(page: Page, selector: str) -> None:
    def look() -> bool:
        page.reload()
        return page.locator(selector).count() > 0

    soon(look)


def verified(proof: Path, home: Path) -> subprocess.CompletedProcess[str]:
    """The offline verifier, in an empty place that has no ledger."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("YIWANG_")}
    program = Path(sys.executable).with_name("yiwang")
    return subprocess.run(
        [program, "verify", proof], env=env | {"YIWANG_HOME": str(home)}, capture_output=True, text=True
    )


def step(page: Page, address: str, **chosen: str) -> None:
    """Open the step a grant waits for, from the page of the grant, and choose."""
    page.goto(address)
    page.locator("main a[href^='/work/works/']").first.click()
    for name, value in chosen.items():
        page.locator(f"input[name='q.{name}'][value={value}]").check()


def send(page: Page) -> None:
    page.get_by_role("button", name="提交", exact=True).click()


def done(page: Page) -> None:
    send(page)
    expect(page.get_by_text("已办完这一步")).to_be_visible()


def test_a_resident_sees_a_use_appear_checks_its_proof_and_has_it_explained(visit, city: str, tmp_path: Path) -> None:
    resident = visit("/account/uses/", who=ELDER)
    expect(resident.get_by_text("还没有人用过")).to_be_visible()

    clerk = visit("/work/grants/?state=active&side=applicant", who="clerk-labour")
    grant = clerk.locator("main tbody th a").last.inner_text().strip()
    person, name, village, *_ = ELDERS[0]
    assert answered(city, grant, person, "name", "village") == {"name": f"{name[0]}****", "village": village}

    shown_after_a_while(resident, "#uses tbody tr")
    use = resident.locator("#uses tbody tr")
    expect(use).to_have_count(1)
    for said in ("人力资源", "高龄津贴名单", "姓名、所在村", "免申即享和待遇核发", "社会保险法 第七十四条"):
        expect(use).to_contain_text(said)
    use.get_by_role("link").click()
    expect(resident.locator("main")).to_contain_text("本站核对：成立")

    check, result = resident.get_by_role("button", name="在我的浏览器里核对"), resident.locator("#proof-result")
    check.click()
    expect(result).to_contain_text("成立：这一行在签过名的账本里")
    expect(result).to_have_attribute("data-state", "holds")
    check.evaluate(TAMPERED)
    check.click()
    expect(result).to_contain_text("不成立：这一行不在签过名的账本里")

    proof = tmp_path / "proof.json"
    with resident.expect_download() as download:
        resident.get_by_role("link", name="下载证明").click()
    download.value.save_as(proof)
    found = verified(proof, tmp_path / "empty")
    assert found.returncode == 0, found.stdout + found.stderr
    kept = json.loads(proof.read_text())
    leaf = base64.b64decode(kept["leaf"]).replace(b'"name"', b'"none"')
    proof.write_text(json.dumps(kept | {"leaf": base64.b64encode(leaf).decode()}))
    assert verified(proof, tmp_path / "empty").returncode == 1

    resident.get_by_label("您的疑问").fill("我没有办过养老待遇")
    send(resident)
    number = resident.locator("[data-number]").inner_text().strip()
    clerk.goto(f"/work/cases/{number}/")
    clerk.locator("main a[href^='/work/works/']").first.click()
    expect(clerk.locator("main")).to_contain_text("我没有办过养老待遇")
    clerk.locator("input[name='q.grounded'][value=yes]").check()
    clerk.locator("[name='q.basis']").fill("社会保险法 第七十四条")
    clerk.locator("[name='q.explanation']").fill("年度资格认证")
    done(clerk)
    resident.get_by_role("link", name="看进度").click()
    expect(resident.locator("main")).to_contain_text("这次使用的依据：社会保险法 第七十四条。年度资格认证")


def applied(visit) -> tuple[Page, str]:
    """A department ticks fields, says what for, and applies; the page of the grant to be."""
    page = visit(f"/catalogue/{LIST}/", who="clerk-labour")
    page.locator(f"a[href='/catalogue/{LIST}/apply/']").first.click()
    for field in ("person", "name", "village", "born"):
        page.locator(f"input[name=fields][value={field}]").check()
    page.locator("#mask-name").select_option("partial")
    page.locator("#mask-born").select_option("year")
    for method in ("query", "export"):
        page.locator(f"input[name=methods][value={method}]").check()
    page.get_by_label("用途类别").select_option("benefit")
    page.get_by_label("用来做什么").fill("高龄补贴并发核对")
    page.get_by_label("法律、法规或者职责依据").fill("社会保险法 第七十四条")
    page.get_by_label("用到哪天").fill(str(datetime.now(tz=ZONE).date() + timedelta(days=60)))
    page.get_by_label("只要哪些行").fill('village = "八岔村"')
    page.get_by_role("button", name="提出申请").click()
    page.wait_for_url("**/work/grants/G*/")
    return page, page.url


def test_data_refused_by_law_are_appealed_ruled_to_be_shared_and_exported_as_masked(visit, city: str) -> None:
    applicant, address = applied(visit)
    number = address.split("/")[-2]
    lead = visit("/work/", who="lead")
    step(lead, address, finding="conforms")
    done(lead)

    owner = visit("/work/", who="leader-civil")
    step(owner, address, answer="refuse")
    owner.locator("[name='q.answer_reason']").fill("涉及个人隐私")
    send(owner)
    basis = owner.locator("[name='q.answer_basis']")
    expect(owner.get_by_text("已办完这一步")).to_have_count(0)
    assert basis.evaluate("field => field.matches(':invalid')") or basis.get_attribute("aria-invalid") == "true"
    applicant.reload()
    expect(applicant.locator("main")).not_to_contain_text("涉及个人隐私")
    basis.fill("个人信息保护法 第二十八条")
    done(owner)

    applicant.reload()
    expect(applicant.locator("main")).to_contain_text("个人信息保护法 第二十八条")
    assert queried(city, number, ELDERS[1][0], "name")[0] == 403
    step(applicant, address, appeal="appeal")
    applicant.locator("[name='q.appeal_reason']").fill("属于法定职责")
    done(applicant)
    step(lead, address, ruling="grant")
    lead.locator("[name='q.ruling_reason']").fill("履行法定职责所必需")
    done(lead)

    applicant.goto(address)
    expect(applicant.locator("main .tag").first).to_contain_text("有效")
    applicant.get_by_role("button", name="导出 CSV").click()
    applicant.wait_for_load_state()
    masked = {person: f"{person[:4]}****{person[-2:]}" for person, *_ in ELDERS}
    rows = list(csv.DictReader(io.StringIO(taken(applicant))))
    assert sorted(rows, key=lambda row: row["person"]) == sorted(
        (
            {"person": masked[person], "name": f"{name[0]}****", "village": village, "born": born[:4]}
            for person, name, village, born, _ in ELDERS
            if village == "八岔村"
        ),
        key=lambda row: row["person"],
    )
    person = ELDERS[1][0]
    assert answered(city, number, person, "person", "name", "village", "born") == next(
        row for row in rows if row["person"] == masked[person]
    )
    status, said = queried(city, number, person, "name", "amount")
    assert status == 403 and "amount" in json.dumps(said)


def taken(page: Page) -> str:
    """The file that was ordered, once it is made."""

    def look() -> str:
        answer = page.request.get(page.url)
        is_file = answer.headers["content-type"].startswith("text/csv")
        return answer.body().decode("utf-8-sig") if is_file else ""

    return soon(look)
