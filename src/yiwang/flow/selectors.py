"""The flow engine's door for reading. Answers are frozen; whoever may not see something is told why."""

from __future__ import annotations

from yiwang.flow.asking import applicant_form
from yiwang.flow.batches import BatchRow, migration_list, migration_waiting
from yiwang.flow.before import BeforeRow, item_before_list
from yiwang.flow.bouncing import GapRow, RefusalMade, RefusalRow, duty_basis, duty_gap_list, refusal_list
from yiwang.flow.clients import ClientMade, ClientRow, client_key_list, client_of
from yiwang.flow.clustering import HotTopic, LinkRow, SimilarTicket, case_link_list, hot_topics, ticket_similar
from yiwang.flow.cuts import four_cuts
from yiwang.flow.drafts import DraftRow, draft_get
from yiwang.flow.duties import (
    DutyListRow,
    DutyRow,
    TopicDetail,
    TopicRow,
    duty_list_get,
    duty_of,
    topic_get,
    topic_list,
)
from yiwang.flow.filing import (
    FilerChoice,
    HeldOffers,
    OwnCase,
    case_own_get,
    case_own_list,
    filer_choices,
    filer_offers,
)
from yiwang.flow.formregister import (
    FormWritten,
    form_difference,
    form_findings,
    form_list,
    form_standing,
    form_versions,
    form_written,
)
from yiwang.flow.formrows import FormRow, FormVersionRow
from yiwang.flow.forms import AskedAgain, FormDetail, asked_again_list, form_get
from yiwang.flow.formuses import FormHeld, FormUse
from yiwang.flow.history import bounces, paths, waiting_by_step
from yiwang.flow.items import Facet, ItemDetail, ItemList, ItemRow, item_get, item_list
from yiwang.flow.leaves import leave_list
from yiwang.flow.obligations import late_list, obligation_calendar, obligation_list
from yiwang.flow.openrequests import (
    Filed,
    Filing,
    OpenRequest,
    OpenService,
    OpenSite,
    open_request_get,
    open_request_list,
    open_service_get,
    open_service_list,
    open_site,
)
from yiwang.flow.performance import DepartmentScore, Performance, performance
from yiwang.flow.processregister import (
    ProcessDetail,
    process_check,
    process_difference,
    process_get,
    process_list,
    process_versions,
)
from yiwang.flow.processrows import ProcessRow, ProcessVersionRow
from yiwang.flow.reading import (
    CaseFilter,
    case_file_open,
    case_get,
    case_head,
    case_list,
    case_steps,
    case_track,
    case_works,
    work_get,
    work_list,
)
from yiwang.flow.recordinggaps import CaseGap, StepGap, recording_gap_list
from yiwang.flow.recordingreads import (
    RecordingList,
    Viewing,
    recording_bytes,
    recording_list,
    recording_open,
    recording_viewing,
)
from yiwang.flow.recordingrows import RecordingRow
from yiwang.flow.reporting import WeekFiled, week_report, week_report_page, week_report_pdf
from yiwang.flow.suggesting import Guess, RouterRow, TicketSuggestion, router_list, ticket_suggest

__all__ = [
    "applicant_form",
    "BatchRow",
    "migration_list",
    "migration_waiting",
    "bounces",
    "four_cuts",
    "late_list",
    "leave_list",
    "obligation_calendar",
    "obligation_list",
    "paths",
    "waiting_by_step",
    "AskedAgain",
    "DraftRow",
    "FormDetail",
    "asked_again_list",
    "FormHeld",
    "FormRow",
    "FormUse",
    "FormVersionRow",
    "FormWritten",
    "form_difference",
    "form_findings",
    "form_list",
    "form_standing",
    "form_versions",
    "form_written",
    "draft_get",
    "form_get",
    "CaseFilter",
    "case_file_open",
    "case_get",
    "case_head",
    "case_list",
    "case_steps",
    "case_track",
    "case_works",
    "RecordingList",
    "RecordingRow",
    "CaseGap",
    "StepGap",
    "recording_gap_list",
    "Viewing",
    "recording_bytes",
    "recording_list",
    "recording_open",
    "recording_viewing",
    "work_get",
    "work_list",
    "DutyRow",
    "TopicDetail",
    "TopicRow",
    "duty_of",
    "topic_get",
    "topic_list",
    "Facet",
    "ItemDetail",
    "ItemList",
    "ItemRow",
    "item_get",
    "BeforeRow",
    "item_before_list",
    "item_list",
    "ProcessDetail",
    "ProcessRow",
    "ProcessVersionRow",
    "process_check",
    "process_difference",
    "process_get",
    "process_list",
    "process_versions",
    "GapRow",
    "RefusalMade",
    "RefusalRow",
    "duty_basis",
    "duty_gap_list",
    "refusal_list",
    "ClientMade",
    "ClientRow",
    "client_key_list",
    "client_of",
    "HotTopic",
    "LinkRow",
    "SimilarTicket",
    "case_link_list",
    "hot_topics",
    "ticket_similar",
    "DutyListRow",
    "duty_list_get",
    "Filed",
    "Filing",
    "OpenRequest",
    "OpenService",
    "OpenSite",
    "open_request_get",
    "open_request_list",
    "open_service_get",
    "open_service_list",
    "open_site",
    "DepartmentScore",
    "Performance",
    "performance",
    "WeekFiled",
    "week_report",
    "week_report_page",
    "week_report_pdf",
    "Guess",
    "RouterRow",
    "TicketSuggestion",
    "router_list",
    "ticket_suggest",
    "FilerChoice",
    "HeldOffers",
    "OwnCase",
    "case_own_get",
    "case_own_list",
    "filer_choices",
    "filer_offers",
]
