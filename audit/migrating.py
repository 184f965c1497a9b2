"""How the tables of an app begin: all at once.

Django draws every model that hangs together anew for each table, constraint and trigger that a migration
adds. With as many as ours that takes minutes, on every new installation and for every run of the tests.
"""

from __future__ import annotations

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import AddConstraint, AddField, AddIndex, Migration
from django.db.migrations.state import ProjectState

COME_WITH_THEIR_TABLE = (AddConstraint, AddField, AddIndex)


class AtOnce(Migration):
    """A migration that only makes tables and what belongs to them, from the models as it leaves them."""

    def apply(
        self, project_state: ProjectState, schema_editor: BaseDatabaseSchemaEditor, collect_sql: bool = False
    ) -> ProjectState:
        """Make every table as it is in the end, with the fields, constraints and indexes added to it here."""
        after = project_state.clone()
        after.__dict__.pop("apps", None)  # else it would be drawn anew with each operation
        for operation in self.operations:
            operation.state_forwards(self.app_label, after)
        for operation in self.operations:
            if not isinstance(operation, COME_WITH_THEIR_TABLE):
                operation.database_forwards(self.app_label, schema_editor, project_state, after)
        return after
