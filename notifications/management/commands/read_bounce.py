"""What a mail server runs for each notice that comes back to the address in MAIL_FROM."""

import os
import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError
from django.utils import timezone

from notifications import bounces, operations

# A mail server keeps the notice and runs this again later; after any other failure it would return it.
TRY_AGAIN = os.EX_TEMPFAIL


class Command(BaseCommand):
    help = "Read a delivery-status notice from standard input and mark the message that came back."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            bounce = bounces.read(sys.stdin.buffer.read(bounces.LARGEST))
            marked = operations.mark_bounced(bounce.message_id, code=bounce.code, at=timezone.now())
        except bounces.NotABounce as why:
            self.stderr.write(str(why))
            return
        except DatabaseError as error:
            self.stderr.write(f"The database could not be reached ({type(error).__name__}). Try again later.")
            sys.exit(TRY_AGAIN)
        if marked:
            self.stdout.write(f"Marked {bounce.message_id} as bounced.")
        else:
            self.stderr.write(f"{bounce.message_id} is none of ours, or was marked before.")
