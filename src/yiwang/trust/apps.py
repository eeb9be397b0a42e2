from __future__ import annotations

from django.apps import AppConfig


class TrustConfig(AppConfig):
    name = "yiwang.trust"
    label = "trust"

    def ready(self) -> None:
        # Models must be loaded first.
        import yiwang.trust.service  # noqa: F401
        from yiwang.kernel.service import file_sealer_declare
        from yiwang.trust.credentialkinds import kinds_register
        from yiwang.trust.credentials import actions_register as credential_actions
        from yiwang.trust.factors import roles_check
        from yiwang.trust.grantactions import actions_register as grant_actions
        from yiwang.trust.keys import FILES

        roles_check()
        file_sealer_declare(FILES)
        kinds_register()
        grant_actions()
        credential_actions()
