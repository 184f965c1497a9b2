"""Who may do what kind of thing. Roles are code, so that they can be read; only membership is data."""

from enum import StrEnum


class Permission(StrEnum):
    """One kind of thing that a role allows, named as a person would say it."""

    LOG_CONCERNS = "log concerns and work on them"
    EXCHANGE = "ask, share, restate, check and agree actions"
    OVERSEE = "see every exchange of the agency, and proceed on safety grounds"
    ANSWER_ACCESS = "answer subject access requests"
    ARRANGE_COVER = "see who is away, and arrange cover for the agency"
    MANAGE_STAFF = "manage staff, roles, cover and contact points"
    READ_AUDIT = "read the audit and the access log of the agency"
    LEARN = "see how well exchanges are understood, without names"
    OVERSEE_PARTNERSHIP = "see what the partnership needs to know, without names"
    KEEP_WORDS = "keep the list of words that are explained to whoever writes"
    SET_TIME_LIMITS = "set the time limits of the partnership"
    DISPOSE = "decide how long records are kept, hold them and dispose of them"


class Role:
    """A named set of permissions. Subclasses are the whole access model.

    `at_the_office` is what it allows besides at the partnership's own office.
    """

    code: str
    display_name: str
    description: str
    permissions: frozenset[Permission]
    at_the_office: frozenset[Permission] = frozenset()


class Practitioner(Role):
    code = "practitioner"
    display_name = "Practitioner"
    description = "Logs concerns, shares, restates, checks back and agrees actions."
    permissions = frozenset({Permission.LOG_CONCERNS, Permission.EXCHANGE})


class Lead(Role):
    code = "lead"
    display_name = "Lead"
    description = "A practitioner who also oversees the agency's exchanges: a manager or designated lead."
    permissions = frozenset(
        {
            Permission.LOG_CONCERNS,
            Permission.EXCHANGE,
            Permission.OVERSEE,
            Permission.ANSWER_ACCESS,
            Permission.ARRANGE_COVER,
            Permission.LEARN,
            Permission.DISPOSE,
            Permission.KEEP_WORDS,
        }
    )


class Administrator(Role):
    code = "administrator"
    display_name = "Administrator"
    description = "Manages staff, cover and contact points. Sees no concern."
    permissions = frozenset({Permission.MANAGE_STAFF, Permission.ARRANGE_COVER, Permission.KEEP_WORDS})
    at_the_office = frozenset({Permission.SET_TIME_LIMITS})


class Auditor(Role):
    code = "auditor"
    display_name = "Auditor"
    description = "Reads the audit and the access log. Changes nothing."
    permissions = frozenset({Permission.READ_AUDIT})


class Coordinator(Role):
    code = "coordinator"
    display_name = "Partnership coordinator"
    description = "Looks after the partnership: agencies and time limits. Sees no concern."
    permissions = frozenset(
        {
            Permission.OVERSEE_PARTNERSHIP,
            Permission.SET_TIME_LIMITS,
            Permission.LEARN,
            Permission.KEEP_WORDS,
        }
    )


class Outside(Role):
    code = "outside"
    display_name = "Recipient without an account"
    description = "Says back, agrees and acts on what one link leads to. Signs in nowhere."
    permissions = frozenset({Permission.EXCHANGE})


ROLES: dict[str, type[Role]] = {
    role.code: role for role in (Practitioner, Lead, Administrator, Auditor, Coordinator, Outside)
}
CHOICES = [(role.code, role.display_name) for role in ROLES.values()]
