"""The lawful bases, conditions and grounds that the pages offer in England, as reference data.

Short descriptions in our own words, not the text of the law. `checked_on` is the day on which somebody
compared a row with the published text; most rows rest on general knowledge and have none yet, and the
pages say so. Schedule 1 paragraph 19 (economic well-being) is left out on purpose: it is for health
data alone, and offering it for anything else would invite a wrong choice.
"""

from datetime import date

from django.db import migrations

GDPR = "https://www.legislation.gov.uk/eur/2016/679/article/"
DPA = "https://www.legislation.gov.uk/ukpga/2018/12/"
DUA = "https://www.legislation.gov.uk/ukpga/2025/18/schedule/4"
CONFIDENCE = (
    "https://ico.org.uk/for-organisations/uk-gdpr-guidance-and-resources/data-sharing/"
)

SINCE_2018 = date(2018, 5, 25)
SINCE_2026 = date(2026, 2, 5)
CHECKED = date(2026, 11, 22)
HEALTH_OR_SOCIAL_CARE = ["CHILDREN", "ADULTS", "HEALTH", "GP"]

ROWS = [
    # --- Article 6: why we may use the information at all ---------------------------------------
    {
        "kind": "ARTICLE_6",
        "code": "6(1)(ea)",
        "order": 10,
        "title": "Recognised legitimate interest: safeguarding (Article 6(1)(ea))",
        "help": "For charities, clubs, private providers and independent schools: sharing is necessary to "
        "safeguard a child, or an adult at risk. There is no balancing test, but it must still be necessary. "
        "Not open to public authorities for their own tasks.",
        "public_authority": False,
        "effective_from": SINCE_2026,
        "source_url": DUA,
        "checked_on": CHECKED,
    },
    {
        "kind": "ARTICLE_6",
        "code": "6(1)(e)",
        "order": 20,
        "title": "Public task (Article 6(1)(e))",
        "help": "The usual choice for councils, police, the NHS and state schools: safeguarding is part of the "
        "job the law gives you. Others use it only where the law gives them such a job.",
        "source_url": GDPR + "6",
    },
    {
        "kind": "ARTICLE_6",
        "code": "6(1)(c)",
        "order": 30,
        "title": "Legal obligation (Article 6(1)(c))",
        "help": "Only where a law says that you must share, such as the duty to help with child protection "
        "enquiries (section 47(9), Children Act 1989). Name the law in your reasons. The new duty in section 4 of "
        "the Children’s Wellbeing and Schools Act 2026 counts only once it has been brought into force.",
        "source_url": GDPR + "6",
    },
    {
        "kind": "ARTICLE_6",
        "code": "6(1)(d)",
        "order": 40,
        "title": "Vital interests (Article 6(1)(d))",
        "help": "An emergency: sharing is necessary because somebody’s life is at risk.",
        "source_url": GDPR + "6",
    },
    {
        "kind": "ARTICLE_6",
        "code": "6(1)(f)",
        "order": 50,
        "title": "Legitimate interests (Article 6(1)(f))",
        "help": "For organisations that are not public authorities, where recognised legitimate interest does not "
        "fit. Your reasons must weigh the need to share against the person’s own interests and rights.",
        "public_authority": False,
        "source_url": GDPR + "6",
    },
    {
        "kind": "ARTICLE_6",
        "code": "6(1)(a)",
        "order": 60,
        "title": "Consent (Article 6(1)(a))",
        "help": "Rarely the right basis in safeguarding: the person must be free to say no and to take it back, and "
        "you would then have to stop. If you would share anyway, choose another basis. You can still respect their "
        "wishes.",
        "source_url": GDPR + "6",
    },
    {
        "kind": "ARTICLE_6",
        "code": "PART_3",
        "order": 15,
        "title": "Law enforcement (Data Protection Act 2018, Part 3)",
        "help": "For police using information to prevent, investigate or prosecute crime. This is outside the UK "
        "GDPR, so no Article 9 condition is chosen. For safeguarding that is not law enforcement, choose public task.",
        "agency_kinds": ["POLICE"],
        "source_url": DPA + "part/3",
    },
    # --- Article 9: when it is about health, ethnicity, religion, sex life and so on -----------
    {
        "kind": "ARTICLE_9",
        "code": "9(2)(g)",
        "order": 10,
        "title": "Substantial public interest: safeguarding (Article 9(2)(g))",
        "help": "The usual choice when you share without consent to protect a child, or an adult at risk. You "
        "then give one of the three reasons in Schedule 1, paragraph 18.",
        "asks_paragraph_18": True,
        "source_url": DPA + "schedule/1/paragraph/18",
    },
    {
        "kind": "ARTICLE_9",
        "code": "9(2)(h)",
        "order": 20,
        "title": "Health or social care (Article 9(2)(h))",
        "help": "For health and social care services, where people bound by confidentiality share in order to give "
        "or manage care (Schedule 1, paragraph 2).",
        "agency_kinds": HEALTH_OR_SOCIAL_CARE,
        "source_url": DPA + "schedule/1/paragraph/2",
    },
    {
        "kind": "ARTICLE_9",
        "code": "9(2)(b)",
        "order": 30,
        "title": "Employment, social security and social protection law (Article 9(2)(b))",
        "help": "Where a duty or power in social protection law makes it necessary (Schedule 1, paragraph 1). Name "
        "the law in your reasons.",
        "source_url": DPA + "schedule/1/paragraph/1",
    },
    {
        "kind": "ARTICLE_9",
        "code": "9(2)(c)",
        "order": 40,
        "title": "Vital interests (Article 9(2)(c))",
        "help": "Somebody’s life is at risk, and the person this is about cannot give consent.",
        "source_url": GDPR + "9",
    },
    {
        "kind": "ARTICLE_9",
        "code": "9(2)(a)",
        "order": 50,
        "title": "Explicit consent (Article 9(2)(a))",
        "help": "Rarely right in safeguarding. The person must have agreed clearly to this sharing, and can take it "
        "back.",
        "source_url": GDPR + "9",
    },
    # --- Schedule 1, paragraph 18: why it is done without consent ------------------------------
    {
        "kind": "PARAGRAPH_18",
        "code": "18(a)",
        "order": 10,
        "title": "Consent cannot be given",
        "help": "In the circumstances nobody can give it: the person is too young, lacks capacity, or is unconscious.",
        "source_url": DPA + "schedule/1/paragraph/18",
    },
    {
        "kind": "PARAGRAPH_18",
        "code": "18(b)",
        "order": 20,
        "title": "We cannot reasonably be expected to obtain consent",
        "help": "For example, the person cannot be reached in the time there is.",
        "source_url": DPA + "schedule/1/paragraph/18",
    },
    {
        "kind": "PARAGRAPH_18",
        "code": "18(c)",
        "order": 30,
        "title": "Asking for consent would put the protection at risk",
        "help": "For example, asking would warn the person who may be causing the harm, or put pressure on the child "
        "or adult.",
        "source_url": DPA + "schedule/1/paragraph/18",
    },
    # --- The common-law duty of confidence, which is separate from data protection --------------
    {
        "kind": "CONFIDENTIALITY",
        "code": "CONSENT",
        "order": 10,
        "title": "They agreed that it may be passed on",
        "help": "Consent under confidentiality is not the same as consent as a data protection basis.",
        "source_url": CONFIDENCE,
    },
    {
        "kind": "CONFIDENTIALITY",
        "code": "PUBLIC_INTEREST",
        "order": 20,
        "title": "The public interest in protecting someone outweighs the confidence",
        "help": "The harm that sharing may prevent is more serious than the harm of breaking the confidence.",
        "source_url": CONFIDENCE,
    },
    {
        "kind": "CONFIDENTIALITY",
        "code": "STATUTE",
        "order": 30,
        "title": "A law requires or permits it",
        "help": "Name the law in your reasons.",
        "source_url": CONFIDENCE,
    },
]


def add_rows(apps, schema_editor):
    basis = apps.get_model("consent", "Basis")
    for row in ROWS:
        basis.objects.create(nation="ENG", **{"effective_from": SINCE_2018, **row})


class Migration(migrations.Migration):
    dependencies = [("consent", "0001_initial")]

    # Rows on which decisions may rest are never taken away, so there is no way back.
    operations = [
        migrations.RunPython(add_rows, migrations.RunPython.noop, elidable=False)
    ]
