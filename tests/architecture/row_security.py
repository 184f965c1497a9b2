"""Which tables row security leaves open, and why; and what reaches across agencies."""

JOINED = "both sides of an exchange join to it; its words are shown to its own agency alone, by the pages"
DIRECTORY = "who works where is known throughout a partnership: people have to find each other"
NUMBERS = "numbers and codes, no words of a record"
OWN_RULES = "a rule that an agency or a partnership set for itself, no words of a record"
BEFORE_ANYBODY = "read before anybody is known"
OF_THE_AUDIT = "references, names of staff and hashes; everybody's looks are written there"

# Tables with words in them that have no policy.
OPEN = {
    "sharing_cycle": JOINED,
    "records_concern": JOINED,
    "sharing_link": BEFORE_ANYBODY,
    "sharing_linktoken": BEFORE_ANYBODY,
    "sharing_linkcode": BEFORE_ANYBODY,
    "sharing_linkattempt": BEFORE_ANYBODY,
    "sharing_obligation": "what waits for whom until when: references and kinds, no words of a record",
    "sharing_reminder": NUMBERS,
    "records_scanresult": "what a virus scanner said of a file",
    "records_retentionclass": OWN_RULES,
    "records_word": OWN_RULES,
    "records_certificate": "what a disposal destroyed, in numbers, for whoever asks years later",
    "records_counter": NUMBERS,
    "consent_basis": "the law",
    "agencies_storedfile": NUMBERS,
    "agencies_filechunk": "found by a random number that protected rows name; read after the page",
    "agencies_closedday": OWN_RULES,
    "agencies_timelimit": OWN_RULES,
    "agencies_job": "references and codes; whoever asked is the only one who sees it",
    "agencies_partnership": DIRECTORY,
    "agencies_agency": DIRECTORY,
    "agencies_user": DIRECTORY,
    "agencies_membership": DIRECTORY,
    "agencies_contactpoint": DIRECTORY,
    "agencies_submission": "addresses of pages, by the random number of a form",
    "notifications_message": "no words and no names of whom a record is about, by its own rule",
    "notifications_heartbeat": NUMBERS,
    "notifications_hold": "why whoever looks after the service holds every message",
    "audit_shape": OF_THE_AUDIT,
    "audit_leaf": OF_THE_AUDIT,
    "audit_seal": OF_THE_AUDIT,
    "audit_tombstone": OF_THE_AUDIT,
    "audit_verification": OF_THE_AUDIT,
    "audit_event": OF_THE_AUDIT,
    "audit_access": OF_THE_AUDIT,
    "auth_permission": NUMBERS,
    "auth_group": NUMBERS,
    "django_content_type": NUMBERS,
    "django_session": BEFORE_ANYBODY,
    "agencies_session": BEFORE_ANYBODY,
    "account_emailaddress": BEFORE_ANYBODY,
    "account_emailconfirmation": BEFORE_ANYBODY,
    "mfa_authenticator": BEFORE_ANYBODY,
}

# Each use of scope.across_agencies, by file, with how often.
ACROSS = {
    "agencies/drafts.py": 1,  # drafts about what is gone are dropped, whoever was writing them
    "agencies/views/draft.py": 1,  # what was typed is kept for its writer, whose session has gone
    "agencies/middleware.py": 1,  # what was typed is kept for its writer, whose session has gone
    "sharing/access.py": 1,  # the office sees how far disagreements have climbed
    "sharing/operations/parties.py": 1,  # a number is given once in a concern, whoever has the others
    "sharing/operations/handover.py": 1,  # what a speaker held back goes with what is passed on
    "sharing/links/access.py": 2,  # a link is found before anybody is known
}
