"""NHS numbers and unique pupil numbers: tidied, checked, and explained where they are wrong."""

from stdnum.exceptions import ValidationError
from stdnum.gb import nhs, upn


class NotAnIdentifier(ValueError):
    """A number cannot be right. The message says why in plain words."""


def nhs_number(value: str) -> str:
    """Return the ten digits. Raises NotAnIdentifier.

    Source: NHS Data Dictionary, NHS number: ten digits, the last one a modulus 11 check digit.
    """
    compact = nhs.compact(value.strip())
    if not (compact.isascii() and compact.isdigit() and len(compact) == 10):
        raise NotAnIdentifier(
            "An NHS number has 10 digits, like 943 476 5870. Check it against the letter or record"
        )
    if not nhs.is_valid(compact):
        raise NotAnIdentifier(
            "This is not a real NHS number: its last digit does not fit the others. Look for a mistyped digit"
        )
    return str(compact)


def pupil_number(value: str) -> str:
    """Return the unique pupil number in capitals. Raises NotAnIdentifier.

    Source: DfE, Unique pupil numbers: guide for schools; a check letter and 12 characters.
    """
    compact = upn.compact(value.strip())
    if len(compact) != 13:
        raise NotAnIdentifier(
            "A UPN has 13 characters, like B801200005001. Check it against the school’s register"
        )
    try:
        return str(upn.validate(compact))
    except ValidationError as error:
        raise NotAnIdentifier(
            "This is not a real UPN: its first letter does not fit the rest. Look for a mistyped character"
        ) from error
