"""The yardstick: a Django project with nothing in it but one view that reads one row by its key through the ORM."""

from __future__ import annotations

import os

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application

from yiwang.config.place import django_database

settings.configure(
    SECRET_KEY="only-measured",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF="bench.exchange.bare",
    MIDDLEWARE=[],
    INSTALLED_APPS=[],
    # the same file settings as the product's, so that both open their database alike
    DATABASES={"default": django_database(os.environ["BENCH_TABLE"]) | {"CONN_MAX_AGE": 60}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
)
django.setup()

from django.db import models  # noqa: E402
from django.http import HttpRequest, JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402


class Person(models.Model):
    id_number = models.CharField(max_length=18, primary_key=True)
    name = models.CharField(max_length=40)
    town = models.CharField(max_length=40)
    kind = models.CharField(max_length=10)
    paid = models.CharField(max_length=20)
    since = models.CharField(max_length=10)

    class Meta:
        app_label = "bare"
        managed = False
        db_table = "people"

    def __str__(self) -> str:
        return self.id_number


def person(request: HttpRequest, number: str) -> JsonResponse:
    row = Person.objects.get(pk=number)
    said = {f: getattr(row, f) for f in ("id_number", "name", "town", "kind", "paid", "since")}
    return JsonResponse(said, json_dumps_params={"ensure_ascii": False})


urlpatterns = [path("people/<str:number>", person)]
application = get_wsgi_application()
