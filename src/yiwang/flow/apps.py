from __future__ import annotations

from django.apps import AppConfig


class FlowConfig(AppConfig):
    name = "yiwang.flow"
    label = "flow"

    def ready(self) -> None:
        # Models must be loaded first.
        import yiwang.flow.service  # noqa: F401
        from yiwang.flow.caseactions import actions_register
        from yiwang.flow.dutyactions import duty_actions_register
        from yiwang.flow.holding import holding_register
        from yiwang.flow.kinds import kinds_register
        from yiwang.flow.posting import posting_register
        from yiwang.flow.recordingrules import evidence_guard
        from yiwang.kernel.service import file_guard_declare

        kinds_register()
        actions_register()
        duty_actions_register()
        posting_register()
        holding_register()
        file_guard_declare(evidence_guard)
