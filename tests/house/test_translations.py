"""Whatever a person reads exists in Chinese and in English."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from sources import ROOT, Module, modules, planted, written

from yiwang.kernel.core.strictyaml import yaml_read

HAN = re.compile(r"[\u3400-\u9fff]")
# What stands between quotation marks or brackets may be the thing itself rather than a word of ours.
QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|'[^']*'|`[^`]*`|\([^)]*\)|「[^」]*」")
WORD = re.compile(r"[A-Za-z]{2,}")
PAIRS = (("zh", "en"), ("hint_zh", "hint_en"))


def literal(node: ast.expr) -> str | None:
    """The fixed text of a string or an f-string; None for anything that is worked out."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value for part in node.values if isinstance(part, ast.Constant))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = literal(node.left), literal(node.right)
        return None if left is None or right is None else left + right
    return None


def pair_faults(zh: str | None, en: str | None) -> Iterator[str]:
    """What is wrong with two texts that should say the same."""
    for name, text in (("Chinese", zh), ("English", en)):
        if text is not None and not text.strip():
            yield f"the {name} is empty"
    if en is not None and HAN.search(QUOTED.sub("", en)):
        yield f"the English holds Chinese: {en}"
    if zh is not None and zh == en and WORD.search(zh):
        yield f"the same words for both: {zh}"


def call_faults(call: ast.Call) -> Iterator[str]:
    given = {word.arg: word.value for word in call.keywords if word.arg}
    spread = any(word.arg is None for word in call.keywords)
    for zh, en in PAIRS:
        if zh in given and en in given:
            yield from pair_faults(literal(given[zh]), literal(given[en]))
        elif (zh in given or en in given) and not spread:
            yield f"{zh if zh in given else en} stands alone"


def text_faults(found: Module) -> list[str]:
    return [
        f"{found.name}:{node.lineno}: {fault}"
        for node in ast.walk(found.tree)
        if isinstance(node, ast.Call)
        for fault in call_faults(node)
    ]


def pack_faults(zh: str, en: str) -> Iterator[str]:
    """As pair_faults, but a pack's English may name values as they stand in the data, which are Chinese."""
    named = HAN.sub("", en) if WORD.search(en) else en
    yield from pair_faults(zh, named)


def yaml_faults(said: object, where: str) -> Iterator[str]:
    """Texts of a pack file: `zh` and `en` beside each other."""
    if isinstance(said, dict):
        if {"zh", "en"} & set(said):
            missing = {"zh", "en"} - set(said)
            yield from (f"{where}: {name} is missing" for name in sorted(missing))
            if not missing:
                yield from (f"{where}: {fault}" for fault in pack_faults(str(said["zh"]), str(said["en"])))
        for key, part in said.items():
            yield from yaml_faults(part, f"{where}.{key}")
    elif isinstance(said, list):
        for number, part in enumerate(said):
            yield from yaml_faults(part, f"{where}[{number}]")


def test_texts_in_the_code_are_in_both_languages() -> None:
    assert [fault for found in modules("src") for fault in text_faults(found)] == []


def test_texts_in_the_packs_are_in_both_languages() -> None:
    faults = []
    for path in written(".yaml"):
        if path.parts[0] == "packs":
            said, _ = yaml_read((ROOT / path).read_text(encoding="utf-8"), path.as_posix())
            faults += list(yaml_faults(said, path.as_posix()))
    assert faults == []


def test_a_text_that_lacks_a_language_is_found(tmp_path: Path) -> None:
    text = (
        'Text(zh="你好")\n'
        'Text(zh="你好", en="")\n'
        'Text(zh="你好", en="say 你好")\n'
        'Text(zh="hello", en="hello")\n'
        'Fault(zh="错", en="wrong", hint_zh=f"有：{x}")\n'
        'Text(zh="你好", en="hello")\n'
        'Text(zh="≥ 3", en="≥ 3")\n'
    )
    found = text_faults(planted(tmp_path, "half.py", text))
    assert [fault.split(":")[1] for fault in found] == ["1", "2", "3", "4", "5"]


def test_a_pack_text_that_lacks_a_language_is_found() -> None:
    said = {"title": {"zh": "表"}, "fields": [{"title": {"zh": "列", "en": "列"}}]}
    faults = list(yaml_faults(said, "x.yaml"))
    assert faults == ["x.yaml.title: en is missing", "x.yaml.fields[0].title: the English holds Chinese: 列"]
