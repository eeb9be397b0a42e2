"""The kernel's door for writing. Every service takes the actor and is one transaction with its audit line."""

from __future__ import annotations

from yiwang.kernel.accounts import account_create, account_enable, password_set, role_grant, role_revoke
from yiwang.kernel.actions import ActionKind, action_declare, action_run
from yiwang.kernel.auditing import audit
from yiwang.kernel.batch import Batch
from yiwang.kernel.city import city_mark_synthetic, demo_accounts_create
from yiwang.kernel.departmentwork import department_dissolve, department_save, departments_install, liaison_assign
from yiwang.kernel.divisionwork import DivisionTarget, division_change, divisions_install
from yiwang.kernel.files import file_forget, file_guard_declare, file_put, file_seal
from yiwang.kernel.messages import RoleAt, message_read, message_send
from yiwang.kernel.outbox import Delivery, DeliveryReport, emit, event_declare, events_deliver, subscribe
from yiwang.kernel.packing import pack_install, pack_new, packs_install_built_in
from yiwang.kernel.receipts import receipt_write
from yiwang.kernel.sealedfiles import Sealer, file_sealer_declare
from yiwang.kernel.signin import factor_try, sign_in
from yiwang.kernel.tasks import dispatch_until

__all__ = [
    "ActionKind",
    "Batch",
    "Delivery",
    "DeliveryReport",
    "DivisionTarget",
    "RoleAt",
    "Sealer",
    "account_create",
    "account_enable",
    "action_declare",
    "action_run",
    "audit",
    "city_mark_synthetic",
    "demo_accounts_create",
    "department_dissolve",
    "department_save",
    "departments_install",
    "dispatch_until",
    "division_change",
    "divisions_install",
    "emit",
    "event_declare",
    "events_deliver",
    "factor_try",
    "file_forget",
    "file_guard_declare",
    "file_put",
    "file_seal",
    "file_sealer_declare",
    "liaison_assign",
    "message_read",
    "message_send",
    "pack_install",
    "pack_new",
    "packs_install_built_in",
    "password_set",
    "receipt_write",
    "role_grant",
    "role_revoke",
    "sign_in",
    "subscribe",
]
