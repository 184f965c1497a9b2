"""The directory finds names that sound alike."""

from django.contrib.postgres.operations import CreateExtension
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("sharing", "0017_guard")]

    operations = [CreateExtension("fuzzystrmatch")]
