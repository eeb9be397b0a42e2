from __future__ import annotations

from django.apps import AppConfig


class FlowConfig(AppConfig):
    name = "yiwang.flow"
    label = "flow"

    def ready(self) -> None:
        # Models must be loaded first.
        import yiwang.flow.service  # noqa: F401
        from yiwang.flow.kinds import kinds_register

        kinds_register()
