"""The kernel's door for reading. Answers are frozen; what is not public asks who reads."""

from __future__ import annotations

from yiwang.kernel.accounts import (
    AccountRow,
    RoleRow,
    account_get,
    account_list,
    account_named,
    account_number,
    actor_again,
    actor_of,
    role_holders,
)
from yiwang.kernel.actions import action_check, action_get, action_kinds
from yiwang.kernel.auditing import AuditRow, audit_list
from yiwang.kernel.calendars import calendar_at_hand, calendar_of, city_calendar, packs_column
from yiwang.kernel.city import DemoAccount, city_is_synthetic, demo_accounts
from yiwang.kernel.core.clock import due_answer
from yiwang.kernel.departments import (
    DepartmentRow,
    LiaisonRow,
    department_below,
    department_chain,
    department_check,
    department_get,
    department_list,
    department_name,
    department_names,
    liaison_history,
    liaison_of,
)
from yiwang.kernel.divisions import (
    DivisionRow,
    division_chain,
    division_children,
    division_full_name,
    division_get,
    division_history,
    division_list,
    division_successors,
)
from yiwang.kernel.files import file_get, file_lent, file_open, file_path, file_title, file_verify
from yiwang.kernel.messages import MessageRow, message_list, message_unread_count
from yiwang.kernel.outbox import event_kinds, event_waiting_count
from yiwang.kernel.packing import PackReport, PackRow, pack_examine, pack_folder, pack_list, pack_roots, pack_view_of
from yiwang.kernel.paging import Page, paged
from yiwang.kernel.prepared import columns, fetch, made
from yiwang.kernel.receipts import ReceiptRow, receipt_get
from yiwang.kernel.signin import AttemptRow, sign_in_list

__all__ = [
    "AccountRow",
    "AttemptRow",
    "AuditRow",
    "DemoAccount",
    "DepartmentRow",
    "DivisionRow",
    "LiaisonRow",
    "MessageRow",
    "PackReport",
    "PackRow",
    "Page",
    "ReceiptRow",
    "RoleRow",
    "account_get",
    "account_list",
    "account_named",
    "account_number",
    "action_check",
    "action_get",
    "action_kinds",
    "actor_again",
    "actor_of",
    "audit_list",
    "calendar_at_hand",
    "calendar_of",
    "city_calendar",
    "city_is_synthetic",
    "columns",
    "demo_accounts",
    "department_below",
    "department_chain",
    "department_check",
    "department_get",
    "department_list",
    "department_name",
    "department_names",
    "division_chain",
    "division_children",
    "division_full_name",
    "division_get",
    "division_history",
    "division_list",
    "division_successors",
    "due_answer",
    "event_kinds",
    "event_waiting_count",
    "fetch",
    "file_get",
    "file_lent",
    "file_open",
    "file_path",
    "file_title",
    "file_verify",
    "liaison_history",
    "liaison_of",
    "made",
    "message_list",
    "message_unread_count",
    "pack_examine",
    "pack_folder",
    "pack_list",
    "pack_roots",
    "pack_view_of",
    "packs_column",
    "paged",
    "receipt_get",
    "role_holders",
    "sign_in_list",
]
