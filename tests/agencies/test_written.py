"""What the demo wrote to files is read back as it would have arrived."""

from __future__ import annotations

from pathlib import Path

from django.core.mail import EmailMessage

from agencies import written

LINK = "Open this link to see it. You then need a code, which reaches you another way:"
OURS = "Sign in to see it:\nhttp://localhost/exchanges/WF-26-0001-X1/"


def mail(folder: Path, *bodies: str) -> None:
    """Write e-mails as Django's file backend does."""
    texts = [
        EmailMessage(subject="Check Back", body=body, to=["rosa@homes.example"]).message().as_string()
        for body in bodies
    ]
    (folder / "one.log").write_text("".join(f"{text}\n{'-' * 79}\n" for text in texts))


def test_mail_to_people_without_an_account_is_read_with_its_link(tmp_path: Path) -> None:
    mail(tmp_path, f"{LINK}\nhttp://localhost/l/abc_DEF-1/\n", OURS, f"Use {written.NO_LINK}.")
    first, second = written.mails(tmp_path)
    assert (first.to, first.link) == ("rosa@homes.example", "/l/abc_DEF-1/")
    assert second.link == ""


def test_texts_are_read_with_their_number(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("To: 07700 900123\n\n12345678 is your code.\n")
    (text,) = written.texts(tmp_path)
    assert (text.to, text.body) == ("07700 900123", "12345678 is your code.")


def test_there_is_nothing_where_nothing_was_sent(tmp_path: Path) -> None:
    assert written.mails(tmp_path / "none") == written.texts(tmp_path) == []


def test_e_mails_and_texts_stand_in_one_list_by_when_they_went(tmp_path: Path) -> None:
    mail(tmp_path, f"Use {written.NO_LINK}.")
    (tmp_path / "one.txt").write_text("To: 07700 900123\n\n12345678 is your code.\n")
    both = sorted([*written.texts(tmp_path), *written.mails(tmp_path)], key=lambda one: one.at)
    assert {one.by for one in both} == {"E-mail", "Text message"}
