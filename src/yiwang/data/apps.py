from __future__ import annotations

from django.apps import AppConfig


class DataConfig(AppConfig):
    name = "yiwang.data"
    label = "data"
