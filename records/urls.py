"""The addresses of this app's pages. They hold references only."""

from django.urls import path, register_converter

from records.documents import views as documents
from records.quality import views as quality
from records.search import views as search
from records.views import (
    break_glass,
    chronology,
    concerns,
    looks,
    parts,
    people,
    protection,
    restriction,
    statements,
    whom,
)


class Reference:
    """What a reference can look like; anything else is no such page."""

    regex = "[A-Za-z0-9-]{1,40}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Reference, "reference")

CONCERN = "concerns/<reference:reference>/"
PERSON = "people/<reference:reference>/"

urlpatterns = [
    path("find/", search.find, name="find"),
    path("find/<uuid:search>/", search.found, name="found"),
    path("words/", quality.words, name="words"),
    path("words/<int:number>/withdraw/", quality.withdraw, name="word-withdraw"),
    path("record-quality/", quality.record_quality, name="record-quality"),
    path("concerns/", concerns.concerns, name="concerns"),
    path("concerns/new/", whom.find, {"then": "start"}, name="concern-new"),
    path("concerns/new/person/", whom.new, {"then": "start"}, name="concern-new-person"),
    path(f"{CONCERN}draft/", concerns.draft, name="concern-draft"),
    path(f"{CONCERN}about/", parts.about, name="concern-about"),
    path(f"{CONCERN}about/add/", whom.find, {"then": "about"}, name="concern-about-add"),
    path(f"{CONCERN}about/new/", whom.new, {"then": "about"}, name="concern-about-new"),
    path(f"{CONCERN}about/<reference:person>/remove/", parts.remove_person, name="concern-person-remove"),
    path(f"{CONCERN}family/add/", whom.find, {"then": "family"}, name="concern-family-add"),
    path(f"{CONCERN}family/new/", whom.new, {"then": "family"}, name="concern-family-new"),
    path(f"{CONCERN}family/", parts.family, name="concern-family"),
    path(f"{CONCERN}statements/", statements.statements, name="concern-statements"),
    path(f"{CONCERN}statements/add/<slug:kind>/", statements.add, name="concern-statement-add"),
    path(f"{CONCERN}statements/<int:number>/", statements.change, name="concern-statement-change"),
    path(f"{CONCERN}statements/<int:number>/remove/", statements.remove, name="concern-statement-remove"),
    path(f"{CONCERN}statements/<int:number>/correct/", statements.correct, name="concern-statement-correct"),
    path(f"{CONCERN}statements/<int:number>/strike/", statements.strike, name="concern-statement-strike"),
    path(f"{CONCERN}voice/", parts.voice, name="concern-voice"),
    path(f"{CONCERN}worry/", parts.worry, name="concern-worry"),
    path(f"{CONCERN}check/", concerns.check, name="concern-check"),
    path(f"{CONCERN}discard/", concerns.discard, name="concern-discard"),
    path(f"{CONCERN}documents/", documents.documents, name="documents"),
    path(f"{CONCERN}documents/add/", documents.add, name="document-add"),
    path(f"{CONCERN}documents/<int:number>/", documents.document, name="document"),
    path(f"{CONCERN}documents/<int:number>/new/", documents.add_version, name="document-renew"),
    path(f"{CONCERN}documents/<int:number>/strike/", documents.strike, name="document-strike"),
    path(
        f"{CONCERN}documents/<int:number>/<int:version>/file/", documents.document_file, name="document-file"
    ),
    path(f"{CONCERN}looks/", looks.of_concern, name="concern-looks"),
    path(f"{CONCERN}restriction/", restriction.restriction, name="restriction"),
    path(f"{CONCERN}restriction/end/", restriction.end, name="restriction-end"),
    path("break-glass/", break_glass.break_glass, name="break-glass"),
    path("break-glass/<reference:reference>/", break_glass.opened, name="break-glass-opened"),
    path("break-glass/close/<reference:reference>/", break_glass.end, name="break-glass-end"),
    path("audit/access/", looks.of_agency, name="audit_access"),
    path("audit/access/file/", looks.file_of_agency, name="audit_access_file"),
    path("people/", people.people, name="people"),
    path("people/new/", whom.new, {"then": "person"}, name="person-new"),
    path(PERSON, people.person, name="person"),
    path(f"{PERSON}change/", people.change, name="person-change"),
    path(f"{PERSON}address/", people.protected_address, name="person-address"),
    path(f"{PERSON}protected/", protection.protected, name="person-protected"),
    path(f"{PERSON}protected/add/", protection.add, name="person-protect"),
    path(f"{PERSON}protected/<int:number>/end/", protection.end, name="protection-end"),
    path("people/import/chronology/", chronology.upload, name="chronology-import"),
    path("people/import/chronology/template/", chronology.template, name="chronology-template"),
    path("people/import/chronology/<uuid:batch_id>/", chronology.found, name="chronology-found"),
    path("people/import/chronology/<uuid:batch_id>/wrong/", chronology.wrong, name="chronology-wrong"),
    path(f"{PERSON}chronology/add/", chronology.add, name="chronology-entry-add"),
    path(f"{PERSON}chronology/<int:number>/strike/", chronology.strike, name="chronology-entry-strike"),
    path(f"{PERSON}related/<int:number>/end/", people.end_relationship, name="relationship-end"),
]
