"""Why a notice did not arrive, in words for somebody who is to put it right."""

from __future__ import annotations

ADDRESS = "The mail server does not know the address, or it takes no mail."
REFUSED = "The mail server refuses the message."
SERVER = "The mail server did not answer, or would not take it, at any try."
OURS = "Something is wrong with the notice itself. Tell whoever runs the service."

# By how `last_error` begins: the class of the error, and the mail server's code where it gave one.
BY_ERROR = (
    ("SMTPRecipientsRefused", ADDRESS),
    ("Bounced 4", "Another mail server kept it for days and could not deliver it."),
    ("Bounced 5.1", ADDRESS),
    ("Bounced 5.2", "The mailbox is full or takes no mail."),
    ("Bounced", "Another mail server could not deliver it."),
    ("BadHeaderError", "The address has characters that no address can have."),
    ("SMTPDataError", REFUSED),
    ("SMTPSenderRefused", REFUSED),
    ("SMTP", SERVER),
    ("TimeoutError", SERVER),
    ("Connection", SERVER),
    ("OSError", SERVER),
    ("BrokenPipe", SERVER),
    ("gaierror", SERVER),
)


def why(error: str) -> str:
    """Return the sentence for a kept error."""
    return next((words for start, words in BY_ERROR if error.startswith(start)), OURS)
