from django.db import migrations

from agencies.row_security import ME, functions, protect


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0002_sessions"),
    ]

    operations = [
        functions(),
        protect("agencies_draft", f"holder_id = {ME}"),
    ]
