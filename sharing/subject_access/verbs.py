"""What happens to a subject access request and to a hold, as people read it in the audit."""

from __future__ import annotations

SENTENCES: dict[str, str] = {
    "sharing.access.opened": "{actor} wrote down subject access request {subject}",
    "sharing.access.asked": "{actor} asked whoever made {subject} something, which stops its clock",
    "sharing.access.answered": "{actor} wrote down what whoever made {subject} answered",
    "sharing.access.extended": "{actor} extended {subject} by two months",
    "sharing.access.given": "{actor} gave {subject} to a colleague",
    "sharing.access.collected": "{actor} gathered {pieces} pieces for {subject}",
    "sharing.access.piece_decided": "{actor} decided on a piece of {subject}",
    "sharing.access.pieces_disclosed": "{actor} decided to disclose {pieces} pieces of {subject}",
    "sharing.access.words_held": "{actor} held words back everywhere in {subject}",
    "sharing.access.words_taken_back": "{actor} held words back no longer in {subject}",
    "sharing.access.hold_decided": "{actor} decided on something on hold in {subject}",
    "sharing.access.hold_met": "{actor} changed a hold on something in {subject}, which has to be "
    "checked again",
    "sharing.access.agency_view": "{actor} wrote down what another agency says about {subject}",
    "sharing.access.made_ready": "{actor} put {subject} to a second person",
    "sharing.access.checked": "{actor} checked what goes out in {subject}",
    "sharing.access.sent_back": "{actor} sent {subject} back to be changed",
    "sharing.access.bundle_made": "{actor} made version {bundle} of the answer to {subject}",
    "sharing.access.sent": "{actor} wrote down that version {bundle} of the answer to {subject} was sent",
    "sharing.access.closed": "{actor} closed {subject}",
    "sharing.hold.added": "{actor} put something in this concern on hold",
    "sharing.hold.lifted": "{actor} lifted a hold on something in this concern",
}
