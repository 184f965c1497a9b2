"""The concern, its cycle and its timeline."""

from django.urls import path

from sharing.views import concern, cycle, exports, whole_record

urlpatterns = [
    path("concerns/<slug:reference>/", concern.concern, name="concern"),
    path("concerns/<slug:reference>/start/", cycle.start, name="start-cycle"),
    path("concerns/<slug:reference>/move/<slug:name>/", cycle.move, name="move"),
    path("concerns/<slug:reference>/proceed/", cycle.proceed, name="proceed"),
    path("concerns/<slug:reference>/record/", whole_record.whole_record, name="whole-record"),
    path("concerns/<slug:reference>/export/", exports.export, name="concern-export"),
    path("concerns/<slug:reference>/timeline/", concern.show_timeline, name="timeline"),
    path(
        "concerns/<slug:reference>/cycle/<int:number>/steps/<slug:step>/done/",
        cycle.step_done,
        name="step-done",
    ),
]
