from __future__ import annotations

from django.apps import AppConfig


class DataConfig(AppConfig):
    name = "yiwang.data"
    label = "data"

    def ready(self) -> None:
        # Models must be loaded first.
        import yiwang.data.service  # noqa: F401
        from yiwang.data.describing import catalogue_facts
        from yiwang.data.exchange.following import following_register
        from yiwang.data.keeping import keeping_register
        from yiwang.data.kinds import kinds_register
        from yiwang.data.opening.tasks import renewing_subscribe
        from yiwang.trust.selectors import describer_register

        kinds_register()
        keeping_register()
        following_register()
        describer_register(catalogue_facts)
        renewing_subscribe()
