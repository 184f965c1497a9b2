"""Find LibreOffice for the check of formulas, or put it there."""

import os
import shutil
import subprocess

from config.local.layout import give_up, say

PACKAGE = "libreoffice-calc-nogui"


def office() -> str:
    """Return the path of LibreOffice.

    Where there is none, root on a machine with apt gets its spreadsheet installed, about 500 MB. Raises
    SystemExit where that fails and for everybody else, because a check that is left out proves nothing.
    """
    if found := _found():
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say("Installing LibreOffice with apt for the check of formulas. This is done once.")
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (
            ["apt-get", "update", "-q"],
            ["apt-get", "install", "-qy", "--no-install-recommends", PACKAGE],
        ):
            done = subprocess.run(
                command, env=quiet, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
            )
            if done.returncode:
                raise give_up(f"{done.stdout}\nLibreOffice could not be installed, and this check needs it.")
        if found := _found():
            return found
    raise give_up(
        "The check of formulas needs LibreOffice and neither soffice nor libreoffice is on the PATH. "
        f"Install it (on Debian: sudo apt install {PACKAGE}) and run this again."
    )


def _found() -> str | None:
    return next((path for name in ("soffice", "libreoffice") if (path := shutil.which(name))), None)
