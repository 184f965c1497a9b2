"""How long records are kept, holds, and disposal."""

from django.urls import path

from sharing.views import disposal, retention

CONCERN = "concerns/<slug:reference>/retention/"
DISPOSAL = "retention/disposals/<slug:reference>/"

urlpatterns = [
    path("retention/", retention.retention, name="retention"),
    path("retention/classes/", retention.classes, name="retention-classes"),
    path("retention/classes/add/", retention.add_class, name="retention-class-add"),
    path(
        "retention/classes/<int:number>/withdraw/", retention.withdraw_class, name="retention-class-withdraw"
    ),
    path("partnership/retention/", retention.defaults, name="retention-defaults"),
    path("partnership/retention/suggested/", retention.suggest, name="retention-suggest"),
    path("retention/holds/<int:number>/end/", retention.end_hold, name="hold-end"),
    path("people/<slug:reference>/hold/", retention.hold_person, name="person-hold"),
    path(CONCERN, disposal.concern_retention, name="concern-retention"),
    path(f"{CONCERN}class/", disposal.choose, name="retention-choose"),
    path(f"{CONCERN}keep/", disposal.keep, name="retention-keep"),
    path(f"{CONCERN}hold/", disposal.hold, name="concern-hold"),
    path(f"{CONCERN}dispose/", disposal.propose, name="disposal-propose"),
    path(DISPOSAL, disposal.disposal, name="disposal"),
    path(f"{DISPOSAL}approve/", disposal.approve, name="disposal-approve"),
    path(f"{DISPOSAL}stop/", disposal.stop, name="disposal-stop"),
]
