"""A disposal destroys who could open a record, and why it was opened in an emergency, with the record."""

from django.db import migrations

from sharing.retention.sql import WriteDisposal


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0012_restrictions"),
        ("sharing", "0028_closed_records"),
    ]

    operations = [WriteDisposal()]
