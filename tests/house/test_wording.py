"""What is only true of one machine, or of how a file came to be, stands in no file and in no message."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from sources import BUILT, ROOT, tracked

# Put together here, so that this file does not hold what it looks for.
WORDS = [
    "pypi" + ".org",
    "files.python" + "hosted",
    "registry.npm" + "js",
    "npm" + "js.com",
    "deb." + "debian.org",
    "proxy." + "golang.org",
    "/work/" + "main",
    "/work/" + "shared",
    "/work/" + "." + "library",
    "/ro" + "ot/",
    "/tm" + "p/",
    "clau" + "de",
    "anth" + "ropic",
    "chat" + "gpt",
    "co" + "pilot",
    "language " + "model",
    "ai " + "assistant",
    "co-authored" + "-by",
    "sub" + "agent",
    "issues" + " show",
    "work" + "place tool",
]
PATTERN = re.compile("|".join(re.escape(word) for word in WORDS), re.IGNORECASE)


def found_words(text: str) -> list[str]:
    return sorted({match[0].lower() for match in PATTERN.finditer(text)})


def text_of(path: Path) -> str:
    """The text of a file; what is no text holds no words."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def test_no_file_names_a_registry_a_machine_or_how_it_was_made() -> None:
    files = [path for path in tracked() if not path.as_posix().startswith(BUILT)]
    faults = [f"{path}: {word}" for path in files for word in found_words(text_of(ROOT / path))]
    assert faults == []


def test_no_message_of_the_history_does_either() -> None:
    log = subprocess.run(["git", "log", "--format=%B"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert found_words(log) == []


def test_a_word_that_should_not_be_there_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"see {WORDS[0]} and {WORDS[6].upper()}\n", encoding="utf-8")
    assert found_words(text_of(page)) == sorted(WORDS[i] for i in (0, 6))
