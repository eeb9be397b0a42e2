"""What can go wrong, as product text in Chinese and English.

YiwangError                     every error a person may read
├── NotFound                    the thing named does not exist (or may not be seen)
├── Refused                     the actor may not do this; carries the rule that said so
│   ├── SignInRefused           wrong name or password
│   └── SignInLocked            too many wrong passwords
├── Conflict                    somebody changed it first, or it is already done
├── InputError                  what came in cannot be used
│   └── PackError               a pack says something wrong: file, line, reason
├── FileDamaged                 stored bytes are no longer the ones that were put
└── Unavailable                 an outside thing does not answer
"""

from __future__ import annotations

from typing import ClassVar


class YiwangError(Exception):
    """Says what, where, why and what to do next, in both languages.

    `status` is the HTTP status a front answers with, `exit_code` what the command line returns
    (1: a check failed, 2: bad usage or input).
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 1

    def __init__(self, *, zh: str, en: str, where: str = "", hint_zh: str = "", hint_en: str = "") -> None:
        super().__init__(f"{where + ': ' if where else ''}{en}{' ' + hint_en if hint_en else ''}")
        self.zh, self.en, self.where = zh, en, where
        self.hint_zh, self.hint_en = hint_zh, hint_en

    def say(self, language: str) -> str:
        """One line in the given language ("en", else Chinese)."""
        text, hint = (self.en, self.hint_en) if language.startswith("en") else (self.zh, self.hint_zh)
        return " ".join(part for part in (f"[{self.where}]" if self.where else "", text, hint) if part)

    def as_dict(self) -> dict[str, str]:
        return {
            "code": self.code,
            "zh": self.zh,
            "en": self.en,
            "where": self.where,
            "hint_zh": self.hint_zh,
            "hint_en": self.hint_en,
        }


class NotFound(YiwangError):
    code, status, exit_code = "not_found", 404, 2


class Refused(YiwangError):
    code, status, exit_code = "refused", 403, 1


class SignInRefused(Refused):
    code, status = "sign_in_refused", 401


class SignInLocked(Refused):
    code, status = "sign_in_locked", 429


class TooOften(Refused):
    code, status = "too_often", 429


class Conflict(YiwangError):
    code, status, exit_code = "conflict", 409, 1


class InputError(YiwangError):
    code, status, exit_code = "bad_input", 400, 2


class PackError(InputError):
    code = "bad_pack"


class FileDamaged(YiwangError):
    code, status, exit_code = "file_damaged", 500, 1


class Unavailable(YiwangError):
    code, status, exit_code = "unavailable", 503, 1
