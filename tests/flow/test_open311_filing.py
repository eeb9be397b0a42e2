"""Open311 GeoReport v2, filing: with a key, as a form, checked whole; what is filed is a ticket like any other."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree

import pytest
from casecity import SYSTEM, CaseCity, open_works
from open311city import PERSON, ROOT, WORDS, OpenCity, open_city

from yiwang.flow.models import Case, ClientKey, DutyList
from yiwang.flow.selectors import case_track, client_key_list
from yiwang.flow.service import client_key_make, client_key_revoke
from yiwang.kernel.core.actor import Role
from yiwang.kernel.errors import NotFound, Refused
from yiwang.kernel.selectors import audit_list


@pytest.fixture
def city(cases: CaseCity) -> OpenCity:
    return open_city(cases)


def test_a_filed_request_is_a_ticket_with_its_words_place_and_applicant(city: OpenCity) -> None:
    case = Case.objects.get(number=city.filed())
    assert (case.topic, case.channel, case.latitude, case.longitude) == ("road", "mobile", 47.6512345, 132.5112345)
    assert case.answers["content"].splitlines() == [WORDS, "路面：沥青", "图片 / media: https://photos.example/1.jpg"]
    assert (case.answers["address"], case.answers["topic"]) == ("向阳小区门口", "road")
    assert case.applicant == {"name": "欧阳 秀兰"} | {
        k: PERSON[k] for k in ("phone", "email", "account_id", "device_id")
    }
    assert case.opened_by.startswith("client:") and [work.node for work in open_works(case)] == ["dispatch"]


def test_a_ticket_of_an_urgent_topic_goes_with_the_answers_of_its_list(city: OpenCity) -> None:
    row = DutyList.objects.get()
    row.body["intake"] |= {"urgent": {"class": "urgent"}, "usual": {"class": "ordinary"}}
    row.save()
    numbers = [city.filed(service_code=code, **{"attribute[surface]": None}) for code in ("heat-cold", "lamp")]
    assert [Case.objects.get(number=one).answers["class"] for one in numbers] == ["urgent", "ordinary"]


def test_the_answer_has_the_fields_of_the_standard_and_the_code_to_track_with(city: OpenCity) -> None:
    (said,) = json.loads(city.post().content)
    assert list(said) == ["service_request_id", "service_notice", "account_id"] and said["account_id"] == "acc-42"
    code = said["service_notice"].split("查询码 ")[1].split(" ")[0]
    assert case_track(said["service_request_id"], code).status == "open"


def test_the_answer_in_xml_says_the_same(city: OpenCity) -> None:
    answer = city.post("xml", account_id=None)
    root = ElementTree.fromstring(answer.content)
    (request,) = root
    assert (root.tag, request.tag) == ("service_requests", "request")
    assert [one.tag for one in request] == ["service_request_id", "service_notice", "account_id"]
    assert Case.objects.filter(number=request.findtext("service_request_id")).exists()
    assert request.findtext("account_id") == ""


@pytest.mark.parametrize("key", [None, "", "wrong", "\x00"])
def test_without_a_key_nothing_is_filed(city: OpenCity, key: str | None) -> None:
    answer = city.post(api_key=key)
    status, told = city.faults(answer)
    assert status == 403 and json.loads(answer.content)[0]["code"] == 403 and told[0].startswith("api_key:")
    assert ElementTree.fromstring(city.post("xml", api_key=key).content).findtext("error/code") == "403"
    assert not Case.objects.exists()


def test_a_key_that_was_revoked_opens_nothing(city: OpenCity) -> None:
    (row,) = client_key_list(SYSTEM, "hotline")
    client_key_revoke(actor=SYSTEM, key_id=row.id)
    assert city.post().status_code == 403
    assert client_key_list(SYSTEM, "hotline")[0].revoked_at is not None


def test_a_key_is_kept_as_its_digest_only(city: OpenCity) -> None:
    row = ClientKey.objects.get()
    assert city.key not in {str(value) for value in ClientKey.objects.values_list().get()}
    assert len(row.digest) == 64
    assert city.key not in json.dumps([line.details for line in audit_list(SYSTEM, act="client").items])


def test_keys_are_made_by_those_who_manage_accounts(city: OpenCity) -> None:
    staff, admin = (city.hotline.city.person(role, "hotline", role) for role in (Role.STAFF, Role.ADMIN))
    with pytest.raises(Refused):
        client_key_make(actor=staff, title="程序", department="hotline")
    made = client_key_make(actor=admin, title="程序", department="hotline")
    assert made.row.title == "程序" and len(made.key) >= 32
    with pytest.raises(NotFound):
        client_key_revoke(actor=SYSTEM, key_id=9999)


@pytest.mark.parametrize(
    ("more", "status", "told"),
    [
        ({"service_code": None}, 400, "service_code"),
        ({"service_code": " "}, 400, "service_code"),
        ({"service_code": "moon"}, 404, "service_code"),
        ({"jurisdiction_id": "moon.example"}, 404, "jurisdiction_id"),
        ({"lat": None}, 400, "lat"),
        ({"lat": "north"}, 400, "lat"),
        ({"lat": "nan"}, 400, "lat"),
        ({"long": "200"}, 400, "long"),
        ({"lat": None, "long": None, "address_string": None}, 400, "lat"),
        ({"description": "很" * 4001}, 400, "description"),
        ({"address_id": "moon"}, 400, "address_id"),
        ({"media_url": "javascript:alert(1)"}, 400, "media_url"),
        ({"attribute[surface]": None}, 400, "attribute[surface]"),
        ({"attribute[surface]": "mud"}, 400, "attribute[surface]"),
        ({"attribute[depth]": "deep"}, 400, "attribute[depth]"),
        ({"attribute[colour]": "red"}, 400, "attribute"),
    ],
)
def test_what_cannot_be_filed_is_told_by_its_field(
    city: OpenCity, more: dict[str, Any], status: int, told: str
) -> None:
    got, said = city.faults(city.post(**more))
    assert got == status and said[0].startswith(f"{told}:"), said
    assert not Case.objects.exists()


def test_several_faults_are_told_at_once(city: OpenCity) -> None:
    status, told = city.faults(city.post(lat="x", media_url="ftp://x", description="很" * 4001))
    assert status == 400 and [one.split(":")[0] for one in told] == ["lat", "description", "media_url"]


@pytest.mark.parametrize("place", [{"address_string": "东风路口"}, {"lat": "47.6", "long": "132.5"}])
def test_an_address_or_a_place_alone_will_do(city: OpenCity, place: dict[str, str]) -> None:
    case = Case.objects.get(number=city.filed(**({"lat": None, "long": None, "address_string": None} | place)))
    assert (case.latitude is None) == ("lat" not in place)


def test_empty_parameters_are_as_if_not_given(city: OpenCity) -> None:
    case = Case.objects.get(number=city.filed(phone="", email="", media_url="", jurisdiction_id="", description=""))
    assert "phone" not in case.applicant
    assert case.answers["content"].splitlines()[0] == "道路破损"


def test_attributes_may_be_a_list_where_the_definition_says_so(city: OpenCity) -> None:
    status, told = city.faults(city.post(**{"attribute[surface]": ["asphalt", "brick"]}))
    assert status == 400 and "one value" in told[0] or "一个值" in told[0]


def test_filing_needs_no_session_and_reading_takes_no_post(city: OpenCity) -> None:
    city.client.handler.enforce_csrf_checks = True
    assert city.post().status_code == 200
    assert city.client.post(f"{ROOT}/services.json").status_code == 405
