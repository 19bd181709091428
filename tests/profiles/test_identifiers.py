import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from profiles import domains, identifiers
from profiles.models import OrganisationIdentifier
from tests.factories import make_organisation

GOOD = [
    ("GB-CHC", "1130568", "1130568"),
    ("GB-CHC", " 213 890 ", "213890"),
    ("GB-CHC", "gb-chc-213890", "213890"),
    ("GB-CHC", "213890-1", "213890-1"),
    ("GB-SC", "sc 012345", "SC012345"),
    ("GB-SC", "12345", "SC012345"),
    ("GB-SC", "GB-SC-SC012345", "SC012345"),
    ("GB-NIC", "NIC100123", "100123"),
    ("GB-COH", "1234567", "01234567"),
    ("GB-COH", "sc123456", "SC123456"),
    ("GB-COH", "NI12345", "NI012345"),
    ("GB-COH", "ip12345r", "IP12345R"),
    ("GB-COH", "R0000123", "R0000123"),
]
BAD = [
    ("GB-CHC", "12345"),
    ("GB-CHC", "12345678"),
    ("GB-CHC", "0130568"),
    ("GB-CHC", "1130568-"),
    ("GB-CHC", "1130568-0"),
    ("GB-CHC", "１１３０５６８"),
    ("GB-CHC", "1130568<script>"),
    ("GB-SC", "SC1234567"),
    ("GB-NIC", "12345"),
    ("GB-COH", "123456789"),
    ("GB-COH", "ABC12345"),
    ("GB-COH", ""),
]


@pytest.mark.parametrize("scheme, typed, kept", GOOD)
def test_number_is_kept_as_its_register_writes_it(scheme, typed, kept):
    assert identifiers.normalised(scheme, typed) == kept


@pytest.mark.parametrize("scheme, typed", BAD)
def test_what_is_no_number_of_the_register_is_refused_in_words(scheme, typed):
    with pytest.raises(ValidationError, match="They have"):
        OrganisationIdentifier.normalised(scheme, typed)


@pytest.mark.parametrize("scheme, typed, kept", GOOD)
def test_database_keeps_what_is_normalised(db, scheme, typed, kept):
    identifier = OrganisationIdentifier(organisation=make_organisation(), scheme=scheme, value=typed)
    identifier.full_clean()
    identifier.save()
    assert OrganisationIdentifier.objects.get().value == kept


@pytest.mark.parametrize("scheme, typed", [*BAD, ("XX-ABC", "1130568")])
def test_database_refuses_other_forms(db, scheme, typed):
    identifier = OrganisationIdentifier(organisation=make_organisation(), scheme=scheme, value=typed)
    with pytest.raises(IntegrityError, match="has_its_schemes_form"), transaction.atomic():
        identifier.save()
    with pytest.raises(ValidationError):
        identifier.full_clean()


def test_every_scheme_has_its_register():
    assert sorted(identifiers.REGISTERS) == sorted(OrganisationIdentifier.Scheme.values)


@pytest.mark.parametrize(
    "scheme, value, page",
    [
        (
            "GB-CHC",
            "1130568-2",
            "https://register-of-charities.charitycommission.gov.uk/charity-details/?regid=1130568&subid=2",
        ),
        (
            "GB-COH",
            "01234567",
            "https://find-and-update.company-information.service.gov.uk/company/01234567",
        ),
    ],
)
def test_number_leads_to_its_entry(scheme, value, page):
    assert identifiers.page_of(scheme, value) == page


@pytest.mark.parametrize(
    "domain", ["rivers.org.uk", "a.rivers.org.uk", "rivers.example", "xn--d1acpjx3f.org"]
)
def test_domain_of_ones_own(domain):
    assert domains.is_ones_own(domain)


@pytest.mark.parametrize(
    "domain",
    [
        *("", "uk", "org.uk", "gov.uk", "gmail.com", "yahoo.co.uk", "x.gmail.com", "rivers.wordpress.com"),
        *(
            "rivers..org",
            "-rivers.org",
            "rivers.org.",
            "a@rivers.org",
            "rivers.org/x",
            "192.168.0.1",
            "x" * 300,
        ),
    ],
)
def test_domain_that_is_nobodys_own(domain):
    assert not domains.is_ones_own(domain)


@pytest.mark.parametrize(
    "website, host",
    [
        ("https://www.Rivers.org.uk:8080/x?y#z", "rivers.org.uk"),
        ("https://rivers.org.uk@evil.example/", "evil.example"),
        ("", ""),
        ("http://[::1", ""),
    ],
)
def test_host_of_a_website(website, host):
    assert domains.host_of(website) == host
