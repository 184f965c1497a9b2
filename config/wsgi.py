"""What the web server runs: `gunicorn config.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Threads of one web process share connections; workers and commands use one each and need no pool.
os.environ.setdefault("DATABASE_POOL", "8")
# A page never acts for every agency, whatever the environment says.
os.environ["BACKGROUND"] = "0"

application = get_wsgi_application()
