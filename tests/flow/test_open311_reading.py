"""Open311 GeoReport v2, reading: the addresses and fields of the standard's examples, in XML and JSON, nothing of a person."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from casecity import SYSTEM, CaseCity, finish
from django.utils import timezone
from open311city import PERSON, WORDS, OpenCity, open_city

from yiwang.flow.models import Case, DutyList
from yiwang.flow.service import case_link, case_open

SERVICE = ["service_code", "service_name", "description", "metadata", "type", "keywords", "group"]
ATTRIBUTE = ["variable", "code", "datatype", "required", "datatype_description", "order", "description", "values"]
REQUEST = [
    *("service_request_id", "status", "status_notes", "service_name", "service_code", "description"),
    *("agency_responsible", "service_notice", "requested_datetime", "updated_datetime", "expected_datetime"),
    *("address", "address_id", "zipcode", "lat", "long", "media_url"),
]


@pytest.fixture
def city(cases: CaseCity) -> OpenCity:
    return open_city(cases)


def tags(element: ElementTree.Element) -> list[str]:
    return [child.tag for child in element]


def test_discovery_names_the_endpoint_and_its_formats(city: OpenCity) -> None:
    said = city.json("discovery.json")
    (endpoint,) = said["endpoints"]
    assert list(said) == ["changeset", "contact", "key_service", "endpoints"]
    assert endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2"
    assert (endpoint["url"], endpoint["type"]) == ("http://testserver/open311/v2", "production")
    assert endpoint["formats"] == ["text/xml", "application/json"]
    root = city.xml("discovery.xml")
    assert root.tag == "discovery"
    assert [one.text for one in root.findall("endpoints/endpoint/formats/format")] == endpoint["formats"]


def test_services_are_the_topics_somebody_answers_for(city: OpenCity) -> None:
    said = city.json("services.json")
    assert [one["service_code"] for one in said] == ["heat-cold", "heat-fee", "road", "lamp"]
    assert all(list(one) == SERVICE for one in said)
    road = said[2]
    assert (road["metadata"], road["type"], road["service_name"]) == (True, "realtime", "道路破损")
    assert said[0]["group"] == "供热" and said[3]["metadata"] is False


def test_services_in_xml_say_the_same(city: OpenCity) -> None:
    answer = city.get("services.xml", jurisdiction_id="city.example")
    assert answer.content.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
    root = city.xml("services.xml")
    assert root.tag == "services" and {one.tag for one in root} == {"service"}
    assert all(tags(one) == SERVICE for one in root)
    assert [one.findtext("metadata") for one in root] == ["false", "false", "true", "false"]


def test_a_definition_has_the_attributes_of_its_topic(city: OpenCity) -> None:
    said = city.json("services/road.json")
    assert list(said) == ["service_code", "attributes"]
    surface, depth = said["attributes"]
    assert list(surface) == ATTRIBUTE
    assert (surface["datatype"], surface["required"], surface["order"]) == ("singlevaluelist", True, 1)
    assert surface["values"] == [{"key": "asphalt", "name": "沥青"}, {"key": "brick", "name": "地砖"}]
    assert (depth["code"], depth["values"], depth["variable"]) == ("depth", [], True)


def test_a_definition_in_xml_says_the_same(city: OpenCity) -> None:
    root = city.xml("services/road.xml")
    assert root.tag == "service_definition" and tags(root) == ["service_code", "attributes"]
    first = root.find("attributes/attribute")
    assert first is not None and tags(first) == ATTRIBUTE
    assert [one.findtext("key") for one in first.findall("values/value")] == ["asphalt", "brick"]


def test_a_request_has_every_field_of_the_standard(city: OpenCity) -> None:
    number = city.filed()
    (said,) = city.json(f"requests/{number}.json")
    assert list(said) == REQUEST
    assert (said["service_request_id"], said["status"], said["service_code"]) == (number, "open", "road")
    assert said["service_name"] == "道路破损" and said["status_notes"] == "办理中"
    assert said["requested_datetime"].endswith("+08:00") and said["expected_datetime"] > said["requested_datetime"]
    (element,) = city.xml(f"requests/{number}.xml")
    assert tags(element) == REQUEST
    assert element.findtext("service_request_id") == number and element.findtext("description") == ""


def test_the_agency_is_in_the_readers_language(city: OpenCity) -> None:
    number = city.filed()
    city.client.cookies["django_language"] = "en"
    (said,) = city.json(f"requests/{number}.json")
    assert (said["agency_responsible"], said["status_notes"]) == ("Hotline", "In progress")


def test_a_place_in_public_space_is_exact_and_any_other_rough(city: OpenCity) -> None:
    road = city.filed()
    home = city.filed(service_code="heat-cold", **{"attribute[surface]": None})
    (one,), (other,) = (city.json(f"requests/{number}.json") for number in (road, home))
    assert (one["lat"], one["long"]) == (47.6512345, 132.5112345)
    assert (other["lat"], other["long"]) == (47.65, 132.51)


def test_nothing_of_a_person_comes_out_by_any_address(city: OpenCity) -> None:
    number = city.filed()
    paths = ["services", "services/road", "requests", f"requests/{number}", f"tokens/{number}", "discovery"]
    said = "".join(city.get(f"{path}.{form}").content.decode() for path in paths for form in ("json", "xml"))
    assert number in said
    secrets = [*PERSON.values(), "欧阳秀兰", WORDS, "向阳小区", "photos.example"]
    assert [one for one in secrets if one in said] == []


def test_a_closed_request_says_when_it_was_closed(city: OpenCity) -> None:
    case = city.hotline.solved("lamp", "urban")
    (said,) = city.json("requests.json", status="closed")
    assert (said["service_request_id"], said["status"], said["status_notes"]) == (case.number, "closed", "已办结")
    assert said["updated_datetime"] == timezone.localtime(case.closed_at).isoformat(timespec="seconds")


def test_a_duplicate_says_so(city: OpenCity) -> None:
    first, second = city.filed(), city.filed()
    case_link(actor=SYSTEM, number=second, other=first, kind="duplicate")
    (said,) = city.json(f"requests/{second}.json")
    assert "重复" in said["status_notes"] and first not in said["status_notes"]


def numbers(said: list[dict[str, Any]]) -> set[str]:
    return {one["service_request_id"] for one in said}


def test_requests_are_filtered_by_code_and_status(city: OpenCity) -> None:
    road, lamp = city.filed(), city.hotline.ticket("lamp").number
    closed = city.hotline.solved("heat-fee", "housing").number
    assert numbers(city.json("requests.json")) == {road, lamp, closed}
    assert numbers(city.json("requests.json", service_code="road,lamp")) == {road, lamp}
    assert numbers(city.json("requests.json", status="open")) == {road, lamp}
    assert numbers(city.json("requests.json", status="open,closed")) == {road, lamp, closed}
    assert numbers(city.json("requests.json", status="")) == {road, lamp, closed}


def test_numbers_override_every_other_filter(city: OpenCity) -> None:
    first, second, _ = city.filed(), city.filed(), city.filed()
    told = city.json("requests.json", service_request_id=f"{first},{second}", status="closed", start_date="nonsense")
    assert numbers(told) == {first, second}
    assert [one.findtext("service_request_id") for one in city.xml("requests.xml", service_request_id=first)] == [first]


def aged(number: str, days: float) -> None:
    Case.objects.filter(number=number).update(opened_at=timezone.now() - timedelta(days=days))


def moment(days_ago: float) -> str:
    return (timezone.now() - timedelta(days=days_ago)).isoformat(timespec="seconds")


def test_without_dates_the_last_ninety_days_are_told(city: OpenCity) -> None:
    recent, old = city.filed(), city.filed()
    aged(recent, 89)
    aged(old, 91)
    assert numbers(city.json("requests.json")) == {recent}


def test_dates_choose_a_span_and_either_alone_gives_ninety_days(city: OpenCity) -> None:
    near, mid, far = city.filed(), city.filed(), city.filed()
    aged(mid, 100)
    aged(far, 200)
    assert numbers(city.json("requests.json", start_date=moment(120), end_date=moment(90))) == {mid}
    assert numbers(city.json("requests.json", start_date=moment(120))) == {mid}
    assert numbers(city.json("requests.json", end_date=moment(150))) == {far}
    assert near in numbers(city.json("requests.json", start_date=moment(1).replace("+00:00", "Z")))


def test_at_most_a_thousand_are_told_the_newest_first(city: OpenCity) -> None:
    first, second = city.filed(), city.filed()
    aged(first, 2)
    assert [one["service_request_id"] for one in city.json("requests.json")] == [second, first]
    original = Case.objects.get(number=first)
    rows = []
    for at in range(1005):
        values = {f.attname: getattr(original, f.attname) for f in Case._meta.concrete_fields if f.attname != "id"}
        rows.append(Case(**(values | {"number": f"X{at}", "key": "", "secret": ""})))
    Case.objects.bulk_create(rows)
    assert len(city.json("requests.json")) == 1000


def test_cases_that_are_no_tickets_are_not_told(city: OpenCity) -> None:
    case_open(actor=SYSTEM, item_id="duty-gap", title="职责空白", topic="lamp")
    city.hotline.ticket("")
    assert city.json("requests.json") == []
    assert list(city.xml("requests.xml")) == []


def test_a_number_is_its_own_token(city: OpenCity) -> None:
    number = city.filed()
    assert city.json(f"tokens/{number}.json") == [{"service_request_id": number, "token": number}]
    (element,) = city.xml(f"tokens/{number}.xml")
    assert tags(element) == ["service_request_id", "token"]


@pytest.mark.parametrize(
    ("path", "params", "status", "told"),
    [
        ("services.json", {"jurisdiction_id": "moon.example"}, 404, "jurisdiction_id"),
        ("services/moon.json", {}, 404, "service_code"),
        ("requests/none.json", {}, 404, "service_request_id"),
        ("tokens/none.json", {}, 404, "token"),
        ("requests.json", {"service_code": "moon"}, 404, "service_code"),
        ("requests.json", {"status": "lost"}, 400, "status"),
        ("requests.json", {"start_date": "2026-01-01"}, 400, "start_date"),
        ("requests.json", {"end_date": "yesterday"}, 400, "end_date"),
        (
            "requests.json",
            {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-06-01T00:00:00Z"},
            400,
            "start_date",
        ),
        (
            "requests.json",
            {"start_date": "2026-02-01T00:00:00Z", "end_date": "2026-01-01T00:00:00Z"},
            400,
            "start_date",
        ),
    ],
)
def test_errors_are_a_list_with_code_and_description(
    city: OpenCity, path: str, params: dict[str, str], status: int, told: str
) -> None:
    answer = city.get(path, **params)
    (one,) = json.loads(answer.content)
    assert (answer.status_code, one["code"]) == (status, status) and one["description"].startswith(f"{told}:")
    root = ElementTree.fromstring(city.get(path.replace(".json", ".xml"), **params).content)
    assert root.tag == "errors" and [one.findtext("code") for one in root.findall("error")] == [str(status)]


def test_an_unknown_format_is_told_in_xml(city: OpenCity) -> None:
    answer = city.get("services.csv")
    assert answer.status_code == 400 and answer["Content-Type"].startswith("text/xml")


def test_a_city_that_has_not_opened_its_list_answers_404(city: OpenCity) -> None:
    row = DutyList.objects.get()
    row.body["open311"] = None
    row.save()
    assert {city.get(f"{path}.json").status_code for path in ("discovery", "services", "requests")} == {404}


def test_a_topic_above_with_its_own_group_and_a_handled_ticket_keep_their_shape(city: OpenCity) -> None:
    case = city.hotline.ticket("lamp")
    finish(case, "dispatch", department="urban")
    (said,) = city.json(f"requests/{case.number}.json")
    assert (said["status"], said["lat"], said["long"], said["address"]) == ("open", None, None, None)
