"""The four checks of a package (真实性、完整性、可用性、安全性), over the package as it lies there and nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

from django.conf import settings

from yiwang.kernel.core.text import Text
from yiwang.trust.adapters.bags import MANIFEST, BagBroken, bag_check, bag_unpack
from yiwang.trust.core.fourchecks import Check, Outcome, harm_problem, looked_at, readable_problem
from yiwang.trust.core.signedtext import NotSigned, read_signed

SIGNATURE, TYP, FACTS = "archive-signature.jws", "archive+jws", "data/facts.json"


def manifest_digest(folder: Path) -> str:
    """One digest for all the payload: that of the list of its digests."""
    return hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()


def outcomes(tar: Path, digest: str, keys: Mapping[str, bytes]) -> tuple[Outcome, ...]:
    """All four, also when the first does not hold. `digest` is what the record says the package is."""
    scratch = Path(settings.PLACE.scratch)
    scratch.mkdir(parents=True, exist_ok=True)
    folder = Path(mkdtemp(prefix="archive-", dir=scratch))
    try:
        found = _file_digest(tar)
        try:
            bag = bag_unpack(tar, folder)
        except BagBroken as error:
            wrong = (f"cannot be unpacked: {error}",)
            return tuple(Outcome(check, _NOTHING, wrong) for check in Check)
        parts = {path.relative_to(bag).as_posix(): path for path in sorted(bag.rglob("*")) if path.is_file()}
        payload = {name: path for name, path in parts.items() if name.startswith("data/")}
        return (_authentic(bag, parts, found == digest, keys), _whole(bag, payload), _usable(payload), _safe(payload))
    finally:
        rmtree(folder)


_NOTHING = Text(zh="包打不开，没有可看的", en="the package does not open; there is nothing to look at")


def _file_digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _authentic(bag: Path, parts: Mapping[str, Path], same: bool, keys: Mapping[str, bytes]) -> Outcome:
    """It is what was packed, and this city packed it."""
    problems = [] if same else ["the package is not the one on record"]
    try:
        signed = read_signed(parts[SIGNATURE].read_text(encoding="ascii"))
        if signed.key not in keys or not signed.holds(keys[signed.key]) or signed.header.get("typ") != TYP:
            problems.append(f"{SIGNATURE}: not this city's signature")
        elif signed.payload.get("manifest") != manifest_digest(bag):
            problems.append(f"{SIGNATURE}: signs another content")
    except (KeyError, OSError, UnicodeDecodeError, NotSigned):
        problems.append(f"{SIGNATURE}: missing or unreadable")
    return Outcome(
        Check.AUTHENTIC,
        Text(zh="记录的摘要、城市的签名", en="the digest on record, the city's signature"),
        tuple(problems),
    )


def _whole(bag: Path, payload: Mapping[str, Path]) -> Outcome:
    """Nothing is missing, added or changed, and every part the facts name is there."""
    problems = []
    try:
        bag_check(bag)
    except BagBroken as error:
        problems.append(str(error))
    try:
        named = json.loads(payload[FACTS].read_bytes())["parts"]
        problems += [f"{name}: named and missing" for name in named if f"data/{name}" not in payload]
        problems += [f"{name}: there and not named" for name in payload if name != FACTS and name[5:] not in named]
    except (KeyError, TypeError, ValueError):
        problems.append(f"{FACTS}: missing or unreadable")
    looked = Text(zh=f"{len(payload)} 个文件的摘要和清单", en=f"digests and list of {len(payload)} files")
    return Outcome(Check.WHOLE, looked, tuple(problems))


def _usable(payload: Mapping[str, Path]) -> Outcome:
    problems = [problem for name, path in payload.items() if (problem := readable_problem(name, _looked(name, path)))]
    looked = Text(zh="每个文件的格式", en="the format of each file")
    return Outcome(Check.USABLE, looked, tuple(problems))


def _safe(payload: Mapping[str, Path]) -> Outcome:
    problems = [problem for name, path in payload.items() if (problem := harm_problem(name, _looked(name, path)))]
    looked = Text(zh="程序、宏、脚本", en="programs, macros, scripts")
    return Outcome(Check.SAFE, looked, tuple(problems))


def _looked(name: str, path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(looked_at(name))
