from __future__ import annotations

from django.urls import path

from yiwang.web.api.root import api

urlpatterns = [path("api/", api.urls)]
