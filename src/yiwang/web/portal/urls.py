from __future__ import annotations

from django.urls import path
from django.views.i18n import set_language

from yiwang.web.portal import asked, filing, items, opendata, own, provider, second, security, session, tracking, views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("about/", views.about, name="about"),
    path("language/", set_language, name="language"),
    path("sign-in/", session.sign_in, name="sign-in"),
    path("sign-out/", session.sign_out, name="sign-out"),
    path("sign-in/second/", second.second, name="second"),
    path("sign-in/with/<slug:name>/", provider.begin, name="provider"),
    path("sign-in/with/<slug:name>/return/", provider.came_back, name="provider-return"),
    path("account/", own.account, name="account"),
    path("account/people/", own.people, name="people"),
    path("account/people/<int:delegation_id>/end/", own.people_end, name="people-end"),
    path("account/security/", security.security, name="security"),
    path("account/security/app/", security.app_new, name="security-app"),
    path("account/security/passkey/", security.passkey_new, name="security-passkey"),
    path("account/security/codes/", security.codes_new, name="security-codes"),
    path("account/security/factors/<slug:kind>/<int:factor_id>/remove/", security.factor_remove, name="factor-remove"),
    path("account/security/sessions/<int:session_id>/end/", security.session_end, name="session-end"),
    path("account/security/sessions/end/", security.sessions_end, name="sessions-end"),
    path("account/security/providers/<slug:name>/link/", provider.link, name="provider-link"),
    path("account/security/providers/<int:link_id>/unlink/", provider.unlink, name="provider-unlink"),
    path("services/", items.items, name="items"),
    path("services/export.csv", items.items_export, name="items-export"),
    path("services/<str:item_id>/", items.item, name="item"),
    path("services/<str:item_id>/apply/", filing.apply, name="apply"),
    path("services/<str:item_id>/apply/review/", filing.review, name="review"),
    path("open/", opendata.opendata, name="opendata"),
    path("open/sets/<str:set_id>/", opendata.open_set, name="open-set"),
    path("open/sets/<str:set_id>/data.<str:format>", opendata.open_file, name="open-file"),
    path("track/", tracking.track, name="track"),
    path("track/<str:number>/", tracking.tracked, name="tracked"),
    path("track/<str:number>/receipt/", tracking.receipt, name="receipt"),
    path("track/<str:number>/rate/", tracking.rate, name="rate"),
    path("track/<str:number>/withdraw/", tracking.withdraw, name="withdraw"),
    path("track/<str:number>/add/", tracking.add, name="add"),
    path("track/<str:number>/asked/<str:what>/", asked.asked, name="asked"),
]
