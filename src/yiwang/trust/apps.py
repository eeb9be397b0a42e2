from __future__ import annotations

from django.apps import AppConfig


class TrustConfig(AppConfig):
    name = "yiwang.trust"
    label = "trust"

    def ready(self) -> None:
        # Models must be loaded first.
        import yiwang.trust.service  # noqa: F401
