"""The directory finds names that look alike."""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("agencies", "0001_initial")]

    operations = [TrigramExtension()]
