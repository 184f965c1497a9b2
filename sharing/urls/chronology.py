"""The chronology of a person and of a concern, and of whom what was received is."""

from django.urls import path

from sharing.views import about, chronology

urlpatterns = [
    path("people/<slug:reference>/chronology/", chronology.of_person, name="person-chronology"),
    path(
        "people/<slug:reference>/chronology/paper/",
        chronology.person_on_paper,
        name="person-chronology-paper",
    ),
    path("concerns/<slug:reference>/chronology/", chronology.of_concern, name="concern-chronology"),
    path(
        "concerns/<slug:reference>/chronology/paper/",
        chronology.concern_on_paper,
        name="concern-chronology-paper",
    ),
    path("exchanges/<slug:reference>/about/", about.about_our_person, name="about-our-person"),
    path(
        "exchanges/<slug:reference>/about/<slug:person>/end/",
        about.not_about_our_person,
        name="not-about-our-person",
    ),
]
