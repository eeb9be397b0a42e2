"""Other catalogues harvest ours: the feed conforms to DCAT-AP 3.0.1, and CKAN's own client works on ours."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.test import Client
from opensets import stops_load, stops_publish

from yiwang.config.place import Place
from yiwang.data.models import Load, SensitiveFinding

rdflib = pytest.importorskip("rdflib")
pyshacl = pytest.importorskip("pyshacl")
ckanapi = pytest.importorskip("ckanapi")
# the reader of JSON-LD warns of its own insides
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
# The shape files with how many property shapes each names without defining them; all others are checked.
SHAPES = {
    "shacl_dcat-ap-SHACL.ttl": 2,
    "shacl_ranges.ttl": 206,
    "html_shacl_shapes.ttl": 0,
    "html_shacl_range.ttl": 0,
    "html_shacl_mdr-vocabularies.shape.ttl": 0,
}
DCT = rdflib.Namespace("http://purl.org/dc/terms/")
DCAT = rdflib.Namespace("http://www.w3.org/ns/dcat#")
FOAF = rdflib.Namespace("http://xmlns.com/foaf/0.1/")
SPDX = rdflib.Namespace("http://spdx.org/rdf/terms#")
SH = rdflib.Namespace("http://www.w3.org/ns/shacl#")
BADLY = rdflib.Literal("no address")
# What is done to a good feed so that it is none any more: which statements go, and what comes in their place.
SPOILED = {
    "a catalogue without a title": (DCAT.Catalog, DCT.title, None),
    "a catalogue without a description": (DCAT.Catalog, DCT.description, None),
    "a catalogue without a publisher": (DCAT.Catalog, DCT.publisher, None),
    "a set without a title": (DCAT.Dataset, DCT.title, None),
    "a set without a description": (DCAT.Dataset, DCT.description, None),
    "a file without an address": (DCAT.Distribution, DCAT.accessURL, None),
    "an office without a name": (FOAF.Agent, FOAF.name, None),
    "a service without its address": (DCAT.DataService, DCAT.endpointURL, None),
    "a digest without its method": (SPDX.Checksum, SPDX.algorithm, None),
    "a publisher that is a text": (DCAT.Dataset, DCT.publisher, BADLY),
    "a file's address that is a text": (DCAT.Distribution, DCAT.accessURL, BADLY),
    "a licence that is a text": (DCAT.Distribution, DCT.license, BADLY),
    "a set that is a text": (DCAT.Catalog, DCAT.dataset, BADLY),
    "a size that is a text": (DCAT.Distribution, DCAT.byteSize, rdflib.Literal("large")),
}


@pytest.fixture
def published(city: Place) -> Place:
    stops_load(city)
    stops_publish()
    stops_publish("more-stops", licence="cn-open-unconditional", theme="safety", keywords=())
    return city


def feed(kind: str) -> rdflib.Graph:
    answer = Client().get(f"/open/catalog.{kind}")
    assert answer.status_code == 200
    form = {"ttl": "turtle", "jsonld": "json-ld"}[kind]
    return rdflib.Graph().parse(data=answer.content.decode(), format=form)


@pytest.fixture(scope="session")
def shapes(shared_data: Path) -> dict[str, rdflib.Graph]:
    folder = shared_data / "vectors" / "dcat_ap" / "3.0.1"
    found = {name: rdflib.Graph().parse(folder / name) for name in SHAPES}
    for name, graph in found.items():
        named = set(graph.objects(None, SH.property))
        missing = [shape for shape in named if not list(graph.objects(shape, SH.path))]
        assert len(missing) == SHAPES[name]
        for shape in missing:
            graph.remove((None, SH.property, shape))
    return found


def faults(graph: rdflib.Graph, shapes: dict[str, rdflib.Graph]) -> list[str]:
    """What breaks the profile. Its warnings ask for terms of the Union's own offices, which a city elsewhere has not."""
    told = set()
    for name, shape in shapes.items():
        conforms, report, _ = pyshacl.validate(graph, shacl_graph=shape, advanced=True, allow_warnings=True)
        results = [r for r in report.objects(None, SH.result) if report.value(r, SH.resultSeverity) == SH.Violation]
        assert conforms == (not results)
        for result in results:
            said = [report.value(result, p) for p in (SH.focusNode, SH.resultPath, SH.value, SH.resultMessage)]
            told.add(f"{name}: {' | '.join(str(one) for one in said)}")
    return sorted(told)


def test_both_ways_of_writing_say_the_same(published: Place) -> None:
    turtle, linked = feed("ttl"), feed("jsonld")
    assert len(turtle) > 100
    assert set(turtle) == set(linked)


def test_texts_with_quotes_brackets_and_lines_come_through_whole(published: Place) -> None:
    titles = {str(o) for o in feed("ttl").objects(None, DCT.title)}
    about = {str(o) for o in feed("ttl").objects(None, DCT.description)}
    assert {"公交站点 <一>", "Bus stops <one>"} <= titles
    assert {"全部“公交”站点\n两行", 'All "bus" stops\\'} <= about


def test_the_feed_conforms_to_the_profile(published: Place, shapes: dict[str, rdflib.Graph]) -> None:
    found = faults(feed("ttl"), shapes)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("how", list(SPOILED))
def test_a_spoiled_feed_does_not(published: Place, shapes: dict[str, rdflib.Graph], how: str) -> None:
    kind, predicate, instead = SPOILED[how]
    graph = feed("ttl")
    for subject in list(graph.subjects(rdflib.RDF.type, kind)):
        assert list(graph.objects(subject, predicate)), "nothing there to spoil"
        graph.remove((subject, predicate, None))
        if instead is not None:
            graph.add((subject, predicate, instead))
    assert faults(graph, shapes)


def test_an_empty_catalogue_conforms_too(city: Place, shapes: dict[str, rdflib.Graph]) -> None:
    found = faults(feed("ttl"), shapes)
    assert not found, "\n".join(found)


def test_ckan_s_own_client_lists_searches_shows_and_downloads(published: Place, live_server: object) -> None:
    for remote in (ckanapi.RemoteCKAN(live_server.url), ckanapi.RemoteCKAN(live_server.url, get_only=True)):  # type: ignore[attr-defined]
        with remote:
            assert remote.action.site_read() is True
            assert remote.action.package_list() == ["bus-stops", "more-stops"]
            found = remote.action.package_search(q="公交", fq="tags:出行", rows=5)
            assert (found["count"], found["results"][0]["name"]) == (1, "bus-stops")
            package = remote.action.package_show(id="bus-stops")
            assert package["organization"]["name"] == "government-office"
            resource = next(r for r in package["resources"] if r["format"] == "CSV")
            assert remote.action.resource_show(id=resource["id"])["hash"] == resource["hash"]
            data = remote.session.get(resource["url"]).content.decode("utf-8-sig")
            assert sorted(data.splitlines()[1:]) == ["八岔,1", "勤得利,2", "街津口,1"]
            rows = remote.action.datastore_search(resource_id="bus-stops.parquet", q="勤得利", limit=1)
            assert (rows["total"], rows["records"]) == (1, [{"name": "勤得利", "line": "2"}])
            assert remote.action.organization_list() == ["government-office"]
            assert sorted(remote.action.group_list()) == ["safety", "transport"]
            assert remote.action.tag_list() == ["公交", "出行"]
            with pytest.raises(ckanapi.NotFound):
                remote.action.package_show(id="no-such-set")
            with pytest.raises(ckanapi.ValidationError):
                remote.action.package_search(fq="colour:red")


@pytest.mark.parametrize(
    ("action", "asked", "status"),
    [
        ("package_create", {}, 409),
        ("package_show", {}, 409),
        ("resource_show", {"id": "bus-stops.exe"}, 404),
        ("datastore_search", {"resource_id": "bus-stops.parquet", "limit": "-1"}, 409),
        ("datastore_search", {"resource_id": "bus-stops.parquet", "sort": "name"}, 409),
        ("package_search", {"facet.field": "["}, 409),
        ("package_search", {"facet.field": "7"}, 200),
        ("organization_show", {"id": "x"}, 404),
    ],
)
def test_what_cannot_be_answered_is_said_in_ckan_s_words(
    published: Place, action: str, asked: dict[str, str], status: int
) -> None:
    answer = Client().get(f"/api/3/action/{action}", asked)
    assert (answer.status_code, answer.json()["success"]) == (status, status == 200)


@pytest.mark.parametrize("body", [b"[]", b"{", b"\xff"])
def test_a_body_that_is_no_object_is_refused(published: Place, body: bytes) -> None:
    answer = Client().post("/api/3/action/package_list", body, content_type="application/json")
    assert answer.status_code == 409


def test_a_search_tells_its_facets(published: Place) -> None:
    answer = Client().get("/api/3/action/package_search", {"facet.field": json.dumps(["organization", "tags"])})
    assert answer.json()["result"]["facets"] == {
        "organization": {"government-office": 2},
        "tags": {"公交": 1, "出行": 1},
    }


def test_a_set_that_is_held_back_has_no_files_anywhere(published: Place) -> None:
    SensitiveFinding.objects.create(
        resource_id="bus-stops",
        load=Load.objects.first(),
        field="line",
        semantic="mobile",
        grade=3,
        declared_grade=1,
        evidence=[],
    )
    assert Client().get("/api/3/action/package_show", {"id": "bus-stops"}).json()["result"]["resources"] == []
    assert Client().get("/api/3/action/resource_show", {"id": "bus-stops.csv"}).status_code == 404
    assert Client().get("/open/sets/bus-stops/data.csv").status_code == 404
    assert not list(feed("ttl").subjects(rdflib.RDF.type, DCAT.Distribution))


def test_downloads_are_counted_by_day_and_nothing_else(published: Place) -> None:
    answer = Client().get("/open/sets/bus-stops/data.json")
    assert json.load(io.BytesIO(b"".join(answer.streaming_content)))[0].keys() == {"name", "line"}
    Client().head("/open/sets/bus-stops/data.json")
    page = Client().get("/open/sets/bus-stops/").content.decode()
    assert "下载 1 次" in page
