"""The numbers of organisations in public registers, by org-id scheme: their form and where each can be looked up.

Pure: takes and gives plain text.
"""

import re
from typing import NamedTuple


class Register(NamedTuple):
    """How one register's numbers look once normalised, and a number's page there."""

    form: str
    page: str


REGISTERS = {
    "GB-CHC": Register(
        r"^[1-9][0-9]{5,6}(-[1-9][0-9]*)?$",
        "https://register-of-charities.charitycommission.gov.uk/charity-details/?regid={number}&subid={subsidiary}",
    ),
    "GB-SC": Register(
        r"^SC[0-9]{6}$",
        "https://www.oscr.org.uk/about-charities/search-the-register/charity-details?number={number}",
    ),
    "GB-NIC": Register(
        r"^[1-9][0-9]{5}$",
        "https://www.charitycommissionni.org.uk/charity-details/?regId={number}&subId={subsidiary}",
    ),
    "GB-COH": Register(
        r"^([0-9]{8}|[A-Z]{2}[0-9]{6}|R[0-9]{7}|[A-Z]{2}[0-9]{5}R)$",
        "https://find-and-update.company-information.service.gov.uk/company/{number}",
    ),
}


def normalised(scheme: str, value: str) -> str:
    """The number as its register writes it. Raise ValueError if it can't be one."""
    register = REGISTERS[scheme]
    text = re.sub(r"[\s./]", "", value).upper().removeprefix(f"{scheme}-")
    match scheme:
        case "GB-SC" if text.isdigit():
            text = f"SC{text.zfill(6)}"
        case "GB-NIC":
            text = text.removeprefix("NIC")
        case "GB-COH" if text.isdigit():
            text = text.zfill(8)
        case "GB-COH" if re.fullmatch(r"[A-Z]{2}[0-9]{1,5}", text):
            text = text[:2] + text[2:].zfill(6)
    if not re.fullmatch(register.form, text, re.ASCII):
        raise ValueError(f"No number of {scheme}")
    return text


def page_of(scheme: str, value: str) -> str:
    """Where the register shows the organisation of a normalised number."""
    number, _, subsidiary = value.partition("-")
    return REGISTERS[scheme].page.format(number=number, subsidiary=subsidiary or 0)
