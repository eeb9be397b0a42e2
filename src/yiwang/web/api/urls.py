from __future__ import annotations

from django.urls import path

from yiwang.web.api.ckan import urlpatterns as ckan
from yiwang.web.api.dcat import urlpatterns as dcat
from yiwang.web.api.exchange import api as exchange
from yiwang.web.api.ledger import urlpatterns as ledger
from yiwang.web.api.oauth import urlpatterns as oauth
from yiwang.web.api.open311 import urlpatterns as open311
from yiwang.web.api.root import api

urlpatterns = [path("api/exchange/", exchange.urls), path("api/", api.urls), *open311, *ckan, *dcat, *ledger, *oauth]
