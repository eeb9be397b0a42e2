"""For each service of the flow engine, a call that must leave an audit line. Those of an area stand in a file of their own."""

from __future__ import annotations

import recipes_cases
import recipes_duties
import recipes_filings
import recipes_forms
import recipes_formversions
import recipes_processes
import recipes_recordings
from smallcity import Recipe

EXEMPT: dict[str, str] = {
    **recipes_cases.EXEMPT,
    "specimens_make": "sample tickets go through case_open and the works, each of which leaves its own line",
}
RECIPES: dict[str, Recipe] = {
    **recipes_cases.RECIPES,
    **recipes_duties.RECIPES,
    **recipes_filings.FLOW,
    **recipes_forms.RECIPES,
    **recipes_formversions.RECIPES,
    **recipes_processes.RECIPES,
    **recipes_recordings.RECIPES,
}
