"""Answers rocrate-validator's question for the JSON-LD context of RO-Crate 1.2 without a network: `seed.py CACHE`.

The context here is our own and has the terms that our metadata uses, each with the meaning that the official one gives it. A
term that is missing here is reported by the validator, as it then means nothing.
"""
import io, json, sys

import requests
from requests_cache import CachedSession
from urllib3.response import HTTPResponse

URL = "https://w3id.org/ro/crate/1.2/context"
SCHEMA = "http://schema.org/"
TERMS = "CreativeWork Dataset about author dateModified datePublished description encodingFormat hasPart license name publisher url version"
CONTEXT = {term: SCHEMA + term for term in TERMS.split()} | {
    "File": SCHEMA + "MediaObject",
    "conformsTo": "http://purl.org/dc/terms/conformsTo",
}


class FromHere(requests.adapters.HTTPAdapter):
    def send(self, request, **_):
        body = json.dumps({"@context": CONTEXT}).encode()
        found = request.url == URL
        raw = HTTPResponse(io.BytesIO(body if found else b""), status=200 if found else 404, preload_content=False,
                           headers={"Content-Type": "application/ld+json"})
        return self.build_response(request, raw)


session = CachedSession(cache_name=sys.argv[1], expire_after=-1, backend="sqlite", allowable_codes=(200,))
session.mount("https://", FromHere())
accepted = {"Accept": "application/ld+json, application/json, */*;q=0.1"}
assert session.get(URL, headers=accepted, allow_redirects=True).status_code == 200
