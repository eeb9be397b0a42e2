"""The HTTP interface: the same services as the pages, described in one file."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from webcity import TABLE

from yiwang.kernel.core.actor import Role


def test_a_table_sent_in_is_accounted_for(signed_in) -> None:
    client = signed_in(Role.STEWARD)
    file = SimpleUploadedFile("heating.csv", TABLE.encode())
    sent = client.post("/api/data/loads", {"resource": "heating-aid", "file": file})
    assert sent.status_code == 202
    load = client.get(f"/api/data/loads/{sent.json()['id']}").json()
    assert load["source"] == load["accepted"] + load["rejected"] == 4
    assert {reason["code"] for reason in load["reasons"]} >= {"household-form", "known-fuel"}
    assert load["receipt"]


def test_the_catalogue_comes_page_by_page(signed_in) -> None:
    found = signed_in(Role.STAFF).get("/api/data/catalogue", {"per_page": 1}).json()
    assert (found["total"], found["pages"], len(found["items"])) == (2, 2, 1)


def test_what_does_not_fit_the_description_is_refused_with_its_place(signed_in) -> None:
    answer = signed_in(Role.STEWARD).post("/api/data/loads", {"resource": "heating-aid"})
    assert answer.status_code == 422
    assert "file" in answer.json()["error"]["where"]


def test_an_error_of_a_service_is_an_object_in_both_languages(signed_in) -> None:
    answer = signed_in(Role.STAFF).get("/api/data/loads/999")
    assert answer.status_code == 404
    assert answer.json()["error"]["zh"] and answer.json()["error"]["en"]


def test_a_signed_in_page_of_another_site_cannot_send_tables(signed_in) -> None:
    signed = signed_in(Role.STEWARD)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = signed.cookies
    file = SimpleUploadedFile("heating.csv", TABLE.encode())
    assert strict.post("/api/data/loads", {"resource": "heating-aid", "file": file}).status_code == 403


def test_the_description_names_every_address(signed_in) -> None:
    paths = signed_in(Role.STAFF).get("/api/openapi.json").json()["paths"]
    assert set(paths) == {"/api/data/catalogue", "/api/data/loads", "/api/data/loads/{load_id}"}
