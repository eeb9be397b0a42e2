"""How each service of the trust engine is called once."""

from __future__ import annotations

import recipes_filings
import recipes_grants
import recipes_identity
import recipes_ledger
import recipes_proofs
from smallcity import Recipe

PARTS = (recipes_identity, recipes_proofs, recipes_grants, recipes_ledger, recipes_filings)
RECIPES: dict[str, Recipe] = {name: recipe for part in PARTS for name, recipe in part.RECIPES.items()}
EXEMPT: dict[str, str] = {name: why for part in PARTS for name, why in part.EXEMPT.items()}
