"""What the web server runs: `gunicorn config.wsgi`."""

import gc
import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Threads of one web process share connections; workers and commands use one each and need no pool.
os.environ.setdefault("DATABASE_POOL", "8")
# A page never acts for every agency, whatever the environment says.
os.environ["BACKGROUND"] = "0"

application = get_wsgi_application()

# Python looks for objects that only hold each other, of which a page leaves 300 to 900, and now and then it
# does so among everything that was loaded with the service: a twentieth of the time of all pages, in one of
# them. What is loaded here stays as long as the process does; the others are looked for every ten pages.
import_module("config.urls")
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 10, 10)
