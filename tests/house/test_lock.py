"""What is installed is exactly what was tried, and everything asked for says why."""

from __future__ import annotations

import json
import re
import tomllib

from sources import ROOT

SHORTEST_REASON = 15
ROW = re.compile(r"^\|\s*`(?P<name>[^`]+)`\s*\|\s*(?P<licence>[^|]*?)\s*\|\s*(?P<why>[^|]*?)\s*\|", re.MULTILINE)


def plain_name(requirement: str) -> str:
    return re.split(r"[\s\[<>=!~;]", requirement, maxsplit=1)[0].lower().replace("_", "-")


def lock_faults(text: str) -> list[str]:
    """Each requirement has an exact version and a hash; nothing says from where."""
    faults = [f"an address stands in the lock: {line}" for line in text.splitlines() if address(line)]
    for block in blocks(text):
        head = block.splitlines()[0].rstrip(" \\")
        if "==" not in head:
            faults.append(f"{head}: not an exact version")
        if "--hash=sha256:" not in block:
            faults.append(f"{head}: no hash")
    return faults


def address(line: str) -> bool:
    return "://" in line or line.lstrip().startswith(("--index", "--extra", "--find", "-i ", "-f "))


def blocks(text: str) -> list[str]:
    """The lock's requirements, each with its continuation lines."""
    kept = "\n".join(line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#"))
    return [block for block in re.split(r"\n(?=\S)", kept) if block.strip() and not block.startswith("-")]


def locked_names(text: str) -> set[str]:
    return {plain_name(block) for block in blocks(text)}


def asked_for() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    every = [*project["dependencies"], *(r for extra in project["optional-dependencies"].values() for r in extra)]
    return {plain_name(requirement) for requirement in every}


def front_end() -> set[str]:
    package = json.loads((ROOT / "frontend/package.json").read_text(encoding="utf-8"))
    return {*package["dependencies"], *package["devDependencies"]}


def table_faults(page: str, wanted: set[str]) -> list[str]:
    """A row for each dependency with its licence and a reason, and none for what is not asked for."""
    rows = {row["name"]: row for row in ROW.finditer(page)}
    faults = [f"{name} is not in docs/dependencies.md" for name in sorted(wanted - set(rows))]
    faults += [f"{name} is asked for nowhere" for name in sorted(set(rows) - wanted)]
    faults += [f"{name} has no licence" for name, row in rows.items() if not row["licence"]]
    return faults + [f"{name} says not why" for name, row in rows.items() if len(row["why"]) < SHORTEST_REASON]


def test_the_lock_holds_exact_versions_with_hashes_and_no_address() -> None:
    assert lock_faults((ROOT / "requirements.lock").read_text(encoding="utf-8")) == []


def test_everything_asked_for_is_locked() -> None:
    locked = locked_names((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    assert sorted(asked_for() - locked) == []


def test_everything_asked_for_has_its_licence_and_its_reason() -> None:
    page = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")
    assert table_faults(page, asked_for() | front_end()) == []


def test_the_front_end_lock_holds_no_address() -> None:
    packages = json.loads((ROOT / "frontend/package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert [name for name, entry in packages.items() if "://" in str(entry.get("resolved", ""))] == []
    assert [name for name, entry in packages.items() if name and not entry.get("integrity")] == []


def test_a_loose_lock_is_found() -> None:
    loose = "--index-url https://example.org\nfine==1.0 \\\n    --hash=sha256:00\nopen>=1\nbare==2.0\n"
    assert lock_faults(loose) == [
        "an address stands in the lock: --index-url https://example.org",
        "open>=1: not an exact version",
        "open>=1: no hash",
        "bare==2.0: no hash",
    ]
    assert locked_names("Some_Thing[x]==1.0 \\\n    --hash=sha256:00\n") == {"some-thing"}


def test_a_dependency_without_a_row_or_a_reason_is_found() -> None:
    page = "| `known` | MIT | because it does this |\n| `left` | | because it did that |\n"
    assert table_faults(page, {"known", "new"}) == [
        "new is not in docs/dependencies.md",
        "left is asked for nowhere",
        "left has no licence",
    ]
