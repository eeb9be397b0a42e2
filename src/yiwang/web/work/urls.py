from __future__ import annotations

from django.urls import path

from yiwang.web.work import catalogue, demands, desk, findings, inbox, loads, registers, rejected, resource, upload

app_name = "work"
urlpatterns = [
    path("catalogue/", catalogue.catalogue, name="catalogue"),
    path("catalogue/export.csv", catalogue.catalogue_export, name="catalogue-export"),
    path("catalogue/<str:resource_id>/", resource.overview, name="resource"),
    path("catalogue/<str:resource_id>/fields/", resource.fields, name="resource-fields"),
    path("catalogue/<str:resource_id>/quality/", resource.quality, name="resource-quality"),
    path("catalogue/<str:resource_id>/profile/", resource.profile, name="resource-profile"),
    path("catalogue/<str:resource_id>/lineage/", resource.lineage, name="resource-lineage"),
    path("catalogue/<str:resource_id>/trace/", resource.trace, name="resource-trace"),
    path("catalogue/<str:resource_id>/sample/", resource.sample, name="resource-sample"),
    path("catalogue/<str:resource_id>/export/", resource.export, name="resource-export"),
    path("catalogue/<str:resource_id>/lifecycle/", resource.lifecycle, name="resource-lifecycle"),
    path("catalogue/<str:resource_id>/destroy/", resource.destroy, name="resource-destroy"),
    path("work/", desk.home, name="home"),
    path("work/loads/", loads.loads, name="loads"),
    path("work/upload/", upload.upload, name="upload"),
    path("work/loads/<int:load_id>/", loads.load, name="load"),
    path("work/loads/<int:load_id>/progress/", loads.progress, name="load-progress"),
    path("work/loads/<int:load_id>/retry/", loads.retry, name="load-retry"),
    path("work/loads/<int:load_id>/mapping/", upload.mapping, name="load-mapping"),
    path("work/loads/<int:load_id>/rejected/", rejected.rejected, name="rejected"),
    path("work/loads/<int:load_id>/rejected/file/", rejected.rejected_file, name="rejected-file"),
    path("work/loads/<int:load_id>/rejected/correct/", rejected.correct, name="rejected-correct"),
    path("work/findings/", findings.findings, name="findings"),
    path("work/findings/<int:finding_id>/", findings.decide, name="finding-decide"),
    path("work/demands/", demands.demands, name="demands"),
    path("work/demands/new/", demands.demand_new, name="demand-new"),
    path("work/demands/<int:demand_id>/", demands.demand, name="demand"),
    path("work/messages/", inbox.messages, name="messages"),
    path("work/messages/<int:message_id>/", inbox.message_read, name="message-read"),
    path("work/audit/", registers.audit, name="audit"),
    path("work/departments/", registers.departments, name="departments"),
]
