"""A browser with a profile folder: somebody reads, types, signs out and closes it, and the folder is left."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import sync_playwright

from config.local.browser import chromium
from config.local.faults.scene import session_of
from config.local.leaks.markers import Markers
from config.local.leaks.visitor import SESSION
from tests.access import cast as who
from tests.access.scene import Scene
from tests.access.tables import PAGES

READ = ("concern", "person", "exchange", "timeline", "concern-paper", "whole-record")
TYPED_IN = "proceed"


def use_and_sign_out(scene: Scene, profile: Path, *, port: int, markers: Markers) -> int:
    """Read pages, type into a form that keeps a draft, sign out, go back, close. Returns how many pages."""
    start = f"http://127.0.0.1:{port}"
    with sync_playwright() as playwright:
        options = ["--no-sandbox"] if os.geteuid() == 0 else []
        context = playwright.chromium.launch_persistent_context(
            str(profile), executable_path=chromium(), args=options, service_workers="allow"
        )
        session = session_of(scene.cast[who.LEAD])
        context.add_cookies([{"name": SESSION, "value": session, "url": start}])
        page = context.new_page()
        for name in READ:
            page.goto(start + PAGES[name].address(name, scene))
        page.goto(start + PAGES[TYPED_IN].address(TYPED_IN, scene))
        page.locator("textarea").first.fill(f"She goes home at three. {markers.new('typed in a browser')}")
        page.wait_for_timeout(1500)  # autosave takes it to the server
        page.goto(f"{start}/accounts/logout/")
        page.locator("main button[type=submit]").first.click()
        page.go_back()
        page.wait_for_timeout(500)
        context.close()
    return len(READ) + 1
