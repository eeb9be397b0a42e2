from __future__ import annotations

from django.urls import path

from yiwang.web.proofs import archives, given, held, materials, verifying

app_name = "proofs"
urlpatterns = [
    path("verify/", verifying.verify, name="verify"),
    path("verify/offline.html", verifying.offline, name="offline"),
    path("credentials/status", verifying.status, name="status"),
    path("credentials/keys.json", verifying.keys, name="keys"),
    path("credentials/seal-roots.pem", verifying.roots, name="roots"),
    path("my/credentials/", held.credentials, name="mine"),
    path("my/credentials/<str:number>/", held.credential, name="my-credential"),
    path("my/credentials/<str:number>/page.pdf", held.page, name="my-page"),
    path("my/credentials/<str:number>/text/", held.text, name="my-text"),
    path("work/credentials/", given.credentials, name="credentials"),
    path("work/credentials/<str:number>/", given.credential, name="credential"),
    path("work/keys/", given.keys, name="key-ledger"),
    path("my/materials/", materials.materials, name="materials"),
    path("my/materials/<int:material>/end/", materials.material_end, name="material-end"),
    path("work/archive/", archives.archives, name="archives"),
    path("work/archive/<str:number>/", archives.archive, name="archive"),
    path("work/archive/<str:number>/package/", archives.package, name="archive-package"),
    path("work/archive/<str:number>/act/", archives.act, name="archive-act"),
]
