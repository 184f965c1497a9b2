"""Corrections that travel, and proposals to correct."""

from django.urls import path

from sharing.views import corrections, flags, proposals

urlpatterns = [
    path("concerns/<slug:reference>/corrections/", corrections.corrections, name="corrections"),
    path("corrections/<slug:reference>/", corrections.correction, name="correction"),
    path("corrections/<slug:reference>/by-hand/<int:number>/", corrections.told_by_hand, name="told-by-hand"),
    path("corrections/<slug:reference>/withdraw/", corrections.withdraw_unopened, name="withdraw-unopened"),
    path("actions/<slug:reference>/still-right/", flags.still_right, name="still-right"),
    path(
        "exchanges/<slug:reference>/propose-correction/",
        proposals.propose_correction,
        name="propose-correction",
    ),
    path(
        "exchanges/<slug:reference>/proposed/<int:number>/",
        proposals.proposed_correction,
        name="proposed-correction",
    ),
]
