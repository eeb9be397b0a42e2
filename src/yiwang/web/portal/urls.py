from __future__ import annotations

from django.urls import path
from django.views.i18n import set_language

from yiwang.web.portal import session, views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("about/", views.about, name="about"),
    path("language/", set_language, name="language"),
    path("sign-in/", session.sign_in, name="sign-in"),
    path("sign-out/", session.sign_out, name="sign-out"),
]
