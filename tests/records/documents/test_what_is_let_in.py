"""Every file of the corpus: let in as what it is, or refused with a sentence that says what to do."""

from __future__ import annotations

import io

import pytest

from records.documents.kinds import LARGEST, NotKept
from records.documents.looking import look
from tests.records.documents import corpus, corpus_documents, corpus_rest, making
from tests.records.documents.cases import Case, Planted
from tests.records.documents.corpus import LET_IN

REFUSED = {
    **corpus.REFUSED,
    **corpus_documents.PDFS,
    **corpus_documents.OFFICE,
    **corpus_rest.PICTURES,
    **corpus_rest.TEXTS,
    **corpus_rest.OTHERS,
}
NEUTRALISED = corpus_rest.NEUTRALISED
NAMES_REFUSED = {**corpus.NAMES_REFUSED, **corpus_rest.NAMES}


def test_the_corpus_is_large_enough_to_mean_something() -> None:
    """Two hundred that are hostile, each another, beside the ordinary ones that are let in."""
    assert len(REFUSED) + len(NEUTRALISED) + len(NAMES_REFUSED) >= 200
    kinds = (
        corpus.REFUSED,
        corpus_documents.PDFS,
        corpus_documents.OFFICE,
        corpus_rest.PICTURES,
        corpus_rest.TEXTS,
    )
    assert len(REFUSED) == sum(map(len, kinds)) + len(corpus_rest.OTHERS), "two cases have one name"


@pytest.mark.parametrize("case", LET_IN.values(), ids=LET_IN.keys())
def test_let_in(case: Case) -> None:
    content = case.make()
    looked = look(io.BytesIO(content), name=case.file_name)
    assert looked.kind.code == case.expected
    assert b"".join(looked.portions()) == content
    assert looked.size == len(content)


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED.keys())
def test_refused(case: Case) -> None:
    with pytest.raises(NotKept) as refused:
        look(io.BytesIO(case.make()), name=case.file_name)
    said = " ".join(refused.value.sentences)
    assert case.expected in said
    assert len(refused.value.sentences) == 2, "It says what is wrong, and what to do"
    assert all(one.endswith(".") for one in refused.value.sentences)


@pytest.mark.parametrize("case", NEUTRALISED.values(), ids=NEUTRALISED.keys())
def test_neutralised(case: Planted) -> None:
    """It is kept as it came, and the copy for others lacks what it should not say."""
    content = case.make()
    looked = look(io.BytesIO(content), name=case.file_name)
    assert case.gone in content
    assert looked.cleaned is not None
    copy = b"".join(looked.cleaned())
    assert case.gone not in copy
    assert look(io.BytesIO(copy), name=case.file_name).cleaned is None


@pytest.mark.parametrize("name", NAMES_REFUSED.values(), ids=NAMES_REFUSED.keys())
def test_a_name_that_is_refused(name: str) -> None:
    with pytest.raises(NotKept, match="name"):
        look(io.BytesIO(making.pdf()), name=name)


def test_a_file_on_disk_is_looked_at_without_being_read_into_memory(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "a.pdf"
    path.write_bytes(making.pdf())
    with path.open("rb") as file:
        assert look(file, name="a.pdf").kind.code == "PDF"


def test_20_mb_are_let_in_and_a_byte_more_is_not() -> None:
    words = b"The same line again.\n" * (LARGEST // 21)
    full = words + b"x" * (LARGEST - len(words))
    assert look(io.BytesIO(full), name="a.txt").size == LARGEST
    with pytest.raises(NotKept, match=r"21\.0 MB, and 20 MB is the most"):
        look(io.BytesIO(full + b"x"), name="a.txt")


def test_what_was_sent_counts_where_no_more_than_20_mb_were_written_down() -> None:
    with pytest.raises(NotKept, match=r"31\.5 MB"):
        look(io.BytesIO(b""), name="a.pdf", size=31_500_000)


def test_a_photo_for_others_has_no_place_and_the_same_pixels() -> None:
    content = making.jpeg(making.exif(way_up=6), behind=b"a second picture")
    looked = look(io.BytesIO(content), name="a.jpg")
    assert looked.cleaned is not None
    copy = b"".join(looked.cleaned())
    assert b"54.0466" in content
    assert b"54.0466" not in copy
    assert b"second picture" not in copy
    assert content[content.index(b"\xff\xc0") : content.index(b"\xff\xd9") + 2] in copy
    assert look(io.BytesIO(copy), name="a.jpg").kind.code == "JPEG"
    assert "where" in looked.left_out


@pytest.mark.parametrize("way_up", range(1, 9))
def test_a_photo_for_others_is_still_the_right_way_up(way_up: int) -> None:
    from records.documents.pictures import _way_up

    looked = look(io.BytesIO(making.jpeg(making.exif(way_up=way_up))), name="a.jpg")
    assert looked.cleaned is not None
    copy = b"".join(looked.cleaned())
    at = copy.find(b"Exif\x00\x00")
    assert (_way_up(copy[at:]) if at >= 0 else 1) == way_up


def test_a_png_for_others_has_no_notes() -> None:
    content = making.png(making.chunk(b"eXIf", b"54.0466 N"), making.chunk(b"tEXt", b"Author\x00Anna"))
    looked = look(io.BytesIO(content), name="a.png")
    assert looked.cleaned is not None
    assert b"".join(looked.cleaned()) == making.png()


def test_a_picture_without_notes_is_given_to_others_as_it_is() -> None:
    assert look(io.BytesIO(making.png()), name="a.png").cleaned is None
    assert look(io.BytesIO(making.jpeg()), name="a.jpg").cleaned is None
