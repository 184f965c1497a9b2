"""The system timer that runs manage.py send_due: python -m config.local.faults.timer SECONDS."""

from __future__ import annotations

import subprocess
import sys
import time

from config.local.layout import ROOT, python

if __name__ == "__main__":
    every = float(sys.argv[1])
    while True:
        started = time.monotonic()
        subprocess.run(python("manage.py", "send_due"), cwd=ROOT)
        time.sleep(max(0.0, every - (time.monotonic() - started)))
