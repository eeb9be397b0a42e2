"""Checking a credential, showing it in part, and the ledger of keys, as pages."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from machine import absent
from webcity import PASSWORD, ROOT, SYSTEM
from yaml import safe_load

from yiwang.config.place import Place
from yiwang.kernel.core.actor import Actor, Role
from yiwang.kernel.core.pack import pack_read
from yiwang.kernel.core.text import Text
from yiwang.kernel.models import AuditLine
from yiwang.kernel.selectors import actor_of
from yiwang.kernel.service import account_create, department_save, file_put, role_grant
from yiwang.trust import selectors as reads
from yiwang.trust.models import Credential, SubjectLink
from yiwang.trust.schema import CredentialFile
from yiwang.trust.service import (
    GivenMaterial,
    Matter,
    archive_pack,
    credential_issue,
    credential_kind_install,
    credential_revoke,
    material_keep,
    material_use,
)

SignIn = Callable[[Role], Client]
PACK = ROOT / "packs" / "service" / "food-stall"
APPLICANT = {"name": "林某（模拟）", "id_number": "23088119900101123X"}
CLAIMS = {"goods": "煎饼", "place": "早市 12 号"}


@pytest.fixture
def number(city: Place) -> str:
    """The number of a card given in this city."""
    department_save(actor=SYSTEM, code="market-supervision", name=Text(zh="市场监管局", en="Market"), parent=None)
    pack = pack_read(PACK, [])
    file = CredentialFile.model_validate(safe_load(pack.files["credentials/food-stall-card.yaml"]))
    credential_kind_install(actor=SYSTEM, file=file, pack=pack)
    return credential_issue(actor=SYSTEM, kind=file.id, case="C-1", applicant=APPLICANT, claims=CLAIMS, key="C-1")


@pytest.fixture
def holder(number: str) -> Client:
    """The browser of whoever holds it."""
    account = account_create(
        actor=SYSTEM, username="lin", display_name="林", password=PASSWORD, department="civil-affairs"
    )
    name = Credential.objects.get().subject_hash
    SubjectLink.objects.create(
        account_id=account.pk,
        kind="resident",
        subject_hash=name,
        sealed_identifier=b"",
        title="林*",
        assurance="counter",
    )
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def shown(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined,no-any-return]


def told(answer: object) -> str:
    """The answer on the page, in its own words."""
    found = re.search(r'role="status">.*?<strong>(.*?)</strong>', shown(answer), re.DOTALL)
    return found.group(1) if found else ""


def test_a_holder_sees_downloads_and_narrows_it_and_anybody_checks_it(holder: Client, number: str) -> None:
    assert number in shown(holder.get("/my/credentials/"))
    page = shown(holder.get(f"/my/credentials/{number}/"))
    assert "林某（模拟）" in page and "煎饼" in page
    narrow = shown(holder.post(f"/my/credentials/{number}/text/", {"form": "sd-jwt"}))
    checked = Client().post("/verify/", {"text": narrow})
    assert told(checked) == "真实有效"
    assert "煎饼" in shown(checked) and "林某" not in shown(checked)
    whole = shown(holder.post(f"/my/credentials/{number}/text/", {"form": "vc"}))
    file = SimpleUploadedFile("card.txt", whole.encode())
    assert "林某（模拟）" in shown(Client().post("/verify/", {"file": file}))


def test_an_altered_and_a_withdrawn_one_are_told_in_plain_words(holder: Client, number: str) -> None:
    whole = shown(holder.post(f"/my/credentials/{number}/text/", {"form": "vc"}))
    place = whole.index(".") + 40
    changed = whole[:place] + ("A" if whole[place] != "A" else "B") + whole[place + 1 :]
    assert told(Client().post("/verify/", {"text": changed})) == "已被改动"
    credential_revoke(actor=SYSTEM, number=number, case="C-2", reason="停业")
    answer = Client().post("/verify/", {"text": whole})
    assert told(answer) == "签发属实，但已失效"
    assert str(timezone.localdate()) in shown(answer)


def test_the_sealed_page_is_checked_too(holder: Client, number: str) -> None:
    pdf = holder.get(f"/my/credentials/{number}/page.pdf").content
    send = {"file": SimpleUploadedFile("card.pdf", pdf)}
    assert told(Client().post("/verify/", send)) == "印章完好，是本市盖的"
    send = {"file": SimpleUploadedFile("card.pdf", pdf + b"\n% more")}
    assert told(Client().post("/verify/", send)).startswith("已被改动")


def test_the_printed_code_tells_state_and_nothing_of_the_holder(number: str) -> None:
    mark = Credential.objects.get().mark
    page = Client().get(f"/verify/?n={number}&c={mark}")
    assert told(page) == "真实有效"
    assert "林某" not in shown(page) and "煎饼" not in shown(page)
    assert told(Client().get(f"/verify/?n={number}&c={'0' * 16}")) == "无法判断"
    assert Client().get(f"/verify/?n={number}&c={mark}&day=never").status_code == 400


def test_nothing_to_check_is_said_beside_the_form(number: str) -> None:
    answer = Client().post("/verify/", {"text": " "})
    assert answer.status_code == 400 and "没有要核验的内容" in shown(answer)


def test_somebody_elses_credential_is_not_found(signed_in: SignIn, number: str) -> None:
    client = signed_in(Role.STAFF)
    for address in (f"/my/credentials/{number}/", f"/my/credentials/{number}/page.pdf", f"/work/credentials/{number}/"):
        assert client.get(address).status_code == 404
    assert client.post(f"/my/credentials/{number}/text/", {"form": "vc"}).status_code == 404
    assert "还没有证照" in shown(client.get("/my/credentials/"))
    assert number not in shown(client.get("/work/credentials/"))


def test_the_office_reads_it_with_a_purpose(number: str) -> None:
    account = account_create(
        actor=SYSTEM, username="clerk", display_name="c", password=PASSWORD, department="market-supervision"
    )
    role_grant(actor=SYSTEM, account=account.pk, role=Role.STAFF, department="market-supervision")
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    assert number in shown(client.get("/work/credentials/"))
    address = f"/work/credentials/{number}/"
    assert "煎饼" not in shown(client.get(address))
    assert client.post(address, {"purpose": " "}).status_code == 400
    assert "煎饼" in shown(client.post(address, {"purpose": "核对"}))
    line = AuditLine.objects.get(act="credential.read")
    assert (line.actor_id, line.purpose) == (actor_of(account).id, "核对")


def test_the_key_ledger_is_for_administrators_and_shows_no_key(signed_in: SignIn, number: str) -> None:
    page = shown(signed_in(Role.ADMIN).get("/work/keys/"))
    assert "credential" in page
    assert (Path(reads.master_state().path).read_text().strip()) not in page
    assert signed_in(Role.STAFF).get("/work/keys/").status_code == 403


def test_keys_roots_and_list_are_public(number: str) -> None:
    keys = json.loads(Client().get("/credentials/keys.json").content)["keys"]
    assert {key["kid"] for key in keys} == set(reads.credential_keys())
    assert shown(Client().get("/credentials/seal-roots.pem")).startswith("-----BEGIN CERTIFICATE-----")
    assert shown(Client().get("/credentials/status")).count(".") == 2


def test_the_checker_to_take_home_is_one_file_with_everything_in_it(number: str) -> None:
    page = shown(Client().get("/verify/offline.html"))
    assert '<script type="module">' in page and "BitstringStatusList" in page
    assert next(iter(reads.credential_keys())) in page
    assert re.findall(r'(?:src|href)="', page) == []


def by_node(texts: list[str], status: str) -> list[dict[str, object]]:
    """What the browser's program says of each text."""
    node = shutil.which("node")
    if node is None:
        absent("Node.js", "apt-get install nodejs")
    keys = {kid: urlsafe_b64encode(key).rstrip(b"=").decode() for kid, key in reads.credential_keys().items()}
    program = (
        f"import {{verdict}} from {json.dumps(str(ROOT / 'frontend/src/verify.mjs'))};"
        "let said = ''; for await (const part of process.stdin) said += part;"
        "const {texts, keys, status} = JSON.parse(said); const out = [];"
        "for (const text of texts) out.push(await verdict(text, keys, status));"
        "console.log(JSON.stringify(out));"
    )
    said = json.dumps({"texts": texts, "keys": keys, "status": status})
    ran = subprocess.run(
        [node, "--no-warnings", "--input-type=module", "-e", program], input=said, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    found: list[dict[str, object]] = json.loads(ran.stdout)
    return found


def test_the_browser_and_the_server_give_the_same_answers(holder: Client, number: str) -> None:
    whole = shown(holder.post(f"/my/credentials/{number}/text/", {"form": "vc"}))
    narrow = shown(holder.post(f"/my/credentials/{number}/text/", {"form": "sd-jwt", "field": ["name"]}))
    head, body, signature = whole.split(".")
    middle = len(head) + 1 + len(body) // 2
    texts = [
        whole,
        narrow,
        narrow.rstrip("~") + "~WyJzIiwiZ29vZHMiLCLph5HmnaEiXQ~",
        f"{head}.{body}.{signature[:-2]}AA",
        whole[:middle] + ("A" if whole[middle] != "A" else "B") + whole[middle + 1 :],
        whole[1:],
        "",
        "a.b.c",
        reads.credential_status_text(),
    ]
    for status in (reads.credential_status_text(), "", whole):
        here = [reads.credential_check(text, status=status) for text in texts]
        there = by_node(texts, status)
        assert [found["state"] for found in there] == [found.answer.value for found in here]
        assert [found.get("fields", {}) for found in there] == [dict(found.fields) for found in here]
    credential_revoke(actor=SYSTEM, number=number, case="C-2", reason="停业")
    status = reads.credential_status_text()
    found = by_node([whole, narrow], status)
    assert [one["state"] for one in found] == ["revoked", "revoked"]
    assert found[0]["since"] == str(timezone.localdate())


def test_a_package_is_checked_handed_over_and_read_at_the_desk(signed_in: SignIn, city: Place) -> None:
    matter = Matter("A-1", "低保申请", "civil-affairs", "completed", date(2000, 1, 1), "10y", "归档规定 第八条", {})
    archive_pack(actor=SYSTEM, matter=matter, parts={"case.json": b"{}"})
    clerk = signed_in(Role.STAFF)
    assert "低保申请" in shown(clerk.get("/work/archive/?over=1"))
    address = "/work/archive/A-1/"
    assert "摘要" in shown(clerk.get(address))
    assert clerk.post(f"{address}act/", {"act": "transfer", "office": " "}).status_code == 400
    assert clerk.post(f"{address}act/", {"act": "burn"}).status_code == 400
    for said in ({"act": "check"}, {"act": "transfer", "office": "市档案馆"}, {"act": "receipt", "receipt": "R-1"}):
        assert clerk.post(f"{address}act/", said).status_code == 302
    assert "R-1" in shown(clerk.get(address))
    assert clerk.post(f"{address}package/", {"purpose": " "}).status_code == 400
    package = b"".join(clerk.post(f"{address}package/", {"purpose": "复查"}).streaming_content)
    assert b"case.json" in package
    assert clerk.post(f"{address}act/", {"act": "propose", "reason": "保管期满"}).status_code == 302
    assert clerk.post(f"{address}act/", {"act": "approve"}).status_code == 403
    lead = signed_in(Role.LEADER)
    assert lead.post(f"{address}act/", {"act": "approve"}).status_code == 302
    assert "销毁证明" in shown(lead.get(address))


def test_another_office_finds_no_package(signed_in: SignIn, city: Place) -> None:
    matter = Matter("A-1", "低保申请", "data-bureau", "completed", date(2000, 1, 1), "10y", "归档规定 第八条", {})
    archive_pack(actor=SYSTEM, matter=matter, parts={"case.json": b"{}"})
    clerk = signed_in(Role.STAFF)
    assert "没有档案" in shown(clerk.get("/work/archive/"))
    assert clerk.get("/work/archive/A-1/").status_code == 404
    assert clerk.post("/work/archive/A-1/package/", {"purpose": "好奇"}).status_code == 404


def test_a_holder_sees_kept_materials_and_ends_their_reuse(holder: Client) -> None:
    assert "还没有存着的材料" in shown(holder.get("/my/materials/"))
    link = SubjectLink.objects.get()
    actor = Actor(id=f"account:{link.account_id}", name="林")
    file = file_put(actor=SYSTEM, source=BytesIO(b"%PDF-1.4"), name="card.pdf")
    given = GivenMaterial("identity-card", "身份证复印件", file.digest)
    kept = material_keep(actor=actor, kind="resident", subject=link.subject_hash, given=given)
    material_use(actor=actor, material=kept, case="C-7", purpose="摊贩登记", consent="我同意")
    page = shown(holder.get("/my/materials/"))
    assert "身份证复印件" in page and "C-7" in page
    assert holder.post(f"/my/materials/{kept}/end/").status_code == 302
    assert "已停止" in shown(holder.get("/my/materials/"))
    assert Client().post(f"/my/materials/{kept}/end/").status_code in (302, 403)
