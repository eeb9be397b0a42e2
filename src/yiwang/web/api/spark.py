"""One answer in two formats: XML, and the JSON that the Spark convention makes of it (a container of one kind is a list)."""

from __future__ import annotations

import json
import re
from typing import Any

from lxml import etree

# What one entry of each container is called in XML.
ENTRIES = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "service_requests": "request",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
}
TYPES = {"json": "application/json; charset=utf-8", "xml": "text/xml; charset=utf-8"}
# What XML 1.0 cannot hold, however it is escaped.
_UNSAYABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def rendered(root: str, data: Any, form: str) -> bytes:
    """`data` under the root element `root`: dicts, lists (of the containers in ENTRIES) and plain values."""
    if form == "json":
        return json.dumps(data, ensure_ascii=False).encode()
    element = etree.Element(root)
    _fill(element, root, data)
    body: bytes = etree.tostring(element, encoding="utf-8", xml_declaration=False)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + body


def _fill(element: Any, name: str, data: Any) -> None:
    if isinstance(data, dict):
        for key, value in data.items():
            _fill(etree.SubElement(element, key), key, value)
    elif isinstance(data, list):
        for value in data:
            _fill(etree.SubElement(element, ENTRIES[name]), ENTRIES[name], value)
    elif data is not None:
        element.text = _UNSAYABLE.sub("", str(data).lower() if isinstance(data, bool) else str(data))
