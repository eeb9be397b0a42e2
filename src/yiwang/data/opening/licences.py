"""The closed list of licences under which data may be opened."""

from __future__ import annotations

from dataclasses import dataclass

from yiwang.kernel.core.text import Text


@dataclass(frozen=True)
class Licence:
    """`address` is the text of the licence, empty where the terms are the city's own (see the page of the set)."""

    id: str
    title: Text
    address: str
    summary: Text


def _licence(id: str, zh: str, en: str, address: str, summary_zh: str, summary_en: str) -> tuple[str, Licence]:
    return id, Licence(id, Text(zh=zh, en=en), address, Text(zh=summary_zh, en=summary_en))


LICENCES: dict[str, Licence] = dict(
    [
        _licence(
            "cn-open-unconditional",
            "公共数据开放条款（无条件开放）",
            "Terms of public data, unconditional",
            "",
            "任何人可以免费获取、使用、传播和再加工，须注明来源和获取日期。",
            "Anybody may get, use, pass on and rework it free of charge, naming the source and the day.",
        ),
        _licence(
            "cn-open-conditional",
            "公共数据开放条款（有条件开放）",
            "Terms of public data, on conditions",
            "",
            "按目录写明的条件使用，须注明来源和获取日期，不得用于识别个人。",
            "Use on the conditions the catalogue states, naming source and day, never to identify a person.",
        ),
        _licence(
            "MulanOWL-BY-1.0",
            "木兰开放作品许可协议 署名 第1版",
            "Mulan Open Works Licence, attribution, version 1",
            "http://license.coscl.org.cn/MulanOWLBYv1",
            "可以使用、复制、修改和传播，须署名。",
            "Use, copy, change and pass on, with attribution.",
        ),
        _licence(
            "CC0-1.0",
            "知识共享 公共领域贡献 1.0",
            "Creative Commons Zero 1.0",
            "https://creativecommons.org/publicdomain/zero/1.0/",
            "放弃一切权利，可以任意使用。",
            "All rights waived; use as you like.",
        ),
        _licence(
            "CC-BY-4.0",
            "知识共享 署名 4.0",
            "Creative Commons Attribution 4.0",
            "https://creativecommons.org/licenses/by/4.0/",
            "可以使用、修改和传播，须署名。",
            "Use, change and pass on, with attribution.",
        ),
        _licence(
            "CC-BY-SA-4.0",
            "知识共享 署名-相同方式共享 4.0",
            "Creative Commons Attribution-ShareAlike 4.0",
            "https://creativecommons.org/licenses/by-sa/4.0/",
            "可以使用、修改和传播，须署名并以相同条款再开放。",
            "Use, change and pass on, with attribution and under the same terms.",
        ),
        _licence(
            "ODC-BY-1.0",
            "开放数据共用 署名 1.0",
            "Open Data Commons Attribution 1.0",
            "https://opendatacommons.org/licenses/by/1-0/",
            "数据库可以使用和传播，须署名。",
            "The database may be used and passed on, with attribution.",
        ),
        _licence(
            "ODbL-1.0",
            "开放数据库许可 1.0",
            "Open Database Licence 1.0",
            "https://opendatacommons.org/licenses/odbl/1-0/",
            "数据库可以使用和传播，须署名并以相同条款再开放。",
            "The database may be used and passed on, with attribution and under the same terms.",
        ),
    ]
)
