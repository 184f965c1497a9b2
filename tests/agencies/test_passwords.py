"""Passwords and codes: what may be one, how it is kept, how often somebody may try."""

from __future__ import annotations

import time

import pytest
import time_machine
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.conf import LazySettings
from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client

from agencies.models import User
from agencies.second_factor import METHOD, CannotRead, Encrypted
from tests.factories import World
from tests.signing_in import SignedIn

GOOD = "teapot gravel umbrella"
ANOTHER = "ladder  Öl 猫 pepper "
WRONG = "not the one that it is"


def with_password(world: World, password: str = GOOD) -> User:
    user = world.priya.account
    user.set_password(password)
    user.save()
    return user


def log_in(user: User, password: str, client: Client | None = None) -> int:
    answers = {"login": user.email, "password": password}
    return (client or Client()).post("/accounts/login/", answers).status_code


@pytest.mark.parametrize(
    "password",
    [GOOD, ANOTHER, "n" + "ot so common " * 8, "7402916358260193", "pfghtmwxzkqv", "🐘🌧️ under the bridge"],
)
def test_any_signs_and_more_than_64_of_them_are_taken(world: World, password: str) -> None:
    validate_password(password, world.priya.account)


@pytest.mark.parametrize(
    "password",
    [
        "Check Back 2026!",
        "safeguarding1",
        "Password-Welcome-12",
        "Practitioner2026",
        "administrator",
        "MASH.lead.2026.11",
        "qwertyuiop12",
        "short one",
    ],
)
def test_words_of_ours_common_ones_and_short_ones_are_refused(world: World, password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password, world.priya.account)


def test_the_name_of_ones_own_agency_is_refused_and_another_ones_is_not(world: World) -> None:
    name = f"{world.school.agency.name} 2026"
    with pytest.raises(ValidationError, match="the name of this service"):
        validate_password(name, world.priya.account)
    validate_password(f"{name} gravel umbrella", world.priya.account)


def test_it_is_kept_by_a_slow_hash(world: World) -> None:
    method, rounds, *_ = with_password(world).password.split("$")
    assert method == "pbkdf2_sha256"
    assert int(rounds) >= 600_000


def test_it_is_checked_exactly_as_it_was_typed(world: World, settings: LazySettings) -> None:
    settings.MFA_REQUIRED = False
    user = with_password(world, ANOTHER)
    assert log_in(user, ANOTHER.strip()) == 200
    assert log_in(user, ANOTHER.lower()) == 200
    assert log_in(user, ANOTHER) == 302


def test_it_is_changed_only_by_whoever_knows_the_old_one(world: World, signed_in: SignedIn) -> None:
    user = with_password(world)
    browser = signed_in(world.priya)
    new = {"password1": ANOTHER, "password2": ANOTHER}
    browser.post("/accounts/password/change/", {"oldpassword": WRONG, **new})
    user.refresh_from_db()
    assert user.check_password(GOOD)
    browser.post("/accounts/password/change/", {"oldpassword": GOOD, **new})
    user.refresh_from_db()
    assert user.check_password(ANOTHER)


def test_the_field_hides_what_is_typed_and_lets_a_manager_fill_it_in(client: Client, db: None) -> None:
    page = client.get("/accounts/login/").content.decode()
    field = next(part for part in page.split("<input") if 'name="password"' in part)
    assert 'type="password"' in field
    assert 'autocomplete="current-password"' in field
    assert "onpaste" not in page


def test_after_five_wrong_tries_the_right_one_waits_five_minutes(
    world: World, settings: LazySettings
) -> None:
    settings.MFA_REQUIRED = False
    cache.clear()
    user = with_password(world)
    client = Client()
    for _ in range(5):
        assert log_in(user, WRONG, client) == 200
    assert log_in(user, GOOD, client) == 200
    assert "_auth_user_id" not in client.session
    cache.clear()
    assert log_in(user, GOOD, client) == 302


def test_there_is_no_account_that_comes_with_the_product(db: None) -> None:
    assert not User.objects.exists()


def test_a_code_of_an_authenticator_works_once_and_for_half_a_minute(world: World) -> None:
    cache.clear()
    secret = totp.generate_totp_secret()
    with time_machine.travel(world.clock(), tick=False):
        _tries_codes(world, secret)


def _tries_codes(world: World, secret: str) -> None:
    device = totp.TOTP.activate(world.priya.account, secret)
    now = int(time.time()) // 30
    assert device.validate_code(totp.format_hotp_value(totp.hotp_value(secret, now)))
    for number in (now, now - 1, now - 2):
        assert not device.validate_code(totp.format_hotp_value(totp.hotp_value(secret, number)))


def test_somebody_unknown_is_answered_in_the_same_words(world: World) -> None:
    cache.clear()
    user = with_password(world)
    pages = [
        Client().post("/accounts/login/", {"login": email, "password": WRONG}).content.decode()
        for email in (user.email, "nobody.of.that.name@people.example")
    ]
    assert "do not know" in pages[0] or "not correct" in pages[0] or "error" in pages[0]
    said = [page[page.index("govuk-error-summary") :][:400] for page in pages]
    assert said[0] == said[1]
    forgotten = [
        Client().post("/accounts/password/reset/", {"email": email})
        for email in (user.email, "nobody.of.that.name@people.example")
    ]
    assert forgotten[0].status_code == forgotten[1].status_code == 302
    assert forgotten[0]["Location"] == forgotten[1]["Location"]


def test_the_secrets_of_second_factors_are_encrypted(world: World, settings: LazySettings) -> None:
    user = world.priya.account
    secret = totp.generate_totp_secret()
    kept = totp.TOTP.activate(user, secret).instance
    codes = RecoveryCodes.activate(user).instance
    kept.refresh_from_db()
    codes.refresh_from_db()
    assert secret not in str(kept.data)
    assert kept.data["secret"].startswith(METHOD)
    assert codes.data["seed"].startswith(METHOD)
    assert Encrypted().decrypt(kept.data["secret"]) == secret
    assert Encrypted().encrypt(secret) != Encrypted().encrypt(secret)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 10, [settings.SECRET_KEY]
    assert Encrypted().decrypt(kept.data["secret"]) == secret
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(CannotRead):
        Encrypted().decrypt(kept.data["secret"])
    assert Encrypted().decrypt("kept before it was encrypted") == "kept before it was encrypted"
