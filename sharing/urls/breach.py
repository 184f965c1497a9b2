"""What reached the wrong person, and the register of breaches."""

from django.urls import path

from sharing.views import breach, misdirected

urlpatterns = [
    path("exchanges/<slug:reference>/misdirected/", misdirected.misdirected, name="misdirected"),
    path("exchanges/<slug:reference>/incident/", misdirected.incident, name="incident"),
    path("breaches/", breach.register, name="breaches"),
    path("breaches/<int:number>/", breach.breach, name="breach"),
    path("breaches/<int:number>/decide/<slug:about>/", breach.decide, name="breach-decide"),
    path("breaches/<int:number>/report/", breach.report, name="breach-report"),
    path("breaches/<int:number>/close/", breach.close, name="breach-close"),
]
