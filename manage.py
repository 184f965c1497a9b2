#!/usr/bin/env python
"""Django's commands, for this project's settings."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if sys.argv[1:2] != ["runserver"]:
        os.environ.setdefault("BACKGROUND", "1")
    execute_from_command_line(sys.argv)
