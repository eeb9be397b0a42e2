"""The flow engine's door for writing. Every service takes the actor and is one transaction with its audit line."""

from __future__ import annotations

from yiwang.flow.answering import case_answer
from yiwang.flow.archiving import Archived, case_archive, cases_archive
from yiwang.flow.before import item_before_save
from yiwang.flow.bouncing import duty_rule, work_refuse
from yiwang.flow.cases import (
    action_retry,
    case_extend,
    case_note,
    case_resume,
    case_supervise,
    case_suspend,
    case_withdraw,
    message_to_case,
    signal_send,
)
from yiwang.flow.clients import client_key_make, client_key_revoke
from yiwang.flow.clustering import case_link
from yiwang.flow.drafts import (
    Record,
    Submission,
    draft_adopt,
    draft_drop,
    draft_file_add,
    draft_file_drop,
    draft_prefill,
    draft_save,
    form_submit,
)
from yiwang.flow.duties import duties_install
from yiwang.flow.filing import Filer, case_file, draft_held_add
from yiwang.flow.formversions import (
    form_approve,
    form_draft_save,
    form_install,
    form_propose,
    form_reject,
    form_roll_back,
    form_withdraw,
)
from yiwang.flow.items import item_install
from yiwang.flow.leaves import case_hand_over_all, leave_save
from yiwang.flow.migrating import MigrationReport, MigrationRow, cases_migrate, migration_revert
from yiwang.flow.opening import case_open
from yiwang.flow.openrequests import open_request_file
from yiwang.flow.processes import (
    process_approve,
    process_draft_save,
    process_install,
    process_propose,
    process_reject,
    process_roll_back,
    process_withdraw,
)
from yiwang.flow.ratings import case_rate
from yiwang.flow.recordingrows import Taken
from yiwang.flow.recordings import recording_add, recording_hand_over, recording_supersede
from yiwang.flow.reporting import week_report_file
from yiwang.flow.specimens import specimens_make
from yiwang.flow.suggesting import router_train
from yiwang.flow.ticking import dues_tick, tick_until
from yiwang.flow.works import (
    work_assist_ask,
    work_begin,
    work_done,
    work_hand_over,
    work_send_back,
    work_sign_add,
    work_take_back,
)

__all__ = [
    "Archived",
    "Record",
    "Taken",
    "recording_add",
    "recording_hand_over",
    "recording_supersede",
    "Submission",
    "draft_drop",
    "draft_file_add",
    "draft_file_drop",
    "draft_prefill",
    "draft_save",
    "form_submit",
    "action_retry",
    "case_answer",
    "case_archive",
    "case_extend",
    "case_hand_over_all",
    "case_note",
    "case_open",
    "case_rate",
    "case_resume",
    "case_supervise",
    "case_suspend",
    "case_withdraw",
    "dues_tick",
    "leave_save",
    "message_to_case",
    "signal_send",
    "tick_until",
    "work_assist_ask",
    "work_begin",
    "work_done",
    "work_hand_over",
    "work_send_back",
    "work_sign_add",
    "work_take_back",
    "duties_install",
    "form_approve",
    "form_draft_save",
    "form_install",
    "form_propose",
    "form_reject",
    "form_roll_back",
    "form_withdraw",
    "item_before_save",
    "item_install",
    "MigrationReport",
    "MigrationRow",
    "cases_migrate",
    "migration_revert",
    "process_approve",
    "process_draft_save",
    "process_install",
    "process_propose",
    "process_reject",
    "process_roll_back",
    "process_withdraw",
    "duty_rule",
    "work_refuse",
    "cases_archive",
    "client_key_make",
    "client_key_revoke",
    "case_link",
    "open_request_file",
    "week_report_file",
    "router_train",
    "specimens_make",
    "Filer",
    "case_file",
    "draft_adopt",
    "draft_held_add",
]
