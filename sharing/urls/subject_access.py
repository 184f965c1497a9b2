"""Subject access requests, what of them goes out, and holds."""

from django.urls import path

from sharing.views import access_bundles, disclosure_holds, redaction, subject_access

AT = "subject-access/<slug:reference>"

urlpatterns = [
    path("subject-access/", subject_access.requests, name="subject-access"),
    path("people/<slug:reference>/subject-access/", subject_access.of_person, name="subject-access-of"),
    path(f"{AT}/", subject_access.one, name="subject-access-request"),
    path(f"{AT}/ask/", subject_access.ask, name="subject-access-ask"),
    path(f"{AT}/asked/<int:number>/", subject_access.answered, name="subject-access-answered"),
    path(f"{AT}/extend/", subject_access.extend, name="subject-access-extend"),
    path(f"{AT}/give/", subject_access.give, name="subject-access-give"),
    path(f"{AT}/close/", subject_access.close, name="subject-access-close"),
    path(f"{AT}/gather/", redaction.collect, name="subject-access-collect"),
    path(f"{AT}/pieces/", redaction.pieces, name="subject-access-pieces"),
    path(f"{AT}/pieces/<int:number>/", redaction.piece, name="subject-access-piece"),
    path(f"{AT}/words/", redaction.words, name="subject-access-words"),
    path(f"{AT}/words/<int:number>/back/", redaction.words_back, name="subject-access-words-back"),
    path(f"{AT}/holds/<int:number>/", redaction.hold, name="subject-access-hold"),
    path(f"{AT}/agencies/<slug:agency>/", redaction.agency_view, name="subject-access-view"),
    path(f"{AT}/preview/", access_bundles.preview, name="subject-access-preview"),
    path(f"{AT}/ready/", access_bundles.ready, name="subject-access-ready"),
    path(f"{AT}/make/", access_bundles.make, name="subject-access-make"),
    path(f"{AT}/versions/<int:number>/", access_bundles.bundle, name="subject-access-file"),
    path(f"{AT}/versions/<int:number>/sent/", access_bundles.sent, name="subject-access-sent"),
    path(f"{AT}/log/", access_bundles.log, name="subject-access-log"),
    path(f"{AT}/log/pdf/", access_bundles.log_pdf, name="subject-access-log-pdf"),
    path("concerns/<slug:reference>/holds/", disclosure_holds.holds, name="disclosure-holds"),
    path(
        "concerns/<slug:reference>/holds/<int:number>/lift/",
        disclosure_holds.lift,
        name="disclosure-hold-lift",
    ),
]
