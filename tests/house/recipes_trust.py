"""How each service of the trust engine is called once."""

from __future__ import annotations

from smallcity import Recipe

RECIPES: dict[str, Recipe] = {}
EXEMPT: dict[str, str] = {}
