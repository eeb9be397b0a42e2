"""A city whose hotline is open to other programs, for the tests of Open311."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

from casecity import CaseCity
from django.http import HttpResponse
from django.test import Client
from dutycity import SYSTEM
from hotlinecity import Hotline

from yiwang.flow.service import client_key_make

ROOT = "/open311/v2"
# The applicant's part of what is filed: none of it may ever come back.
PERSON = {
    "first_name": "秀兰",
    "last_name": "欧阳",
    "phone": "13900001234",
    "email": "ouyang@example.org",
    "device_id": "dev-77",
    "account_id": "acc-42",
}
WORDS = "我家住向阳小区三号楼，门口有个大坑"


@dataclass
class OpenCity:
    hotline: Hotline
    key: str
    client: Client = field(default_factory=Client)

    def get(self, path: str, **params: str) -> HttpResponse:
        return self.client.get(f"{ROOT}/{path}", params)

    def json(self, path: str, **params: str) -> Any:
        answer = self.get(path, **params)
        assert answer.status_code == 200, answer.content.decode()
        assert answer["Content-Type"] == "application/json; charset=utf-8"
        return json.loads(answer.content)

    def xml(self, path: str, **params: str) -> ElementTree.Element:
        answer = self.get(path, **params)
        assert answer.status_code == 200, answer.content.decode()
        assert answer["Content-Type"] == "text/xml; charset=utf-8"
        return ElementTree.fromstring(answer.content)

    def post(self, form: str = "json", **more: Any) -> HttpResponse:
        said = {
            "api_key": self.key,
            "service_code": "road",
            "lat": "47.6512345",
            "long": "132.5112345",
            "address_string": "向阳小区门口",
            "description": WORDS,
            "media_url": "https://photos.example/1.jpg",
            "attribute[surface]": "asphalt",
            **PERSON,
        }
        return self.client.post(f"{ROOT}/requests.{form}", {k: v for k, v in (said | more).items() if v is not None})

    def filed(self, **more: Any) -> str:
        answer = self.post(**more)
        assert answer.status_code == 200, answer.content.decode()
        return str(json.loads(answer.content)[0]["service_request_id"])

    def faults(self, answer: HttpResponse) -> tuple[int, list[str]]:
        return answer.status_code, [one["description"] for one in json.loads(answer.content)]


def open_city(city: CaseCity) -> OpenCity:
    hotline = Hotline(city)
    hotline.build()
    made = client_key_make(actor=SYSTEM, title="市民随手拍", department="hotline")
    return OpenCity(hotline, made.key)
