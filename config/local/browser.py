"""Find Chromium for the browser tests, or put it there."""

import os
import shutil
import subprocess

from config.local.layout import give_up, say

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str:
    """Return the path of a Chromium.

    Where there is none, root on a machine with apt gets it installed. Raises SystemExit where that
    fails and for everybody else, because a browser test that is left out silently proves nothing.
    """
    if found := _found():
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say("Installing Chromium with apt for the browser tests. This is done once.")
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (
            ["apt-get", "update", "-q"],
            ["apt-get", "install", "-qy", "--no-install-recommends", "chromium"],
        ):
            done = subprocess.run(
                command, env=quiet, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
            )
            if done.returncode:
                raise give_up(
                    f"{done.stdout}\nChromium could not be installed, and the browser tests need it."
                )
        if found := _found():
            return found
    raise give_up(
        "The browser tests need Chromium and none of "
        f"{', '.join(NAMES)} is on the PATH. "
        "Install it (on Debian: sudo apt install chromium) and run this again."
    )


def _found() -> str | None:
    named = os.environ.get("CHROMIUM", "")
    return next((path for name in (named, *NAMES) if name and (path := shutil.which(name))), None)
