from django.db import migrations

from sharing.retention.sql import WriteDisposal


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0010_retention"),
        ("audit", "0002_seals"),
        ("consent", "0004_sealed"),
        ("records", "0010_retention"),
        ("sharing", "0026_subject_access"),
    ]

    operations = [WriteDisposal()]
