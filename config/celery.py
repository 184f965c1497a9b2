"""The Celery application: `celery -A config.celery worker` and `celery -A config.celery beat`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("BACKGROUND", "1")

app = Celery("check_back")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
