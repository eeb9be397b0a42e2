"""Packs written into a folder for a test, and what checking them says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from yiwang.kernel.core.pack import Finding, Pack, pack_check, pack_read

DUTIES = dict.fromkeys(("collect", "share", "open", "apply", "secure", "store", "archive"), "civil")


def said(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


def departments() -> dict[str, Any]:
    names = [{"id": d, "name": said(d, d)} for d in ("civil", "police")]
    return {"valid_from": "2026-01-01", "departments": names}


def resource(id: str, code: str, *fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "id": id,
        "code": code,
        "title": said(f"资源{id}", f"Resource {id}"),
        "summary": said("摘要", "Summary"),
        "category": "department",
        "provider": "police",
        "share": {"type": "unconditional"},
        "update": {"cycle": "daily"},
        "published": "2026-01-01",
        "duties": DUTIES,
        "key": [fields[0]["id"]],
        "fields": list(fields),
    }
    return body | more


def field(id: str, zh: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "title": said(zh, id.title()), **more}


def item(**more: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "id": "allowance",
        "title": said("津贴申领", "Allowance"),
        "summary": said("按年龄发给的津贴。", "An allowance by age."),
        "kind": "benefit",
        "department": "civil",
        "legal_basis": [{"law": "某办法", "article": "第三条"}],
        "open_to": ["public", "staff"],
        "channels": ["counter", "web"],
        "limit": {"budget": "5wd", "legal": "20wd", "law": "某办法", "article": "第五条"},
        "results": [{"title": said("津贴", "The allowance"), "kind": "payment"}],
        "process": "allowance",
        "form": "allowance",
        "valid_from": "2026-01-01",
    }
    return body | more


def pack(folder: Path, id: str = "own", needs: tuple[str, ...] = (), **files: Any) -> Pack:
    """A pack in `folder/<id>`; the names of `files` are paths with `__` for `/` and `_` for a hyphen."""
    manifest = {
        "id": id,
        "version": "1.0.0",
        "title": said(id, id),
        "summary": said(id, id),
        "department": "civil",
        "needs": list(needs),
    }
    where = folder / id
    where.mkdir(parents=True)
    (where / "pack.yaml").write_text(yaml.safe_dump(manifest, allow_unicode=True), encoding="utf-8")
    for name, body in files.items():
        kind, _, stem = name.partition("__")
        ending = {"forms": ".form", "processes": ".bpmn"}.get(kind, ".yaml")
        path = where / kind / f"{stem.replace('_', '-')}{ending}"
        path.parent.mkdir(exist_ok=True)
        said_so = body if isinstance(body, str) else (json.dumps if ending == ".form" else yaml.safe_dump)(body)
        path.write_text(said_so, encoding="utf-8")
    return pack_read(where)


def findings(pack: Pack, *others: Pack) -> list[Finding]:
    """The errors of a check; those about the diagram are left to the tests of diagrams."""
    found = pack_check(pack, list(others))[1]
    return [f for f in found if f.level == "error" and ".bpmn" not in f.where]


def reasons(pack: Pack, *others: Pack) -> list[str]:
    return [f"{f.where.partition('/')[2]}: {f.en}" for f in findings(pack, *others)]
