"""Numbers by which registers know a person or thing. None of them proves who somebody is.

Spaces, hyphens and lower case are accepted and removed, so that one thing has one spelling.
"""

import re
from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

_SEPARATORS = str.maketrans("", "", " -")

# HMRC NIM39110: D F I Q U V never, O not second, seven prefixes unused. QQ 12 34 56 C, the documented example, is not real.
_NINO = re.compile(r"(?!BG|GB|KN|NK|NT|TN|ZZ)[ABCEGHJ-PRSTW-Z][ABCEGHJ-NPRSTW-Z][0-9]{6}[A-D]")
_TEN_DIGITS = re.compile(r"[0-9]{10}")


def is_nino(compact: str) -> bool:
    """Whether `compact` (upper case, no spaces) can be a National Insurance number."""
    return _NINO.fullmatch(compact) is not None


def is_nhs_number(compact: str) -> bool:
    """Whether ten digits pass modulus 11 (NHS Data Dictionary: weights 10…2; 11 counts as 0, 10 is never issued)."""
    if not _TEN_DIGITS.fullmatch(compact):
        return False
    digits = [int(digit) for digit in compact]
    return sum(digit * weight for digit, weight in zip(digits, range(10, 0, -1), strict=True)) % 11 == 0


def _compact(kind: str, fault: str, accepted: str, holds: Callable[[str], object]) -> AfterValidator:
    def check(text: str) -> str:
        compact = text.translate(_SEPARATORS).upper()
        if not holds(compact):
            raise PydanticCustomError("identifier", "{fault}", {"fault": fault, "accepted": accepted, "identifier": kind})
        return compact

    return AfterValidator(check)


def _matches(expression: str) -> Callable[[str], object]:
    return re.compile(expression).fullmatch


_Written = Annotated[str, Field(min_length=1, max_length=40)]

Nino = Annotated[
    _Written,
    _compact("nino", "is not a National Insurance number", "two letters, six figures and A to D, such as AB 12 34 56 C", is_nino),
]
NhsNumber = Annotated[
    _Written, _compact("nhsNumber", "is not an NHS number", "ten figures whose last is the check digit (modulus 11)", is_nhs_number)
]
# The CHI's check digit is made as the NHS number's (Public Health Scotland, CHI number format).
Chi = Annotated[_Written, _compact("chi", "is not a CHI number", "ten figures whose last is the check digit (modulus 11)", is_nhs_number)]
PassportNumber = Annotated[_Written, _compact("passport", "is not a passport number", "nine figures", _matches(r"[0-9]{9}"))]
DrivingLicence = Annotated[
    _Written, _compact("licence", "is not a driving licence number", "sixteen letters and figures", _matches(r"[A-Z0-9]{16}"))
]
VehicleMark = Annotated[
    _Written, _compact("vehicle", "is not a registration mark", "two to seven letters and figures", _matches(r"[A-Z0-9]{2,7}"))
]
Uprn = Annotated[_Written, _compact("uprn", "is not a UPRN", "up to twelve figures", _matches(r"[0-9]{1,12}"))]
