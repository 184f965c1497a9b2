"""No role ends, and no account is closed, while somebody's open work has no successor named.

Here and not on the models, because agencies know nothing of what their people share.
"""

from django.db import migrations

from sharing.retention.sql import WriteDisposal

OPEN_WITHOUT_SUCCESSOR = """
CREATE FUNCTION sharing_open_without_successor(leaver uuid) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    RETURN EXISTS (
        SELECT 1 FROM sharing_obligation o
        WHERE o.settled_at IS NULL AND (o.owner_id = leaver OR o.other_id = leaver)
          AND NOT EXISTS (SELECT 1 FROM sharing_handover h
                          WHERE h.leaver_id = leaver AND h.concern_id = o.concern_id
                            AND h.taken_over_at IS NULL AND h.ended_at IS NULL)
    ) OR EXISTS (
        SELECT 1 FROM records_concern c
        WHERE c.owner_id = leaver AND c.discarded_at IS NULL
          AND COALESCE((SELECT y.stage FROM sharing_cycle y WHERE y.concern_id = c.id
                        ORDER BY y.number DESC LIMIT 1), '') <> 'CLOSED'
          AND NOT EXISTS (SELECT 1 FROM sharing_handover h
                          WHERE h.leaver_id = leaver AND h.concern_id = c.id
                            AND h.taken_over_at IS NULL AND h.ended_at IS NULL)
    );
END $$;

CREATE FUNCTION sharing_role_ends() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF sharing_open_without_successor(NEW.id) THEN
        RAISE EXCEPTION 'a role ends only when all its open work has a successor';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER role_ends_without_open_work BEFORE UPDATE OF ended_at ON agencies_membership
    FOR EACH ROW WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL)
    EXECUTE FUNCTION sharing_role_ends();

CREATE FUNCTION sharing_account_closes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM agencies_membership m WHERE m.user_id = NEW.id AND m.ended_at IS NULL
                 AND sharing_open_without_successor(m.id)) THEN
        RAISE EXCEPTION 'an account closes only when all its open work has a successor';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER account_closes_without_open_work BEFORE UPDATE OF is_active ON agencies_user
    FOR EACH ROW WHEN (OLD.is_active AND NOT NEW.is_active)
    EXECUTE FUNCTION sharing_account_closes();
"""
AWAY = """
DROP TRIGGER account_closes_without_open_work ON agencies_user;
DROP FUNCTION sharing_account_closes();
DROP TRIGGER role_ends_without_open_work ON agencies_membership;
DROP FUNCTION sharing_role_ends();
DROP FUNCTION sharing_open_without_successor(uuid);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0001_initial"),
        ("audit", "0001_initial"),
        ("consent", "0002_lawful_bases"),
        ("records", "0001_initial"),
        ("sharing", "0001_initial"),
    ]
    operations = [migrations.RunSQL(OPEN_WITHOUT_SUCCESSOR, AWAY), WriteDisposal()]
