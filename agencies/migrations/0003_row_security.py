from django.db import migrations

from agencies.row_security import ME, MY_AGENCY, functions, protect

# A page says which colleague is writing in the same form at the moment.
OF_A_COLLEAGUE = (
    "EXISTS (SELECT FROM agencies_membership m"
    f" WHERE m.id = agencies_draft.holder_id AND m.agency_id = {MY_AGENCY})"
)


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0002_sessions"),
    ]

    operations = [
        functions(),
        protect("agencies_draft", f"holder_id = {ME} OR {OF_A_COLLEAGUE}"),
    ]
