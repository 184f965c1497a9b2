from django.db import migrations

from sharing.retention.sql import WriteDisposal


class Migration(migrations.Migration):
    """What was gathered of documents goes with them."""

    dependencies = [("sharing", "0029_disposal_of_restrictions")]

    operations = [WriteDisposal()]
