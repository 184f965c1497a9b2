"""PostgreSQL's own rule about whose rows these are, for the migrations that put it on tables.

Each table gets one policy for everybody. Who may pass over it (the owner of the tables, the worker) is not
written in it by name but given by `grant_roles`, as a right on the table check_back_acts_for_all: so a backup
can be restored on a server whose roles have other names. docs/decisions/0029 says how it was chosen.
"""

from __future__ import annotations

from django.db.migrations import RunSQL

EVERY_ROW = "(SELECT check_back_sees_all())"
MY_AGENCY = "(SELECT check_back_agency())"
ME = "(SELECT check_back_member())"
MY_EXCHANGE = "(SELECT check_back_exchange())"
POLICY = "rows_of_whoever_asks"
CHEAP, DEAR = 100, 2000  # PostgreSQL's own guess at what a function costs, and ours

# Nothing set is an empty text or none at all: both answer NULL, and NULL is no row.
FUNCTIONS = """
    CREATE TABLE check_back_acts_for_all ();
    REVOKE ALL ON check_back_acts_for_all FROM PUBLIC;
    COMMENT ON TABLE check_back_acts_for_all IS
        'Empty. Whoever has REFERENCES on it passes over row security: see grant_roles.';

    CREATE FUNCTION check_back_agency() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
        RETURN nullif(current_setting('check_back.agency', true), '')::bigint;
    CREATE FUNCTION check_back_member() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
        RETURN nullif(current_setting('check_back.member', true), '')::uuid;
    CREATE FUNCTION check_back_exchange() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
        RETURN nullif(current_setting('check_back.exchange', true), '')::bigint;
    CREATE FUNCTION check_back_sees_all() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
        RETURN coalesce(current_setting('check_back.across', true), '') = 'on'
            OR has_table_privilege('public.check_back_acts_for_all', 'REFERENCES');
"""
PRICED = """
    DO $$ DECLARE asked regprocedure;
    BEGIN
        FOR asked IN
            SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'public'::regnamespace
            AND proname LIKE 'check\\_back\\_%' AND prosecdef AND prorettype = 'boolean'::regtype
        LOOP
            EXECUTE format('ALTER FUNCTION %s COST {cost}', asked);
        END LOOP;
    END $$;
"""
NO_FUNCTIONS = """
    DROP FUNCTION check_back_sees_all();
    DROP FUNCTION check_back_exchange();
    DROP FUNCTION check_back_member();
    DROP FUNCTION check_back_agency();
    DROP TABLE check_back_acts_for_all;
"""


def functions() -> RunSQL:
    """Make what every policy asks: who is asking, told in the transaction by agencies.scope."""
    return RunSQL(FUNCTIONS, NO_FUNCTIONS)


def asks(name: str, argument: str, condition: str, *, cost: int = CHEAP) -> RunSQL:
    """Make a function that answers whether a row that others hang on is within reach.

    It runs as the owner of the tables, past their policies: two tables may then ask about each other, and the
    plan is made once a session instead of once a statement. `condition` is of `$1`, a bigint. `cost` is what
    PostgreSQL takes it to cost, in additions: see `priced`.
    """
    signature = f"public.{name}(bigint)"
    return RunSQL(
        f"""
        CREATE FUNCTION {signature} RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
        COST {cost} SET search_path = pg_catalog, public, pg_temp AS $$
        DECLARE {argument} ALIAS FOR $1;
        BEGIN
            RETURN coalesce({condition}, false);
        END $$;
        """,
        f"DROP FUNCTION {signature};",
    )


def priced() -> RunSQL:
    """Tell PostgreSQL what it costs to ask the functions of `asks`: each reads two or three tables.

    It takes them for one addition otherwise, and asks them of every row of a table where an index would lead
    it to the one row that matters.
    """
    return RunSQL(PRICED.format(cost=DEAR), PRICED.format(cost=CHEAP))


def protect(table: str, condition: str) -> RunSQL:
    """Let whoever asks reach the rows of a table for which `condition` is true, its owner included."""
    return RunSQL(
        [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY {POLICY} ON {table} USING ({EVERY_ROW} OR {condition})",
        ],
        [
            f"DROP POLICY {POLICY} ON {table}",
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        ],
    )


def protect_anew(table: str, condition: str, *, before: str) -> RunSQL:
    """Change for which rows of a table `protect` lets whoever asks reach them; `before` is what it was."""
    changed = f"ALTER POLICY {POLICY} ON {table} USING ({EVERY_ROW} OR {{condition}})"
    return RunSQL(changed.format(condition=condition), changed.format(condition=before))
