"""The commands behind the Makefile: python -m config.local COMMAND."""

import subprocess
import sys
from collections.abc import Callable, Mapping
from os import environ

from config.local import asvs, check, demo, formulas, fuzz, psql, sbom, suite
from config.local.bench import command as bench
from config.local.environment import of_the_demo, of_the_owner
from config.local.faults import command as faults
from config.local.layout import ROOT, give_up, python
from config.local.leaks import command as leaks
from config.local.machines import command as machines
from config.local.sabotage import command as sabotage
from config.local.services import joined

USAGE = """python -m config.local COMMAND
  demo              run the whole service until Ctrl-C
  reset             remove the demo's data
  test [ARGS]       run pytest with servers of its own
  check             check format, types, layers, settings, migrations, templates and generated docs
  docs              write the generated pages of docs/
  bench [ARGS]      measure how fast pages, writes and background work are at three sizes
  faults [ARGS]     break things on purpose, and count what was lost, sent twice or let in
  leaks [ARGS]      type a word of its own into every field, and look for them in logs, mails and backups
  machines [ARGS]   run two of everything, kill some, and count what was lost
  fuzz [ARGS]       send every form of the product what nobody should
  formulas          open every file for a spreadsheet in LibreOffice, and count the formulas that ran
  sabotage [ARGS]   break a copy of the product in each known way, and see that its tests notice
  asvs [--check]    write docs/asvs.md, or say whether it is fresh
  sbom [--check]    write docs/sbom.cdx.json, or say whether it is fresh
  psql [ARGS]       open the demo's database as its owner
  manage [--owner] COMMAND
                    run one of Django's commands against the demo's database"""


def manage(args: list[str]) -> int:
    """Run manage.py in the demo's environment, as the owner of the tables where asked."""
    with joined("demo") as addresses:
        environment = of_the_demo(addresses, port=demo.port_from_environment())
        if args and args[0] == "--owner":
            environment, args = of_the_owner(environment), args[1:]
        return subprocess.run(python("manage.py", *args), cwd=ROOT, env={**environ, **environment}).returncode


def reset(args: list[str]) -> int:
    """Remove the demo's data."""
    demo.reset()
    return 0


# Each takes the words after its own name and returns an exit code.
COMMANDS: Mapping[str, Callable[[list[str]], int]] = {
    "demo": lambda args: demo.run(),
    "reset": reset,
    "test": suite.run,
    "check": lambda args: check.run(),
    "docs": lambda args: check.write_docs(),
    "bench": bench.run,
    "faults": faults.run,
    "leaks": leaks.run,
    "machines": machines.run,
    "formulas": formulas.run,
    "fuzz": fuzz.run,
    "sabotage": sabotage.run,
    "asvs": asvs.run,
    "sbom": sbom.run,
    "psql": psql.run,
    "manage": manage,
}


def main(args: list[str]) -> int:
    """Run the command that the first word names and return its exit code."""
    if not args or args[0] not in COMMANDS:
        raise give_up(USAGE)
    return COMMANDS[args[0]](args[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
