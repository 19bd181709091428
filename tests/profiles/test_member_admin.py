import pytest

from profiles.models import Member

from .admin_forms import errors_in, filled_in

MEMBERS = "/admin/profiles/member/"


@pytest.mark.parametrize(
    "person, status", [("member", 302), ("expert", 403), ("editor", 403), ("administrator", 200)]
)
def test_members_are_looked_after_by_administrators(request, sign_in, other_member, person, status):
    client = sign_in(request.getfixturevalue(person))
    pages = [MEMBERS, f"{MEMBERS}add/", f"{MEMBERS}{other_member.pk}/change/"]
    assert [client.get(page).status_code for page in pages] == [status] * 3


def test_nobody_deletes_a_member(sign_in, administrator, other_member):
    assert sign_in(administrator).post(f"{MEMBERS}{other_member.pk}/delete/").status_code == 403


def test_administrator_opens_an_account_for_sign_in_by_code(sign_in, administrator):
    client = sign_in(administrator)
    sent = filled_in(client.get(f"{MEMBERS}add/"), email="New.Person@Example.org", display_name="New")
    response = client.post(f"{MEMBERS}add/", sent)
    assert response.status_code == 302, errors_in(response)
    member = Member.objects.get(email="new.person@example.org")
    assert (member.has_usable_password(), member.is_active, member.is_staff, member.is_superuser) == (
        False,
        True,
        False,
        False,
    )
    assert not member.has_verified_email


def test_address_is_taken_whatever_its_capitals(sign_in, administrator, member):
    client = sign_in(administrator)
    sent = filled_in(client.get(f"{MEMBERS}add/"), email=member.email.upper())
    complaints = errors_in(client.post(f"{MEMBERS}add/", sent))
    assert complaints == ["Somebody has joined with this e-mail address already."]


def test_administrator_closes_an_account_and_sets_groups_but_not_the_address(
    sign_in, administrator, other_member
):
    client = sign_in(administrator)
    address = f"{MEMBERS}{other_member.pk}/change/"
    editors = client.get(address).context["adminform"].form.fields["groups"].queryset.get(name="Editors")
    sent = filled_in(client.get(address), groups=[editors.pk], is_staff="on", email="taken@example.org")
    del sent["is_active"]
    client.post(address, {**sent, "is_superuser": "on"})
    changed = Member.objects.get(pk=other_member.pk)
    assert (changed.email, changed.is_active, changed.is_staff, changed.is_superuser) == (
        other_member.email,
        False,
        True,
        False,
    )
    assert [group.name for group in changed.groups.all()] == ["Editors"]
