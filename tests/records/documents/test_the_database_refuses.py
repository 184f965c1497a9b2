"""The database keeps the rules of documents whatever Python does: each constraint and trigger, by name."""

import pytest
from django.apps import apps

from audit.leaves import Sealed
from tests.architecture import refused_documents
from tests.factories import World

pytestmark = pytest.mark.django_db
MODELS = ("Document", "DocumentVersion", "DocumentStrike", "ScanResult", "ScanToDo")


def names() -> list[str]:
    models = [apps.get_model("records", name) for name in MODELS]
    triggers = [t for model in models for t in getattr(model._meta, "triggers", [])]
    found = [c.name for model in models for c in model._meta.constraints]
    return sorted(found + [t.name for t in triggers if not isinstance(t, Sealed)])


@pytest.mark.parametrize("name", names())
def test_the_database_refuses(world: World, name: str) -> None:
    vars(refused_documents)[name](world)
