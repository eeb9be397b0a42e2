"""A pack's decisions and parameters made effective: each decision with its companion and the parameters it names."""

from __future__ import annotations

from typing import Any

import yaml
from django.db import transaction

from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.pack import Pack
from yiwang.kernel.core.packtest import CaseFile
from yiwang.kernel.core.strictyaml import model_read
from yiwang.kernel.errors import PackError
from yiwang.kernel.service import audit
from yiwang.rules.content import Content
from yiwang.rules.models import Decision
from yiwang.rules.rows import parameter_texts
from yiwang.rules.schema import ParameterFile
from yiwang.rules.versions import version_install


def companion_path(path: str) -> str:
    """`decisions/x.dmn` and its `decisions/x.yaml`."""
    return path.removesuffix(".dmn") + ".yaml"


def pack_text(pack: Pack, path: str) -> str | None:
    """A YAML file of the pack as text, with any base merged in; None when there is none."""
    if path in pack.merged:
        return yaml.safe_dump(pack.merged[path], allow_unicode=True, sort_keys=False)
    data = pack.files.get(path)
    return None if data is None else data.decode("utf-8")


def pack_parameters(pack: Pack) -> dict[str, str]:
    """The texts of the pack's own parameters by id."""
    found: dict[str, str] = {}
    for path in pack.files:
        if path.startswith("parameters/") and path.endswith(".yaml"):
            text = pack_text(pack, path)
            assert text is not None  # the path is one of its files
            found[model_read(ParameterFile, text, f"{pack.manifest.id}/{path}").id] = text
    return found


@transaction.atomic
def decision_install(*, actor: Actor, path: str, pack: Pack) -> Decision | None:
    """Make a decision of the pack effective; the pack's content becomes a version of it.

    A table without a companion is there for others to import and is no decision of its own: None.
    """
    demand(actor, "pack.install")
    text = pack_text(pack, companion_path(path))
    if text is None:
        return None
    where = f"{pack.manifest.id}/{path.removesuffix('.dmn')}"
    content = Content(dmn=pack.files[path], companion=text, where=where)
    file, own = content.file, pack_parameters(pack)
    used = {use.parameter for use in file.parameters}
    texts = parameter_texts(used - set(own)) | {name: own[name] for name in used & set(own)}
    if used - set(texts):
        missing = ", ".join(sorted(used - set(texts)))
        raise PackError(zh=f"没有参数 {missing}", en=f"there is no parameter {missing}", where=f"{where}.yaml")
    content = Content(content.dmn, text, texts, where)
    decision, created = Decision.objects.get_or_create(
        id=file.id,
        defaults={
            "title_zh": file.title.zh,
            "title_en": file.title.en,
            "summary_zh": file.summary.zh,
            "summary_en": file.summary.en,
            "department": file.department,
            "resource": file.subject.resource if file.subject else "",
            "pack_id": pack.manifest.id,
            "pack_digest": pack.digest,
        },
    )
    decision.department, decision.pack_id, decision.pack_digest = file.department, pack.manifest.id, pack.digest
    decision.cases = _cases(pack, file.id)
    decision.save()
    version_install(actor, decision, content, pack.digest)
    audit(
        actor=actor,
        act="pack.install",
        object_kind="decision",
        object_id=decision.pk,
        details={"pack": pack.manifest.id, "new": created, "digest": content.digest},
    )
    return decision


def _cases(pack: Pack, decision_id: str) -> list[dict[str, Any]]:
    """The pack's cases for one decision, as JSON; they are run on every draft."""
    found: list[dict[str, Any]] = []
    for path in sorted(pack.files):
        text = pack_text(pack, path) if path.startswith("tests/") and path.endswith(".yaml") else None
        if text is None:
            continue
        for case in model_read(CaseFile, text, f"{pack.manifest.id}/{path}").cases:
            if case.when.get("decide") == decision_id:
                found.append(case.model_dump(mode="json"))
    return found
