"""Several DMN files that import one another, read in the order they need."""

from __future__ import annotations

from collections.abc import Mapping

from yiwang.rules.core.dmn import xmlfile
from yiwang.rules.core.dmn.model import Model
from yiwang.rules.core.dmn.places import DmnRefused, Place, Refusal
from yiwang.rules.core.dmn.reading import read


def read_all(files: Mapping[str, bytes], *, tolerant: bool = False) -> tuple[dict[str, Model], dict[str, DmnRefused]]:
    """The models by file name, and the refused files with why. An imported file is found by its namespace."""
    heads: dict[str, tuple[str, list[str]]] = {}
    refused: dict[str, DmnRefused] = {}
    for name, data in files.items():
        try:
            root = xmlfile.parse(data, name)
        except DmnRefused as why:
            refused[name] = why
            continue
        heads[name] = (
            root.get("namespace") or "",
            [one.get("namespace") or "" for one in xmlfile.named(root, "import")],
        )
    models: dict[str, Model] = {}
    waiting = dict(heads)
    while waiting:
        known = {model.namespace: model for model in models.values()}
        missing = {namespace for namespace, _ in waiting.values()}
        ready = [
            name
            for name, (_, needs) in waiting.items()
            if not any(one in missing and one not in known for one in needs)
        ]
        if not ready:
            refused.update({name: _circle(name) for name in waiting})
            break
        for name in ready:
            del waiting[name]
            try:
                models[name] = read(files[name], name, imports=known, tolerant=tolerant)
            except DmnRefused as why:
                refused[name] = why
    return models, refused


def _circle(name: str) -> DmnRefused:
    zh, en = "这些文件互相导入，成了圈。", "These files import one another in a circle."
    return DmnRefused((Refusal("import_cycle", Place(name, 1, "import"), zh, en),))
