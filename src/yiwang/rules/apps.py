from __future__ import annotations

from django.apps import AppConfig


class RulesConfig(AppConfig):
    name = "yiwang.rules"
    label = "rules"

    def ready(self) -> None:
        # Models must be loaded first.
        import yiwang.rules.service  # noqa: F401
        from yiwang.rules.kinds import kinds_register

        kinds_register()
