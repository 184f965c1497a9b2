"""What Find looks in, kept by the database itself: the words of names, and how they are misspelt.

Every index begins with the agency, so that a search walks through rows of one agency alone: how long it
takes, and what it finds alike, cannot depend on anybody else's people. The columns compare byte by byte
(collation C), so that the beginning of a word is a range of the index on every server.
"""

from __future__ import annotations

import uuid
from datetime import datetime

import pgtrigger
from django.db import models

from agencies.models import Agency, Membership
from records.names import LONGEST_WORD

# The keys under which a word is found: "=" itself; "~" the word, and the word with one letter left out; "#"
# its consonants, and those with one left out; "*" how it sounds; ">" each later part of it of at least three
# letters. Words that differ by a letter more, less, other or swapped share a "~" key, and those in which
# several vowels and a consonant differ a "#" key. {word} is an expression.
CONSONANTS = (
    "regexp_replace(left({word}, 1) || translate(substr({word}, 2), 'aeiouyhw', ''), '(.)\\1+', '\\1', 'g')"
)
KEYS = f"""
    SELECT '~' || {{word}} AS key
    UNION SELECT '~' || left({{word}}, i - 1) || substr({{word}}, i + 1)
        FROM generate_series(1, length({{word}})) AS i WHERE length({{word}}) BETWEEN 3 AND 24
    UNION SELECT '#' || consonants FROM (SELECT {CONSONANTS} AS consonants) AS it
        WHERE length({{word}}) BETWEEN 5 AND 24
    UNION SELECT '#' || left(consonants, i - 1) || substr(consonants, i + 1)
        FROM (SELECT {CONSONANTS} AS consonants) AS it, generate_series(1, length(consonants)) AS i
        WHERE length({{word}}) BETWEEN 5 AND 24 AND length(consonants) > 3
    UNION SELECT '*' || sound FROM unnest(ARRAY[dmetaphone({{word}}), dmetaphone_alt({{word}})]) AS sound
        WHERE length({{word}}) BETWEEN 3 AND 24 AND sound <> ''
"""  # noqa: S608 - no value is part of it
LATER_PARTS = """
    UNION SELECT '>' || substr({word}, i) FROM generate_series(2, length({word}) - 2) AS i
    UNION SELECT '=' || {word}
"""

# A name that somebody had before stays a way to find them. An empty list of words forgets them all.
WORDS_FOLLOW_NAMES = """
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM records_personword WHERE person_id = NEW.id AND cardinality(NEW.search_words) = 0;
        UPDATE records_personword
            SET sort_name = NEW.sort_name, is_former = NOT (word = ANY (NEW.search_words::text[]))
            WHERE person_id = NEW.id;
    END IF;
    INSERT INTO records_personword (agency_id, person_id, word, sort_name, is_former)
        SELECT NEW.agency_id, NEW.id, word, NEW.sort_name, false
        FROM unnest(NEW.search_words::text[]) AS word
        ON CONFLICT DO NOTHING;
    RETURN NULL;
"""
WORDS_GO_WITH_THE_PERSON = "DELETE FROM records_personword WHERE person_id = OLD.id; RETURN OLD;"
# The "=" row is the lock: whoever takes a word's keys away waits for those who are about to use them.
KEYS_FOLLOW_WORDS = f"""
    PERFORM 1 FROM records_namekey k
        WHERE k.agency_id = NEW.agency_id AND k.key = '=' || NEW.word AND k.word = NEW.word FOR KEY SHARE;
    IF NOT FOUND THEN
        INSERT INTO records_namekey (agency_id, key, word)
            SELECT NEW.agency_id, found.key, NEW.word FROM ({KEYS}{LATER_PARTS}) AS found
            ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
""".replace("{word}", "NEW.word::text")  # noqa: S608 - no value is part of it
KEYS_GO_WITH_THE_LAST_WORD = """
    PERFORM 1 FROM records_namekey k
        WHERE k.agency_id = OLD.agency_id AND k.key = '=' || OLD.word AND k.word = OLD.word FOR UPDATE;
    IF NOT EXISTS (SELECT 1 FROM records_personword w
                   WHERE w.agency_id = OLD.agency_id AND w.word = OLD.word) THEN
        DELETE FROM records_namekey k WHERE k.agency_id = OLD.agency_id AND k.word = OLD.word;
    END IF;
    RETURN NULL;
"""

PERSON_TRIGGERS = [
    pgtrigger.Trigger(
        name="words_follow_names",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("search_words", "sort_name"),
        func=WORDS_FOLLOW_NAMES,
    ),
    pgtrigger.Trigger(
        name="words_go_with_the_person",
        when=pgtrigger.Before,
        operation=pgtrigger.Delete,
        func=WORDS_GO_WITH_THE_PERSON,
    ),
]


class PersonWord(models.Model):
    """One word of the names of a person, now or before. Written by the database from `search_words`."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(
        "records.Person", on_delete=models.CASCADE, related_name="words", db_index=False
    )
    word = models.CharField(max_length=LONGEST_WORD, db_collation="C")
    sort_name = models.CharField(max_length=200, db_collation="C")
    is_former = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "word"], name="a_word_once_a_person")]
        indexes = [
            models.Index(fields=["agency", "word", "sort_name", "person"], name="person_by_word"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="keys_follow_words",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func=KEYS_FOLLOW_WORDS,
            ),
            pgtrigger.Trigger(
                name="keys_go_with_the_last_word",
                when=pgtrigger.After,
                operation=pgtrigger.Delete,
                func=KEYS_GO_WITH_THE_LAST_WORD,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.pk}"


class NameKey(models.Model):
    """A key that leads from a misspelling to a word that people of an agency have in their names."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    key = models.CharField(max_length=LONGEST_WORD + 1, db_collation="C")
    word = models.CharField(max_length=LONGEST_WORD, db_collation="C")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "key", "word"], name="a_key_once_a_word")]
        indexes = [models.Index(fields=["agency", "word"], name="keys_of_a_word")]

    def __str__(self) -> str:
        return f"key {self.pk}"


class KeptSearch(models.Model):
    """What somebody searched for, kept for them alone for some hours, so that no address holds a name."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    by = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    asked = models.JSONField(default=dict)
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        verbose_name_plural = "kept searches"
        indexes = [models.Index(fields=["at"], name="kept_search_by_age")]

    def __str__(self) -> str:
        return str(self.pk)
