"""Work that is too long for a request: asked for, done by the worker, fetched by whoever asked."""

import html
import logging
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from agencies import files, rules
from agencies.models import FileChunk, Job, StoredFile
from agencies.operations import files as keeping
from agencies.operations import jobs
from audit.models import Access
from sharing import tasks
from tests.factories import World
from tests.signing_in import SignedIn

pytestmark = pytest.mark.django_db


def asked(w: World, kind: str = "nothing") -> Job:
    return jobs.ask(kind, title="Nothing at all", about="WF-26-0001", by=w.priya, at=w.clock())


def test_is_done_by_the_worker_and_its_file_is_fetched(world: World, signed_in: SignedIn) -> None:
    with time_machine.travel(world.clock(), tick=False):
        job = asked(world)
        client = signed_in(world.priya)
        page = reverse("job", args=[job.pk])
        assert "It has not begun yet." in client.get(page).content.decode()
        tasks.work()
        assert "Download nothing.txt" in client.get(page).content.decode()
        answer = client.get(reverse("job-file", args=[job.pk]))
    assert b"".join(answer) == b"Nothing at all."
    assert answer["Content-Disposition"] == 'attachment; filename="nothing.txt"'
    look = Access.objects.filter(action="download").get()
    assert (look.subject, look.why, look.actor_id) == ("WF-26-0001", "nothing", world.priya.pk)


def test_tells_the_bar_how_far_it_is(world: World, signed_in: SignedIn) -> None:
    job = asked(world)
    page = reverse("job", args=[job.pk])
    client = signed_in(world.priya)
    Job.objects.filter(pk=job.pk).update(done=1, total=3)
    assert client.get(page, headers={"accept": "application/json"}).json() == {"per_cent": 33, "over": False}
    jobs.work()
    assert client.get(page, headers={"accept": "application/json"}).json() == {"per_cent": 100, "over": True}


def test_nobody_else_finds_it(world: World, signed_in: SignedIn) -> None:
    job = asked(world)
    jobs.work()
    for somebody in (world.tom, world.school.lead, world.school.administrator):
        for name in ("job", "job-file"):
            assert signed_in(somebody).get(reverse(name, args=[job.pk])).status_code == 404


def test_leads_on_to_a_page_where_there_is_no_file(world: World, signed_in: SignedIn) -> None:
    job = asked(world, "a_page")
    jobs.work()
    assert 'href="/help/"' in signed_in(world.priya).get(reverse("job", args=[job.pk])).content.decode()


def test_a_failure_that_people_can_mend_says_how(world: World, signed_in: SignedIn) -> None:
    job = asked(world, "refuses")
    assert jobs.work() == 1
    shown = html.unescape(signed_in(world.priya).get(reverse("job", args=[job.pk])).content.decode())
    assert "The list has no heading. Put one in its first line." in shown


def test_a_fault_is_shown_and_leaves_no_text_in_the_log(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    broken, after = asked(world, "breaks"), asked(world)
    with caplog.at_level(logging.ERROR):
        assert jobs.work() == 2
    broken.refresh_from_db()
    after.refresh_from_db()
    assert broken.why_failed == jobs.NOT_DONE
    assert after.finished_at is not None
    assert "holds a name" not in caplog.text


def test_a_job_whose_worker_died_is_done_again_and_given_up_after_three_times(world: World) -> None:
    job = asked(world)
    at = world.clock()
    for _ in range(jobs.ATTEMPTS):
        assert jobs._claim(at) == job
        assert jobs._claim(at) is None, "nobody else takes it while the lease lasts"
        at += jobs.LEASE + timedelta(seconds=1)
    jobs.work(at=at)
    job.refresh_from_db()
    assert job.why_failed == jobs.NOT_DONE


def test_a_worker_that_was_overtaken_changes_nothing(world: World) -> None:
    asked(world)
    first = jobs._claim(world.clock())
    second = jobs._claim(world.clock() + jobs.LEASE * 2)
    assert first is not None
    assert second is not None
    jobs._do(first, at=world.clock())
    second.refresh_from_db()
    assert (second.finished_at, second.file) == (None, None)
    jobs._do(second, at=world.clock())
    second.refresh_from_db()
    assert second.finished_at is not None


def test_the_file_is_taken_away_after_a_day(world: World, signed_in: SignedIn) -> None:
    job = asked(world)
    jobs.work(at=world.clock())
    jobs.work(at=world.clock() + jobs.KEPT + timedelta(minutes=1))
    job.refresh_from_db()
    assert (job.file, job.gone_at is not None, len(job.digest)) == (None, True, 64)
    assert not FileChunk.objects.exists()
    with time_machine.travel(world.clock(), tick=False):
        client = signed_in(world.priya)
        assert "has been taken away" in client.get(reverse("job", args=[job.pk])).content.decode()
        assert client.get(reverse("job-file", args=[job.pk])).status_code == 404


def test_the_timer_does_jobs_too_when_the_broker_is_gone(world: World) -> None:
    job = asked(world)
    call_command("send_due", verbosity=0)
    job.refresh_from_db()
    assert job.finished_at is not None


def test_a_kind_that_nobody_does_is_refused_at_once(world: World) -> None:
    with pytest.raises(KeyError):
        asked(world, "unheard-of")


def test_nobody_keeps_everybody_waiting(world: World) -> None:
    for _ in range(rules.JOBS_AT_ONCE):
        asked(world)
    with pytest.raises(rules.TooManyAsked, match="You wait for 10 things already"):
        asked(world)
    other = jobs.ask("nothing", title="A file", by=world.tom, at=world.clock())
    assert other.by_id == world.tom.pk
    jobs.work(at=world.clock())
    assert asked(world).finished_at is None


def test_a_file_is_kept_in_portions_whatever_its_pieces(world: World) -> None:
    whole = bytes(range(256)) * 3000
    pieces = [whole[:1], whole[1:300_000], b"", whole[300_000:]]
    file = keeping.keep(pieces, at=world.clock())
    assert file.size == len(whole)
    assert max(len(chunk) for chunk in files.chunks_of(file)) == keeping.PORTION
    assert files.content_of(file) == whole


def test_an_empty_file_is_a_file(world: World) -> None:
    file = keeping.keep([], at=world.clock())
    assert (file.size, files.content_of(file)) == (0, b"")


@pytest.mark.parametrize("table", ["agencies_storedfile", "agencies_filechunk"])
def test_the_database_refuses_to_change_a_file(world: World, table: str) -> None:
    keeping.keep([b"words"], at=world.clock())
    column = "sha256" if table == "agencies_storedfile" else "data"
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = {column}")
    assert StoredFile.objects.count() == 1
