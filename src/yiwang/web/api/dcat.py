"""The open data as a DCAT-AP 3.0.1 catalogue, in Turtle and JSON-LD: one graph, written out twice."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from yiwang.data import selectors as data
from yiwang.data.selectors import OpenFile, OpenRow
from yiwang.kernel.core.text import Text
from yiwang.web.actors import CITIZEN

PREFIXES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "spdx": "http://spdx.org/rdf/terms#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "adms": "http://www.w3.org/ns/adms#",
}
EU = "http://publications.europa.eu/resource/authority"
THEMES = {
    "livelihood": "SOCI",
    "governance": "GOVE",
    "industry": "ECON",
    "environment": "ENVI",
    "education": "EDUC",
    "health": "HEAL",
    "transport": "TRAN",
    "agriculture": "AGRI",
    "geography": "REGI",
    "safety": "JUST",
}
CYCLES = {
    "realtime": "CONT",
    "daily": "DAILY",
    "weekly": "WEEKLY",
    "monthly": "MONTHLY",
    "quarterly": "QUARTERLY",
    "yearly": "ANNUAL",
    "irregular": "IRREG",
}
FILE_TYPES = {"csv": "CSV", "json": "JSON", "parquet": "PARQUET"}
# the profile wants this one under https, unlike the terms around it
SHA256 = "https://spdx.org/rdf/terms#checksumAlgorithm_sha256"
MOST_SETS = 1000


@dataclass(frozen=True)
class Iri:
    value: str


@dataclass(frozen=True)
class Literal:
    """`kind` is a datatype as prefix:name; a text in a language has that instead."""

    value: str
    kind: str = ""
    language: str = ""


Term = Iri | Literal
Triple = tuple[str, str, Term]


def _concept(list_name: str, code: str, graph: list[Triple]) -> Iri:
    """A term of one of the authority lists, said to be in it, as the profile's check of vocabularies wants."""
    scheme = f"{EU}/{list_name}"
    address = f"{scheme}/{code}"
    graph += [(address, "rdf:type", _name("skos:Concept")), (address, "skos:inScheme", Iri(scheme))]
    graph.append((address, "skos:prefLabel", Literal(code, language="en")))
    return Iri(address)


def _name(short: str) -> Iri:
    prefix, _, rest = short.partition(":")
    return Iri(PREFIXES[prefix] + rest)


def _both(subject: str, predicate: str, text: Text) -> list[Triple]:
    return [
        (subject, predicate, Literal(text.zh, language="zh")),
        (subject, predicate, Literal(text.en, language="en")),
    ]


def _moment(at: datetime) -> Literal:
    return Literal(timezone.localtime(at).isoformat(timespec="seconds"), "xsd:dateTime")


def catalogue_graph(base: str, rows: Iterable[OpenRow], on: date) -> list[Triple]:
    """Every public set as triples; `base` is the address of this site, without a slash at its end."""
    root = f"{base}{reverse('portal:opendata')}"
    publisher = f"{root}#publisher"
    graph: list[Triple] = [
        (root, "rdf:type", _name("dcat:Catalog")),
        *_both(root, "dct:title", Text(zh="开放数据目录", en="Open data catalogue")),
        *_both(
            root,
            "dct:description",
            Text(
                zh="本市向社会开放的公共数据，每次发布经提供、审核、发布三个环节。",
                en="Public data this city opens; each release is offered, reviewed and published.",
            ),
        ),
        (root, "dct:publisher", Iri(publisher)),
        (root, "foaf:homepage", Iri(f"{base}/")),
        (f"{base}/", "rdf:type", _name("foaf:Document")),
        (root, "dct:modified", Literal(on.isoformat(), "xsd:date")),
        (publisher, "rdf:type", _name("foaf:Agent")),
        *_both(publisher, "foaf:name", Text(zh="市数据主管部门", en="The city's data office")),
    ]
    for code in ("ZHO", "ENG"):
        graph.append((root, "dct:language", _concept("language", code, graph)))
        graph.append((f"{EU}/language/{code}", "rdf:type", _name("dct:LinguisticSystem")))
    graph.append((root, "dcat:themeTaxonomy", Iri(f"{EU}/data-theme")))
    graph += [
        (f"{EU}/data-theme", "rdf:type", _name("skos:ConceptScheme")),
        (f"{EU}/data-theme", "dct:title", Literal("Data theme", language="en")),
    ]
    service = f"{base}/api/3/action/"
    graph += [
        (root, "dcat:service", Iri(service)),
        (service, "rdf:type", _name("dcat:DataService")),
        (service, "rdf:type", _name("rdfs:Resource")),
        *_both(service, "dct:title", Text(zh="开放数据接口（兼容 CKAN）", en="Open data interface (as CKAN)")),
        (service, "dcat:endpointURL", Iri(service)),
    ]
    for row in rows:
        graph += _set(base, root, service, row)
    return list(dict.fromkeys(graph))


def _set(base: str, root: str, service: str, row: OpenRow) -> list[Triple]:
    page = base + reverse("portal:open-set", args=[row.id])
    owner = f"{root}#department-{row.department}"
    contact = f"{page}#contact"
    graph: list[Triple] = [
        (root, "dcat:dataset", Iri(page)),
        (service, "dcat:servesDataset", Iri(page)),
        (page, "rdf:type", _name("dcat:Dataset")),
        *_both(page, "dct:title", row.title),
        *_both(page, "dct:description", row.summary),
        (page, "dct:identifier", Literal(row.id)),
        (page, "dct:publisher", Iri(owner)),
        (owner, "rdf:type", _name("foaf:Agent")),
        *_both(owner, "foaf:name", row.department_title),
        (page, "dcat:contactPoint", Iri(contact)),
        (contact, "rdf:type", _name("vcard:Kind")),
        (contact, "vcard:fn", Literal(row.department_title.zh, language="zh")),
        (page, "dct:issued", _moment(row.first_at)),
        (page, "dct:modified", _moment(row.updated_at)),
        (page, "dcat:version", Literal(str(row.release.number))),
        (page, "dcat:landingPage", Iri(page)),
        (page, "rdf:type", _name("foaf:Document")),
    ]
    graph.append((page, "dcat:theme", _concept("data-theme", THEMES[row.theme], graph)))
    graph.append((page, "dct:accrualPeriodicity", _concept("frequency", CYCLES[row.cycle], graph)))
    graph.append((page, "dct:accessRights", _concept("access-right", "PUBLIC", graph)))
    graph.append((f"{EU}/access-right/PUBLIC", "rdf:type", _name("dct:RightsStatement")))
    graph.append((f"{EU}/frequency/{CYCLES[row.cycle]}", "rdf:type", _name("dct:Frequency")))
    graph += [(page, "dcat:keyword", Literal(word, language="zh")) for word in row.keywords]
    if not row.held:
        for file in row.release.files:
            graph += _distribution(base, page, row, file)
    return graph


def _distribution(base: str, page: str, row: OpenRow, file: OpenFile) -> list[Triple]:
    address = f"{page}#{file.format}"
    licence = row.licence.address or f"{base}{reverse('portal:opendata')}#licence-{row.licence.id}"
    checksum = f"{page}#{file.format}-checksum"
    graph: list[Triple] = [
        (page, "dcat:distribution", Iri(address)),
        (address, "rdf:type", _name("dcat:Distribution")),
        *_both(address, "dct:title", Text(zh=f"{row.title.zh}（{file.format}）", en=f"{row.title.en} ({file.format})")),
        (address, "dcat:accessURL", Iri(page)),
        (address, "dcat:downloadURL", Iri(base + reverse("portal:open-file", args=[row.id, file.format]))),
        (address, "dct:license", Iri(licence)),
        (licence, "rdf:type", _name("dct:LicenseDocument")),
        (address, "dcat:mediaType", Iri(_media(file))),
        (_media(file), "rdf:type", _name("dct:MediaType")),
        (address, "dcat:byteSize", Literal(str(file.size), "xsd:nonNegativeInteger")),
        (address, "dct:issued", _moment(row.updated_at)),
        (address, "spdx:checksum", Iri(checksum)),
        (checksum, "rdf:type", _name("spdx:Checksum")),
        (checksum, "spdx:algorithm", Iri(SHA256)),
        (SHA256, "rdf:type", _name("spdx:ChecksumAlgorithm")),
        (checksum, "spdx:checksumValue", Literal(file.digest, "xsd:hexBinary")),
    ]
    graph.append((address, "dct:format", _concept("file-type", FILE_TYPES[file.format], graph)))
    graph.append((f"{EU}/file-type/{FILE_TYPES[file.format]}", "rdf:type", _name("dct:MediaTypeOrExtent")))
    return graph


def _media(file: OpenFile) -> str:
    return f"http://www.iana.org/assignments/media-types/{file.media_type.split(';')[0]}"


def turtle(graph: list[Triple]) -> str:
    lines = [f"@prefix {name}: <{address}> ." for name, address in PREFIXES.items()]
    return "\n".join([*lines, "", *_statements(graph), ""])


def _statements(graph: list[Triple]) -> Iterator[str]:
    said: dict[str, list[str]] = {}
    for subject, predicate, term in graph:
        said.setdefault(subject, []).append(f"    {predicate} {_turtle_term(term)}")
    for subject, lines in said.items():
        yield f"<{_escaped_iri(subject)}>\n" + " ;\n".join(lines) + " ."


def _turtle_term(term: Term) -> str:
    if isinstance(term, Iri):
        return f"<{_escaped_iri(term.value)}>"
    # JSON's escapes of a string are among Turtle's
    text = json.dumps(term.value, ensure_ascii=False).replace("\x7f", "\\u007F")
    return text + (f"@{term.language}" if term.language else f"^^{term.kind}" if term.kind else "")


def _escaped_iri(address: str) -> str:
    return "".join(c if c > " " and c not in '<>"{}|^`\\' else f"%{ord(c):02X}" for c in address)


def json_ld(graph: list[Triple]) -> str:
    nodes: dict[str, dict[str, object]] = {}
    for subject, predicate, term in graph:
        node = nodes.setdefault(subject, {"@id": _escaped_iri(subject)})
        key, value = ("@type", _short(term)) if predicate == "rdf:type" else (predicate, _json_term(term))
        held = node.setdefault(key, [])
        assert isinstance(held, list)  # only @id is no list, and no predicate is called that
        held.append(value)
    return json.dumps({"@context": PREFIXES, "@graph": list(nodes.values())}, ensure_ascii=False, indent=1)


def _short(term: Term) -> str:
    return next(
        (f"{n}:{term.value.removeprefix(a)}" for n, a in PREFIXES.items() if term.value.startswith(a)), term.value
    )


def _json_term(term: Term) -> dict[str, str]:
    if isinstance(term, Iri):
        return {"@id": _escaped_iri(term.value)}
    if term.language:
        return {"@value": term.value, "@language": term.language}
    return {"@value": term.value, "@type": term.kind} if term.kind else {"@value": term.value}


WRITERS = {"ttl": (turtle, "text/turtle; charset=utf-8"), "jsonld": (json_ld, "application/ld+json")}


@require_safe
def feed(request: HttpRequest, form: str) -> HttpResponse:
    found, _ = data.open_list(CITIZEN, per_page=MOST_SETS)
    base = f"{request.scheme}://{request.get_host()}"
    write, media = WRITERS[form]
    answer = HttpResponse(write(catalogue_graph(base, found.items, timezone.localdate())), content_type=media)
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


urlpatterns = [
    path("open/catalog.ttl", feed, {"form": "ttl"}, name="open-feed-turtle"),
    path("open/catalog.jsonld", feed, {"form": "jsonld"}, name="open-feed-json"),
]
