"""What gunicorn runs: the bare site."""

import os

from django.core.wsgi import get_wsgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = "config.local.bench.bare.settings"
os.environ.setdefault("DATABASE_POOL", "8")

application = get_wsgi_application()
