"""Every address of sharing, one file for each noun."""

from sharing.urls import actions, home, record

urlpatterns = [*home.urlpatterns, *actions.urlpatterns, *record.urlpatterns]
