from __future__ import annotations

from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "yiwang.kernel"
    label = "kernel"

    def ready(self) -> None:
        # Models must be loaded first; importing the door declares the kernel's events before any room subscribes.
        import yiwang.kernel.service  # noqa: F401
        from yiwang.kernel.kinds import kinds_register

        kinds_register()
