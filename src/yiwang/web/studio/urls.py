from __future__ import annotations

from django.urls import path

from yiwang.web.studio import (
    before,
    change,
    decision,
    decisions,
    effect,
    formquestions,
    forms,
    history,
    moving,
    processes,
    version,
)

app_name = "studio"
urlpatterns = [
    path("studio/", decisions.decisions, name="decisions"),
    path("studio/export.csv", decisions.decisions_export, name="decisions-export"),
    # Before the decisions, whose ids stand at the same place.
    path("studio/processes/", processes.processes, name="processes"),
    path("studio/processes/<str:process_id>/", processes.process, name="process"),
    path("studio/processes/<str:process_id>/edit/", processes.edit, name="process-edit"),
    path("studio/processes/<str:process_id>/insight/", processes.insight, name="process-insight"),
    path("studio/processes/<str:process_id>/cases/", moving.moving, name="process-cases"),
    path("studio/processes/<str:process_id>/cases/move/", moving.move, name="process-cases-move"),
    path("studio/processes/<str:process_id>/cases/revert/", moving.revert, name="process-cases-revert"),
    path("studio/processes/<str:process_id>/versions/<int:number>/", processes.version, name="process-version"),
    path("studio/processes/<str:process_id>/versions/<int:number>/move/", processes.move, name="process-move"),
    path("studio/items/<str:item_id>/before/", before.before, name="item-before"),
    path("studio/forms/", forms.forms, name="forms"),
    path("studio/forms/new/", forms.form_new, name="form-new"),
    path("studio/forms/<str:form_id>/", forms.form, name="form"),
    path("studio/forms/<str:form_id>/edit/", forms.form_edit, name="form-edit"),
    path("studio/forms/<str:form_id>/versions/<int:number>/", forms.form_version, name="form-version"),
    path("studio/forms/<str:form_id>/versions/<int:number>/move/", forms.form_move, name="form-move"),
    path("studio/forms/<str:form_id>/versions/<int:number>/preview/", formquestions.form_preview, name="form-preview"),
    path(
        "studio/forms/<str:form_id>/versions/<int:number>/questions/",
        formquestions.form_questions,
        name="form-questions",
    ),
    path(
        "studio/forms/<str:form_id>/versions/<int:number>/questions/<str:place>/",
        formquestions.form_question,
        name="form-question",
    ),
    path("studio/<str:decision_id>/", decision.overview, name="decision"),
    path("studio/<str:decision_id>/try/", decision.trial, name="try"),
    path("studio/<str:decision_id>/change/", change.change, name="change"),
    path("studio/<str:decision_id>/change/table/", change.table, name="change-table"),
    path("studio/<str:decision_id>/history/", history.history, name="history"),
    path("studio/<str:decision_id>/compare/", history.compare, name="compare"),
    path("studio/<str:decision_id>/versions/<int:number>/", version.version, name="version"),
    path("studio/<str:decision_id>/versions/<int:number>/move/", version.move, name="version-move"),
    path("studio/<str:decision_id>/versions/<int:number>/roll-back/", history.roll_back, name="roll-back"),
    path("studio/<str:decision_id>/versions/<int:number>/effect/", version.effect_start, name="effect-start"),
    path("studio/<str:decision_id>/versions/<int:number>/effect/progress/", effect.progress, name="effect-progress"),
    path("studio/<str:decision_id>/versions/<int:number>/effect.csv", effect.export, name="effect-export"),
]
