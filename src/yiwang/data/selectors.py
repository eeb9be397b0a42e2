"""The data engine's door for reading. Answers are frozen; whoever may not see something is told why."""

from __future__ import annotations

from yiwang.data.board import board_health, demand_list, health_figures
from yiwang.data.catalogue import (
    catalogue_facets,
    catalogue_list,
    finding_list,
    resource_definitions,
    resource_get,
    resource_lineage,
    resource_profile,
    resource_sample,
)
from yiwang.data.effectruns import EffectFigures, EffectRun, RuleFigures, effect_get
from yiwang.data.exchange.batches import batch_get
from yiwang.data.exchange.signing import exchange_keys, exchange_signature
from yiwang.data.exchange.subscriptions import subscription_get, subscription_list
from yiwang.data.exchange.watching import WatchRow, subscription_board
from yiwang.data.inhabitants import Inhabitant, city_inhabitants
from yiwang.data.loadreads import load_get, load_list, load_mapping_get, rejected_list
from yiwang.data.opening.licences import LICENCES, Licence
from yiwang.data.opening.plans import FORMATS, LEAST_THRESHOLD, THEMES, USUAL_THRESHOLD
from yiwang.data.opening.portal import PortalRow, portal_is_set, portal_list
from yiwang.data.opening.sets import (
    Openable,
    OpenFile,
    OpenRow,
    ReleaseRow,
    open_fields,
    open_file,
    open_get,
    open_history,
    open_list,
    open_rows,
    open_usage,
    release_get,
    release_list,
)
from yiwang.data.populations import population_of
from yiwang.data.products.clauses import CONTROLS, RECORDS
from yiwang.data.products.clauses import KINDS as CLAUSE_KINDS
from yiwang.data.products.crossings import ROUTES, crossing_demand
from yiwang.data.products.fusionreads import FusionRunRow, FusionView, fusion_file, fusion_get
from yiwang.data.products.reads import (
    ContractRow,
    ContractView,
    ProductRow,
    PurchaseRow,
    Supervision,
    contract_get,
    contract_list,
    product_get,
    product_list,
    purchase_list,
    trade_supervision,
)
from yiwang.data.products.registers import SHARINGS, Likeness, purchases_like
from yiwang.data.products.shelf import PART_KINDS, PRICINGS
from yiwang.data.tracing import RecordTrace, record_trace
from yiwang.data.versions import VersionRow, version_list

__all__ = [
    "PortalRow",
    "portal_is_set",
    "portal_list",
    "CLAUSE_KINDS",
    "CONTROLS",
    "ContractRow",
    "ContractView",
    "EffectFigures",
    "EffectRun",
    "FORMATS",
    "FusionRunRow",
    "FusionView",
    "Inhabitant",
    "LEAST_THRESHOLD",
    "LICENCES",
    "Licence",
    "Likeness",
    "OpenFile",
    "OpenRow",
    "Openable",
    "PART_KINDS",
    "PRICINGS",
    "ProductRow",
    "PurchaseRow",
    "RECORDS",
    "ROUTES",
    "RecordTrace",
    "ReleaseRow",
    "RuleFigures",
    "SHARINGS",
    "Supervision",
    "THEMES",
    "USUAL_THRESHOLD",
    "VersionRow",
    "batch_get",
    "board_health",
    "catalogue_facets",
    "catalogue_list",
    "city_inhabitants",
    "contract_get",
    "contract_list",
    "crossing_demand",
    "demand_list",
    "effect_get",
    "exchange_keys",
    "exchange_signature",
    "finding_list",
    "fusion_file",
    "fusion_get",
    "health_figures",
    "load_get",
    "load_list",
    "load_mapping_get",
    "open_fields",
    "open_file",
    "open_get",
    "open_history",
    "open_list",
    "open_rows",
    "open_usage",
    "population_of",
    "product_get",
    "product_list",
    "purchase_list",
    "purchases_like",
    "record_trace",
    "rejected_list",
    "release_get",
    "release_list",
    "resource_definitions",
    "resource_get",
    "resource_lineage",
    "resource_profile",
    "resource_sample",
    "WatchRow",
    "subscription_board",
    "subscription_get",
    "subscription_list",
    "trade_supervision",
    "version_list",
]
