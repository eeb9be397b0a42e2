"""How each service of the trust engine is called once."""

from __future__ import annotations

import recipes_grants
import recipes_identity
import recipes_proofs
from smallcity import Recipe

RECIPES: dict[str, Recipe] = {**recipes_identity.RECIPES, **recipes_proofs.RECIPES, **recipes_grants.RECIPES}
EXEMPT: dict[str, str] = {**recipes_identity.EXEMPT, **recipes_proofs.EXEMPT, **recipes_grants.EXEMPT}
