"""The commands behind the Makefile: python -m config.local demo|reset|test|check|docs|faults|psql|manage."""

import subprocess
import sys
from os import environ

from config.local import check, demo, psql, suite
from config.local.environment import of_the_demo, of_the_owner
from config.local.faults import command as faults
from config.local.layout import ROOT, give_up, python
from config.local.services import joined

USAGE = """python -m config.local COMMAND
  demo              run the whole service until Ctrl-C
  reset             remove the demo's data
  test [ARGS]       run pytest with servers of its own
  check             check format, types, layers, settings, migrations, templates and generated docs
  docs              write the generated pages of docs/
  faults [ARGS]     break things while messages go out, and count what was lost or sent twice
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


def main(args: list[str]) -> int:
    """Run the command that the first word names and return its exit code."""
    match args:
        case ["demo"]:
            return demo.run()
        case ["reset"]:
            demo.reset()
            return 0
        case ["test", *rest]:
            return suite.run(rest)
        case ["check"]:
            return check.run()
        case ["docs"]:
            return check.write_docs()
        case ["faults", *rest]:
            return faults.run(rest)
        case ["psql", *rest]:
            return psql.run(rest)
        case ["manage", *rest]:
            return manage(rest)
    raise give_up(USAGE)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
