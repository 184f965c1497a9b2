"""Learning, without names."""

from django.urls import path

from sharing.views import learning

urlpatterns = [
    path("learning/", learning.learning, name="learning"),
    path("learning/<slug:name>.csv", learning.learning_file, name="learning-file"),
]
