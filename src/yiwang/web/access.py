"""Which routes answer without a sign-in, each with its reason. Every other route needs one."""

from __future__ import annotations

PUBLIC_ROUTES: dict[str, str] = {
    "health": "a load balancer asks it before anybody can sign in",
    "portal:home": "the front door: what this is, and public figures only",
    "portal:about": "who runs this, and the accessibility statement, must be readable by everybody",
    "portal:sign-in": "the way in cannot itself ask for a sign-in",
    "portal:second": "the second step of signing in; opens only to a browser that passed the first",
    "portal:provider": "the way in by another place cannot itself ask for a sign-in",
    "portal:provider-return": "where that place sends people back; worth nothing without what was asked before",
    "work:catalogue": "the descriptions of the city's information resources are public; data never comes through them",
    "work:catalogue-export": "the same descriptions as a table",
    "work:resource": "one description: name, provider, sharing, duties, quality",
    "portal:language": "the language is chosen before signing in",
    "portal:items": "what the city does for people is public",
    "portal:items-export": "the same list as a table",
    "portal:item": "conditions, materials, limit and fee of one service item are public",
    "portal:apply": "whoever needs a service files without an account; drafts are found by a signed token only",
    "portal:review": "the last look before sending, of one's own draft only",
    "portal:track": "a case is followed with its number and code, without an account",
    "portal:tracked": "shows a case only to the browser that proved its code",
    "portal:receipt": "shows number and code only to the browser that filed",
    "portal:rate": "only with the code of the case",
    "portal:withdraw": "only with the code of the case",
    "portal:add": "only with the code of the case",
    "portal:asked": "only with the code of the case",
    "proofs:verify": "whoever is shown a credential may check it, without an account",
    "proofs:offline": "the checker to take home: public keys and the list of withdrawn credentials, nothing else",
    "proofs:status": "the signed list of withdrawn credentials: places and days, nothing of anybody",
    "proofs:keys": "the public keys that credentials are checked with",
    "proofs:roots": "the public certificates that seals lead to",
    "portal:opendata": "open data is for everybody; what stands here went through three people and the checks",
    "portal:open-set": "one open data set: description, licence, preview, history",
    "portal:open-file": "downloading open data takes no account, and nobody is counted",
    "open-feed-turtle": "DCAT-AP: other catalogues harvest the descriptions of open data",
    "open-feed-json": "DCAT-AP: the same catalogue in JSON-LD",
    "ckan-action": "CKAN's reading interface over open data; it can change nothing",
    "ckan-action-short": "the same interface under the address older CKAN tools use",
    "ledger-file": "checkpoints, keys, witnesses' signatures and hashes of the log: whoever witnesses it needs no account, and no leaf is among them",
    "ledger-inclusion": "hashes that lead to a root, of nobody",
    "ledger-consistency": "hashes that show that the log only grew",
    "open311-discovery": "Open311: where the interface is; the standard has no key for reading",
    "open311-services": "Open311: what one may file about is public",
    "open311-service": "Open311: what is asked for a topic is public",
    "open311-requests": "Open311: states of tickets without anything about a person; filing asks for its own key",
    "open311-request": "Open311: the state of one ticket without anything about a person",
    "oauth-token": "where programs get their token: asks for the client's own secret",
    "exchange:keys": "what answers are signed with must be checkable by everybody",
    "exchange:openapi-json": "the description of the interface, nothing of what it holds",
    "open311-token": "Open311: a ticket's number by its token",
}


# Addresses for programs: a bearer token instead of a sign-in, asked for before any view is reached. A browser's
# session opens none of them.
TOKEN_PATHS: dict[str, str] = {
    "/api/exchange/": "the exchange is for programs of departments, each with its client credentials",
}


# In the session of who must set up a second factor before anything else; and what is open until then.
ENROL = "second_factor_needed"
ENROL_ROUTES = {"portal:security", "portal:security-app", "portal:security-passkey", "portal:sign-out"}


def path_takes_token(path: str) -> bool:
    return any(path.startswith(place) for place in TOKEN_PATHS)


def route_is_public(view_name: str) -> bool:
    return view_name in PUBLIC_ROUTES
