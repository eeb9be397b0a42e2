"""Text that people read, always in both languages."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Text(BaseModel):
    """A pair of texts; a pack file writes it as `{zh: …, en: …}` and may leave out neither."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def say(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh
