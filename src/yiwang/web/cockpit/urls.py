from __future__ import annotations

from django.urls import path

from yiwang.web.cockpit import views

app_name = "cockpit"
urlpatterns = [path("cockpit/", views.board, name="board")]
