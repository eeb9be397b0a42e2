"""Every text a person reads stands in Chinese and in English, where it is shown."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.template import Context, Template
from django.utils.translation import override

from yiwang.kernel.core.text import Text
from yiwang.web.csvfile import safe_cell
from yiwang.web.words import WORDS, word

WEB = Path(__file__).resolve().parents[2] / "src" / "yiwang" / "web"
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
CHINESE = re.compile(r"[\u3400-\u9fff\uff00-\uffef\u3000-\u303f]")
TAG = re.compile(r"\{%\s*t\s+(.*?)%\}", re.S)
LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')


def named(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(WEB)) for path in paths]


@pytest.mark.parametrize("path", TEMPLATES, ids=named(TEMPLATES))
def test_a_template_writes_no_chinese_outside_a_pair(path: Path) -> None:
    text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.S)
    left = CHINESE.findall(TAG.sub("", text))
    assert not left, f"{path.name}: {''.join(left)}"


@pytest.mark.parametrize("path", TEMPLATES, ids=named(TEMPLATES))
def test_each_pair_of_a_template_has_both_texts_with_the_same_blanks(path: Path) -> None:
    for inside in TAG.findall(path.read_text(encoding="utf-8")):
        pair = LITERAL.findall(inside)[:2]
        if not inside.lstrip().startswith('"'):
            continue  # a pair that comes from an error, which has both by its type
        assert len(pair) == 2 and all(part.strip() for part in pair), inside
        blanks = [sorted(re.findall(r"\{(\w+)\}", part)) for part in pair]
        assert blanks[0] == blanks[1], inside


# It works from a file at home too, where no page of the city says the words for it; each stands beside its English.
ALONE = {"verify.mjs"}


def test_scripts_hold_no_words_of_their_own() -> None:
    sources = (WEB.parents[2] / "frontend" / "src").glob("*.mjs")
    for path in sources:
        if path.name in ALONE:
            continue
        assert not CHINESE.search(path.read_text(encoding="utf-8")), path.name


def test_chinese_in_the_room_s_programs_always_has_its_english_beside_it() -> None:
    """Chinese literals stand only as an argument of a call that also takes the English one."""
    for path in sorted(WEB.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        documentation = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        paired = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Call | ast.Dict | ast.Tuple | ast.Assign):
                texts = [one for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)]
                if any(not CHINESE.search(one.value) and len(one.value) > 1 for one in texts):
                    paired |= {id(one) for one in texts}
        lonely = [
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and CHINESE.search(node.value)
            and id(node) not in paired | documentation
            and " / " not in node.value
        ]
        assert not lonely, f"{path.name}: {lonely}"


@pytest.mark.parametrize("kind", sorted(WORDS))
def test_every_state_has_a_word_and_those_with_a_tone_have_a_sign(kind: str) -> None:
    for one in WORDS[kind].values():
        assert one.text.zh and one.text.en
        assert not one.tone or one.icon, f"{kind}: {one.text.zh} would hang on colour alone"


def test_an_unknown_state_is_shown_as_it_is() -> None:
    assert word("load", "exploded").text == Text(zh="exploded", en="exploded")


def shown(template: str, language: str, **values: object) -> str:
    with override(language):
        return Template(template).render(Context(values))


def test_a_pair_is_shown_in_the_reader_s_language_with_its_values_escaped() -> None:
    template = '{% t "共 {n} 行" "{n} rows" n=n %}'
    assert shown(template, "zh-hans", n="<3>") == "共 &lt;3&gt; 行"
    assert shown(template, "en", n=3) == "3 rows"


@pytest.mark.parametrize(
    ("value", "said"), [(1.0, "100%"), (0.99999, "99.99%"), (0.5, "50%"), (0.98765, "98.77%"), (0.0, "0%"), (None, "—")]
)
def test_a_share_is_shown_as_per_cent_and_only_a_whole_one_as_hundred(value: float | None, said: str) -> None:
    assert shown("{{ v|percent }}", "zh-hans", v=value) == said


@pytest.mark.parametrize(("value", "said"), [(1234567, "1,234,567"), (0, "0"), (None, "—")])
def test_a_missing_figure_is_a_dash_and_never_a_nought(value: int | None, said: str) -> None:
    assert shown("{{ v|number }}", "zh-hans", v=value) == said


@pytest.mark.parametrize(
    ("value", "said"), [("=1+1", "'=1+1"), ("@SUM(A1)", "'@SUM(A1)"), (-5, "-5"), ("王", "王"), (None, "")]
)
def test_a_cell_that_a_spreadsheet_would_run_is_disarmed(value: object, said: str) -> None:
    assert safe_cell(value) == said
