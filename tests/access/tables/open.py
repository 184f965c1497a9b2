"""Pages that everybody may open, and those of the library that signs people in."""

from typing import Any

from tests.access import cast as who
from tests.access.page import Page, Table

PUBLIC = Page(sees=who.EVERYBODY)
WITH_A_ROLE = Page(sees=who.WITH_A_ROLE, role=who.WITH_A_ROLE)

PAGES: Table = {
    "health": PUBLIC,
    "help": PUBLIC,
    "accessibility": PUBLIC,
    "privacy": PUBLIC,
    # Autosave knows whose text it is from the signed token in the form.
    "drafts": PUBLIC,
    # What browsers report of a page that broke its policy: a line in the log, whoever sends it.
    "policy-report": Page(sees=who.EVERYBODY, only_post=True),
    # Whose pages this browser may show, as far as its session says; and staying signed in.
    "session-left": PUBLIC,
    "session-stay": Page(sees=who.EVERYBODY, only_post=True),
    "sessions": WITH_A_ROLE,
    "session-end": Page(
        sees=who.WITH_A_ROLE,
        role=who.WITH_A_ROLE,
        args=lambda s: {"name": "0123456789abcdef"},
        only_post=True,
    ),
    "sessions-end-others": Page(
        sees=who.WITH_A_ROLE, role=who.WITH_A_ROLE, acts=who.WITH_A_ROLE, only_post=True, searches=True
    ),
    "choose_hat": WITH_A_ROLE,
    "start": WITH_A_ROLE,
    "home": WITH_A_ROLE,
}

# Of the library that signs people in: it decides for itself, and every answer but an error will do.
LIBRARY = {
    "account_login",
    "account_logout",
    "account_inactive",
    "account_reauthenticate",
    "account_email_verification_sent",
    "account_change_password",
    "account_set_password",
    "account_reset_password",
    "account_confirm_login_code",
    "account_confirm_email",
    "account_reset_password_from_key_done",
    "account_reset_password_from_key",
    "account_reset_password_done",
    "mfa_index",
    "mfa_authenticate",
    "mfa_reauthenticate",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn",
    "mfa_edit_webauthn",
    "mfa_login_webauthn",
}
# Closed for good: nobody makes an account or changes an address here. And the demo's pages outside the demo.
NO_SUCH_PAGE = {
    "account_email",
    "account_signup",
    "demo_people",
    "demo_sign_in",
    "demo_outbox",
    "demo_outside",
}
PARTS_OF_THE_LIBRARY: dict[str, dict[str, Any]] = {
    "account_confirm_email": {"key": "a-key"},
    "account_reset_password_from_key": {"uidb36": "1", "key": "a-key"},
    "mfa_remove_webauthn": {"pk": 1},
    "mfa_edit_webauthn": {"pk": 1},
    "demo_sign_in": {"membership_id": "5b0e5a3c-7d1f-4c1e-9f43-0f6f0e0b7a11"},
}
