"""Everybody who is in the records already is found by their names."""

from typing import Any

from django.db import migrations

from records import names

AT_ONCE = 500


def write_words(apps: Any, schema_editor: Any) -> None:
    """Write the words of every name; the database spreads them into rows of their own."""
    person = apps.get_model("records", "Person")
    rows = person.objects.filter(search_words=[]).only("first_name", "last_name", "known_as")
    batch = []
    for one in rows.iterator(AT_ONCE):
        one.search_words = names.words(one.first_name, one.last_name, one.known_as)
        one.sort_name = names.sorted_as(first=one.first_name, last=one.last_name, known_as=one.known_as)
        batch.append(one)
        if len(batch) == AT_ONCE:
            person.objects.bulk_update(batch, ["search_words", "sort_name"])
            batch = []
    person.objects.bulk_update(batch, ["search_words", "sort_name"])


class Migration(migrations.Migration):
    dependencies = [("records", "0006_find")]

    operations = [migrations.RunPython(write_words, migrations.RunPython.noop)]
