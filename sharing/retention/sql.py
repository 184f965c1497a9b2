"""The one function that can destroy: written from tables.py, owned by the owner of the tables.

It looks again at everything that a disposal needs, under lock, and works in one transaction: what nobody
holds any more is listed (`doomed`), what something kept refers to stays as an empty row, the rest goes.
"""

from __future__ import annotations

from django.apps import apps
from django.db import models
from django.db.migrations import RunSQL

from audit import leaves
from sharing.retention.tables import FIRE, FOLLOW_A_PERSON, TABLES, Destroyed, Scope
from sharing.subject_access.kinds import OF_A_CONCERN, OF_AN_EXCHANGE

ENDS = {
    Scope.OWN: "= c.id AND owner_gone",
    Scope.EXCHANGE: "= ANY(gone_exchanges)",
    Scope.ENQUIRY: "= ANY(gone_enquiries)",
    Scope.MEETING: "= ANY(gone_meetings)",
    Scope.TRANSFER: "= ANY(gone_transfers)",
    Scope.PERSON: "= ANY(gone_people)",
    Scope.FILE: "= ANY(gone_files)",
}
EMPTIED = "disposed of"
# Pieces of a request that are gathered in a way of their own (sharing.subject_access.collect).
PIECES = {
    "person": "records_person",
    "relationship": "records_relationship",
    "protected": "records_protecteddetail",
    "chronology": "records_chronologyentry",
    "concern": "records_concern",
    "events": "records_concern",
    "subject": "records_subject",
    "statement": "records_statement",
    "view": "consent_view",
    "sharing-decision": "consent_sharingdecision",
    "exchange": "sharing_exchange",
    "document-version": "records_documentversion",
}


def model_of(label: str) -> type[models.Model]:
    """Return a model by its label; the rows that join two models are one too."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.label_lower == label:
            return model
    raise LookupError(label)


def destroyed() -> list[tuple[type[models.Model], Destroyed]]:
    """List what a disposal destroys: each model with how."""
    return [(model_of(label), fate) for label, fate in TABLES.items() if isinstance(fate, Destroyed)]


def _pk(model: type[models.Model]) -> str:
    return str(model._meta.pk.column)


def _where(model: type[models.Model], fate: Destroyed) -> str:
    """Write which rows of a table are meant, by its path of foreign keys."""
    if fate.scope is Scope.ROWS:
        return fate.where.replace("{pieces}", _pieces())
    return _along(model, fate.path.split("__") if fate.path else [], ENDS[fate.scope], "t")


def _along(model: type[models.Model], path: list[str], end: str, name: str) -> str:
    if not path:
        return f"{name}.{_pk(model)} {end}"
    step = model._meta.get_field(path[0])
    column, related = step.column, step.related_model  # type: ignore[union-attr]  # a foreign key
    if len(path) == 1:
        return f"{name}.{column} {end}"
    below = f"{name}x"
    rest = _along(related, path[1:], end, below)  # type: ignore[arg-type]  # as above
    table, pk = related._meta.db_table, _pk(related)  # type: ignore[union-attr,arg-type]  # as above
    return f"{name}.{column} IN (SELECT {below}.{pk} FROM {table} {below} WHERE {rest})"  # noqa: S608  # names of our own


def blanks(model: type[models.Model], fate: Destroyed) -> str:
    """Write what empties a row: every text that people typed, and what else the list says."""
    sets = dict(fate.sets)
    for column in model._meta.concrete_fields:
        name = str(column.column)
        if name in sets or column.name in fate.keeps or column.primary_key or column.choices:
            continue
        if column.name in ("reference", "key"):
            continue
        if isinstance(column, models.JSONField):
            sets[name] = "'[]'" if column.default is list else "'{}'"
        elif isinstance(column, models.TextField):
            sets[name] = f"CASE WHEN {name} = '' THEN '' ELSE '{EMPTIED}' END"
        elif isinstance(column, models.CharField):
            said = EMPTIED[: column.max_length]
            sets[name] = f"CASE WHEN {name} = '' THEN '' ELSE '{said}' END"
    return ", ".join(f"{name} = {value}" for name, value in sets.items())


def _pieces() -> str:
    """Write which table each kind of piece of a request for a record is of (sharing.subject_access)."""
    known = {kind.name: kind.model._meta.db_table for kind in (*OF_AN_EXCHANGE, *OF_A_CONCERN)}
    named = {**known, **PIECES}
    return ", ".join(f"('{name}', '{table}')" for name, table in named.items())


def _kinds() -> str:
    rows = []
    for model, fate in destroyed():
        label = str(model._meta.verbose_name_plural).replace("'", "''")
        emptying = blanks(model, fate).replace("'", "''")
        remains = leaves.remains(model, "x").replace("'", "''") if leaves.triggers_of(model) else ""
        names = f"'{model._meta.db_table}', '{_pk(model)}', '{label}'"
        rows.append(f"({names}, '{emptying}', {fate.always_stays}, '{remains}')")
    return ",\n        ".join(rows)


def _list(*scopes: Scope, but: tuple[Scope, ...] = ()) -> str:
    """Write what lists the doomed rows of some scopes, or of all others."""
    lines = []
    for model, fate in destroyed():
        if (fate.scope in scopes) if scopes else fate.scope not in but:
            table = model._meta.db_table
            lines.append(
                f"    INSERT INTO doomed SELECT '{table}', t.{_pk(model)}::text FROM {table} t"  # noqa: S608  # names of our own
                f" WHERE {_where(model, fate)} ON CONFLICT DO NOTHING;"
            )
    return "\n".join(lines)


STILL_NEEDED = """
CREATE OR REPLACE FUNCTION records_still_needed(parent regclass, ids text[], but text[]) RETURNS text[]
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    fk record;
    these text[];
    needed text[] := '{}';
BEGIN
    FOR fk IN SELECT * FROM records_references(parent) LOOP
        CONTINUE WHEN fk.child = ANY(but);
        EXECUTE format(
            'SELECT array_agg(DISTINCT x.%I::text) FROM %I x WHERE x.%I = ANY($1::%s[])'
            ' AND NOT EXISTS (SELECT 1 FROM doomed d WHERE d.tbl = %L AND d.id = x.%I::text)',
            fk.col, fk.child, fk.col, fk.type, fk.child, fk.pk) INTO these USING ids;
        needed := needed || coalesce(these, '{}');
    END LOOP;
    RETURN needed;
END $$;
"""
REFERENCES = """
CREATE OR REPLACE FUNCTION records_references(parent regclass)
RETURNS TABLE (child text, col text, type text, pk text)
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT k.relname::text, a.attname::text, format_type(a.atttypid, NULL), p.attname::text
    FROM pg_constraint f
    JOIN pg_class k ON k.oid = f.conrelid
    JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = f.conkey[1]
    JOIN pg_index i ON i.indrelid = f.conrelid AND i.indisprimary
    JOIN pg_attribute p ON p.attrelid = f.conrelid AND p.attnum = i.indkey[0]
    WHERE f.contype = 'f' AND f.confrelid = parent
$$;
"""
CHECKS = """
    SELECT * INTO d FROM records_disposal WHERE id = wanted FOR UPDATE;
    IF NOT FOUND THEN RAISE EXCEPTION 'no such disposal'; END IF;
    SELECT * INTO c FROM records_concern WHERE id = d.concern_id FOR UPDATE;
    PERFORM 1 FROM records_person p WHERE p.id IN (
        SELECT s.person_id FROM records_subject s WHERE s.concern_id = c.id) ORDER BY p.id FOR UPDATE;
    IF d.carried_out_at IS NOT NULL THEN RAISE EXCEPTION 'this has been disposed of already'; END IF;
    IF d.stopped_at IS NOT NULL THEN RAISE EXCEPTION 'this disposal was stopped'; END IF;
    IF d.approved_by_id IS NULL OR d.approved_by_id = d.proposed_by_id OR (
        SELECT count(DISTINCT m.user_id) FROM agencies_membership m
        WHERE m.id IN (d.proposed_by_id, d.approved_by_id) AND m.agency_id = d.agency_id) <> 2 THEN
        RAISE EXCEPTION 'a disposal needs two people';
    END IF;
    IF d.due_at IS NULL OR d.due_at > clock_timestamp() THEN
        RAISE EXCEPTION 'a disposal waits until its time';
    END IF;
    IF EXISTS (SELECT 1 FROM records_legalhold h WHERE h.ended_at IS NULL AND h.agency_id = d.agency_id
               AND (h.concern_id = c.id OR h.person_id IN (
                   SELECT s.person_id FROM records_subject s WHERE s.concern_id = c.id))) THEN
        RAISE EXCEPTION 'a legal hold beats every disposal';
    END IF;
    IF EXISTS (SELECT 1 FROM sharing_accessrequest q JOIN records_subject s ON s.person_id = q.person_id
               WHERE s.concern_id = c.id AND q.agency_id = d.agency_id AND q.closed_at IS NULL) THEN
        RAISE EXCEPTION 'somebody has asked for their record';
    END IF;
    IF EXISTS (SELECT 1 FROM sharing_cycle y WHERE y.concern_id = c.id AND y.ended_at IS NULL)
       OR (c.logged_at IS NULL AND c.discarded_at IS NULL)
       OR (c.logged_at IS NOT NULL AND NOT EXISTS (
           SELECT 1 FROM sharing_cycle y WHERE y.concern_id = c.id) AND c.disposed_at IS NULL) THEN
        RAISE EXCEPTION 'a concern that is open is not disposed of';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM records_holding h WHERE h.concern_id = c.id AND h.agency_id = d.agency_id
                   AND h.disposed_at IS NULL) THEN
        RAISE EXCEPTION 'this agency holds nothing of it';
    END IF;
"""
# Who still holds each thing that passed between people. Somebody outside keeps nothing here.
HOLDERS = """
    gone := ARRAY(SELECT h.agency_id FROM records_holding h
                  WHERE h.concern_id = c.id AND h.disposed_at IS NOT NULL) || d.agency_id;
    owner_gone := c.agency_id = ANY(gone);
    stays_with := ARRAY(SELECT m.id FROM agencies_membership m JOIN agencies_agency a ON a.id = m.agency_id
                        WHERE a.kept_by_id IS NULL AND NOT a.id = ANY(gone)
                          AND m.id IN (SELECT * FROM records_parties(c.id)));
    gone_exchanges := ARRAY(
        SELECT e.id FROM sharing_exchange e JOIN sharing_cycle y ON y.id = e.cycle_id
        WHERE y.concern_id = c.id AND NOT (
            e.speaker_id = ANY(stays_with) OR coalesce(e.first_speaker_id = ANY(stays_with), false)
            OR ((e.listener_id = ANY(stays_with) OR coalesce(e.first_listener_id = ANY(stays_with), false))
                AND e.sent_at IS NOT NULL AND e.withdrawn_at IS NULL AND e.not_mine_at IS NULL)));
    kept_for_others := (
        SELECT count(*) FROM sharing_exchange e JOIN sharing_cycle y ON y.id = e.cycle_id
        WHERE y.concern_id = c.id AND NOT e.id = ANY(gone_exchanges) AND EXISTS (
            SELECT 1 FROM agencies_membership m WHERE m.agency_id = d.agency_id
              AND m.id IN (e.speaker_id, e.listener_id, e.first_speaker_id, e.first_listener_id)));
    gone_enquiries := ARRAY(
        SELECT q.id FROM sharing_enquiry q JOIN sharing_cycle y ON y.id = q.cycle_id
        WHERE y.concern_id = c.id
          AND NOT (q.asked_by_id = ANY(stays_with) OR q.asked_of_id = ANY(stays_with)));
    gone_meetings := ARRAY(
        SELECT g.id FROM sharing_meeting g JOIN sharing_cycle y ON y.id = g.cycle_id
        WHERE y.concern_id = c.id AND owner_gone AND NOT EXISTS (
            SELECT 1 FROM sharing_meetingmember p WHERE p.meeting_id = g.id AND p.taken_back_at IS NULL
              AND p.member_id = ANY(stays_with)));
    gone_transfers := ARRAY(
        SELECT x.id FROM sharing_transfer x
        WHERE x.concern_id = c.id AND x.from_agency_id = ANY(gone)
          AND (x.to_agency_id = ANY(gone) OR x.withdrawn_at IS NOT NULL));
"""
PARTIES = """
CREATE OR REPLACE FUNCTION records_parties(concern bigint) RETURNS SETOF uuid
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT k.owner_id FROM records_concern k WHERE k.id = concern
    UNION SELECT unnest(ARRAY[e.speaker_id, e.listener_id, e.first_speaker_id, e.first_listener_id])
        FROM sharing_exchange e JOIN sharing_cycle y ON y.id = e.cycle_id WHERE y.concern_id = concern
    UNION SELECT unnest(ARRAY[q.asked_by_id, q.asked_of_id])
        FROM sharing_enquiry q JOIN sharing_cycle y ON y.id = q.cycle_id WHERE y.concern_id = concern
    UNION SELECT p.member_id FROM sharing_meetingmember p JOIN sharing_meeting g ON g.id = p.meeting_id
        JOIN sharing_cycle y ON y.id = g.cycle_id WHERE y.concern_id = concern
$$;
"""
# Somebody goes only when no other record needs them, nor anybody in another record who is related to them.
PEOPLE = """
    IF owner_gone THEN
        candidates := ARRAY(
            SELECT s.person_id FROM records_subject s WHERE s.concern_id = c.id
            UNION SELECT s.about_id FROM records_statement s
                WHERE s.concern_id = c.id AND s.about_id IS NOT NULL
            UNION SELECT v.person_id FROM consent_view v WHERE v.concern_id = c.id);
        candidates := ARRAY(
            SELECT unnest(candidates)
            UNION SELECT r.related_id FROM records_relationship r WHERE r.person_id = ANY(candidates)
            UNION SELECT r.person_id FROM records_relationship r WHERE r.related_id = ANY(candidates));
        PERFORM 1 FROM records_person p WHERE p.id = ANY(candidates) ORDER BY p.id FOR UPDATE;
        needed := records_still_needed('records_person', candidates::text[], ARRAY[{follow}])::bigint[];
        needed := needed || ARRAY(SELECT h.person_id FROM records_legalhold h
                                  WHERE h.person_id = ANY(candidates) AND h.ended_at IS NULL
                                  UNION SELECT q.person_id FROM sharing_accessrequest q
                                  WHERE q.person_id = ANY(candidates) AND q.closed_at IS NULL);
        gone_people := ARRAY(SELECT p FROM unnest(candidates) p WHERE NOT p = ANY(needed));
        gone_people := ARRAY(
            SELECT p FROM unnest(gone_people) p WHERE NOT EXISTS (
                SELECT 1 FROM records_relationship r WHERE r.ended_at IS NULL
                  AND ((r.person_id = p AND NOT r.related_id = ANY(gone_people))
                       OR (r.related_id = p AND NOT r.person_id = ANY(gone_people)))));
    END IF;
"""
FILES = """
    FOR k IN SELECT * FROM records_references('agencies_storedfile') LOOP
        CONTINUE WHEN k.child = 'agencies_filechunk';
        EXECUTE format('SELECT array_agg(DISTINCT x.%I::text) FROM %I x JOIN doomed d ON d.tbl = %L'
                       ' AND d.id = x.%I::text WHERE x.%I IS NOT NULL',
                       k.col, k.child, k.child, k.pk, k.col) INTO these;
        files := files || coalesce(these, '{}');
    END LOOP;
    these := records_still_needed('agencies_storedfile', files, ARRAY['agencies_filechunk']);
    gone_files := ARRAY(SELECT f::uuid FROM unnest(files) f WHERE NOT f = ANY(these));
"""
# What something that is not doomed refers to stays, and so does what that refers to, until nothing is added.
WHAT_STAYS = """
    UPDATE doomed SET stays = true FROM kinds k WHERE k.tbl = doomed.tbl AND k.always;
    LOOP
        changed := 0;
        FOR fk IN SELECT q.tbl AS parent, x.* FROM (SELECT DISTINCT tbl FROM doomed) q,
                  records_references(q.tbl::regclass) x LOOP
            EXECUTE format(
                'UPDATE doomed p SET stays = true FROM %I x WHERE p.tbl = %L AND NOT p.stays'
                ' AND p.id = x.%I::text AND x.%I = ANY(ARRAY(SELECT o.id::%s FROM doomed o'
                ' WHERE o.tbl = %L AND NOT o.stays))'
                ' AND NOT EXISTS (SELECT 1 FROM doomed y WHERE y.tbl = %L AND y.id = x.%I::text'
                ' AND NOT y.stays)',
                fk.child, fk.parent, fk.col, fk.col, fk.type, fk.parent, fk.child, fk.pk);
            GET DIAGNOSTICS many = ROW_COUNT;
            changed := changed + many;
        END LOOP;
        EXIT WHEN changed = 0;
    END LOOP;
"""
DESTROY = """
    FOR k IN SELECT * FROM kinds WHERE EXISTS (SELECT 1 FROM doomed x WHERE x.tbl = kinds.tbl)
             ORDER BY tbl COLLATE "C" LOOP
        EXECUTE format(
            'SELECT count(*), string_agg(encode(sha256(convert_to(x::text, ''UTF8'')), ''hex''), '''''
            ' ORDER BY x.%I::text COLLATE "C") FROM %I x JOIN doomed d ON d.tbl = %L AND d.id = x.%I::text',
            k.pk, k.tbl, k.tbl, k.pk) INTO many, hashes;
        counts := counts || jsonb_build_object(k.label, many + coalesce((counts ->> k.label)::int, 0));
        digest := sha256(digest || convert_to(k.tbl || ':' || hashes, 'UTF8'));
    END LOOP;
    -- The leaves stay. With a tombstone for each row the seals still fit (audit.operations.tombstones).
    INSERT INTO audit_tombstone (table_name, row_id, what, remains, concern, authority, why, by_id, by, at)
        SELECT x.tbl, x.id::bigint, 'GONE', NULL, c.reference, d.reference, 'RETENTION', NULL, 'Check Back',
               now_is
        FROM doomed x JOIN kinds w ON w.tbl = x.tbl AND w.remains <> '' WHERE NOT x.stays
        ON CONFLICT DO NOTHING;
    PERFORM set_config('pgtrigger.ignore', (
        SELECT coalesce(array_agg(t.tgname)::text, '{}') FROM pg_trigger t
        JOIN kinds k ON t.tgrelid = k.tbl::regclass
        WHERE NOT t.tgisinternal AND NOT k.tbl = ANY(ARRAY[{fire}])), true);
    FOR k IN SELECT * FROM kinds WHERE EXISTS (SELECT 1 FROM doomed x WHERE x.tbl = kinds.tbl) LOOP
        EXECUTE format('DELETE FROM %I x USING doomed d WHERE d.tbl = %L AND NOT d.stays'
                       ' AND d.id = x.%I::text', k.tbl, k.tbl, k.pk);
        IF k.blanks <> '' THEN
            EXECUTE format('UPDATE %I x SET %s FROM doomed d WHERE d.tbl = %L AND d.stays'
                           ' AND d.id = x.%I::text', k.tbl, k.blanks, k.tbl, k.pk);
        END IF;
        IF k.remains <> '' THEN
            EXECUTE format(
                'INSERT INTO audit_tombstone'
                ' (table_name, row_id, what, remains, concern, authority, why, by_id, by, at)'
                ' SELECT %L, x.id, ''EMPTIED'', %s, $1, $2, ''RETENTION'', NULL, ''Check Back'', $3'
                ' FROM %I x JOIN doomed d ON d.tbl = %L AND d.stays AND d.id = x.id::text'
                ' ON CONFLICT DO NOTHING',
                k.tbl, k.remains, k.tbl, k.tbl) USING c.reference, d.reference, now_is;
        END IF;
    END LOOP;
    UPDATE records_person SET disposed_at = now_is WHERE id = ANY(gone_people);
    UPDATE records_concern SET disposed_at = now_is WHERE id = c.id AND d.agency_id = c.agency_id;
    UPDATE records_holding SET disposed_at = now_is, event_on = NULL, died_on = NULL, version = version + 1
        WHERE concern_id = c.id AND agency_id = d.agency_id;
    UPDATE records_disposal SET carried_out_at = now_is WHERE id = d.id;
    INSERT INTO records_certificate
        (disposal_id, agency_id, class_was, source, destroyed, kept_for_others, digest, at)
        VALUES (d.id, d.agency_id, class_was, coalesce((SELECT r.source FROM records_retentionclass r
                WHERE r.id = d.retention_class_id), ''), counts, kept_for_others, encode(digest, 'hex'),
                now_is);
    PERFORM set_config('pgtrigger.ignore', '{}', true);
    DROP TABLE doomed;
    DROP TABLE kinds;
"""


def function() -> str:
    """Write the function `records_dispose` from the list of tables."""
    # Names of our own tables and columns only: nothing in it comes from outside.
    follow = ", ".join(f"'{name}'" for name in FOLLOW_A_PERSON)
    fire = ", ".join(f"'{name}'" for name in FIRE)
    late = (Scope.PERSON, Scope.FILE)
    return f"""
CREATE OR REPLACE FUNCTION records_dispose(wanted bigint, class_was text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    d records_disposal;
    c records_concern;
    k record;
    fk record;
    now_is timestamptz := clock_timestamp();
    owner_gone boolean;
    gone bigint[];
    stays_with uuid[];
    gone_exchanges bigint[];
    gone_enquiries bigint[];
    gone_meetings bigint[];
    gone_transfers bigint[];
    gone_people bigint[] := '{{}}';
    gone_files uuid[] := '{{}}';
    candidates bigint[];
    needed bigint[];
    files text[] := '{{}}';
    these text[];
    kept_for_others bigint;
    changed bigint;
    many bigint;
    hashes text;
    digest bytea := '';
    counts jsonb := '{{}}';
BEGIN
    PERFORM set_config('pgtrigger.ignore', '{{}}', true);
{CHECKS}{HOLDERS}
    CREATE TEMP TABLE doomed (tbl text, id text, stays boolean DEFAULT false, PRIMARY KEY (tbl, id));
    CREATE TEMP TABLE kinds (tbl text, pk text, label text, blanks text, always boolean, remains text);
    INSERT INTO kinds VALUES
        {_kinds()};
{_list(but=late)}
{PEOPLE.replace("{follow}", follow)}
{_list(Scope.PERSON, Scope.ROWS)}
{FILES}
{_list(Scope.FILE)}
{WHAT_STAYS}{DESTROY.replace("{fire}", fire)}
END $$;
"""  # noqa: S608  # names of our own


RIGHTS = """
REVOKE ALL ON FUNCTION records_still_needed(regclass, text[], text[]) FROM PUBLIC;
"""


def statements() -> str:
    """Write everything that disposal needs in the database."""
    return REFERENCES + STILL_NEEDED + PARTIES + function() + RIGHTS


class WriteDisposal(RunSQL):
    """The operation of a migration: write the function again, from the list as it stands."""

    def __init__(self) -> None:
        super().__init__(sql="SELECT 1", reverse_sql=RunSQL.noop)

    def deconstruct(self):  # type: ignore[no-untyped-def]  # Django's own has no types
        return self.__class__.__qualname__, [], {}

    def database_forwards(  # type: ignore[no-untyped-def]
        self, app_label, schema_editor, from_state, to_state
    ):
        # psycopg would read % in it as a parameter.
        schema_editor.execute(statements(), params=None)
