"""Loads the RO-Crate at argv[1] by rocrate and validates it by roc-validator, without network: the context of RO-Crate is the one
that rocrate ships. Prints JSON: name, data entities, issues down to the severity RECOMMENDED."""
import json
import os
import sys

import rocrate
import rocrate_validator.utils.document_loader as loader
from rocrate.rocrate import ROCrate
from rocrate_validator import models, services
from rocrate_validator.utils import http

with open(os.path.join(os.path.dirname(rocrate.__file__), "data", "ro-crate.jsonld"), encoding="utf-8") as file:
    CONTEXT = json.load(file)

original = loader._original_source_to_json


def from_package(source, *args, **kwargs):
    if str(source).startswith("https://w3id.org/ro/crate/"):
        return CONTEXT, None
    return original(source, *args, **kwargs)


loader._original_source_to_json = from_package


class Answer:
    status_code = 200
    headers = {"Content-Type": "application/ld+json"}
    text = json.dumps(CONTEXT)
    content = text.encode()

    def json(self):
        return CONTEXT


def get(_self, url, **_kwargs):
    if url.startswith("https://w3id.org/ro/crate/"):
        return Answer()
    raise OSError("no network in tests")


http.HttpRequester.get = get

crate = ROCrate(sys.argv[1])
settings = services.ValidationSettings(
    rocrate_uri=sys.argv[1], profile_identifier="ro-crate-1.2", requirement_severity=models.Severity.RECOMMENDED
)
result = services.validate(settings)
issues = [[i.severity.name, i.check.identifier, i.message] for i in result.get_issues()]
print(json.dumps({"name": crate.name, "entities": sorted(e.id for e in crate.data_entities), "issues": issues}))
