"""An organisation's logo: who changes it, what is kept, and how it is served."""

from io import BytesIO

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from PIL import Image

from profiles import pictures
from profiles.errors import NotTheirs
from profiles.models import OrganisationLogo
from tests.factories import make_member, make_membership, make_organisation
from tests.profiles.test_hostile_pictures import HOSTILE, photo_with_a_place, picture, upload

EDIT = "/organisations/river-watch/logo/"


@pytest.fixture
def organisation(db):
    return make_organisation(name="River Watch", slug="river-watch")


@pytest.fixture
def colleague(organisation):
    colleague = make_member()
    make_membership(member=colleague, organisation=organisation)
    return colleague


def put(organisation, by, content=None, **fields):
    made = pictures.encode(
        upload(content or picture(size=(400, 200))), sizes=(200, 50), media_type="image/webp"
    )
    OrganisationLogo.objects.put(organisation, by=by, now=timezone.now(), pictures=made, **fields)
    return OrganisationLogo.objects.get(organisation=organisation)


def test_colleague_sends_a_logo_and_everybody_sees_it(sign_in, organisation, colleague, client):
    sent = {"logo": upload(photo_with_a_place()), "alt": "A heron."}
    sign_in(colleague).post(EDIT, sent)
    logo = OrganisationLogo.objects.get()
    assert (logo.width, logo.height, logo.changed_by) == (40, 60, colleague)
    client.logout()
    html = client.get(organisation.get_absolute_url()).content.decode()
    assert (f'src="{logo.address}"' in html, 'alt="A heron."' in html) == (True, True)
    assert f'src="{logo.small_address}" alt=""' in client.get("/organisations/").content.decode()


@pytest.mark.parametrize("size, width", [("large", 200), ("small", 50)])
def test_logo_is_served_for_ever_and_harmless(
    visitor, organisation, colleague, size, width, django_assert_num_queries
):
    logo = put(organisation, colleague)
    address = logo.address if size == "large" else logo.small_address
    with django_assert_num_queries(1):
        response = visitor.get(address)
    headers = ("Content-Type", "Cache-Control", "X-Content-Type-Options", "Content-Security-Policy")
    assert [response.headers[name] for name in headers] == [
        "image/webp",
        "public, max-age=31536000, immutable",
        "nosniff",
        "default-src 'none'; sandbox",
    ]
    assert (response.cookies, "Vary" in response.headers) == ({}, False)
    assert Image.open(BytesIO(response.content)).width == width
    again = visitor.get(address, headers={"if-none-match": response.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert visitor.post(address).status_code == 405


def test_another_logo_has_another_address_and_the_old_one_is_gone(visitor, organisation, colleague):
    old = put(organisation, colleague).address
    new = put(organisation, colleague, picture(colour="blue")).address
    assert [visitor.get(address).status_code for address in (old, new)] == [404, 200]


def test_removed_logo_is_deleted(sign_in, organisation, colleague):
    address = put(organisation, colleague).address
    client = sign_in(colleague)
    client.post(EDIT, {"remove": "1"})
    assert (OrganisationLogo.objects.count(), client.get(address).status_code) == (0, 404)
    assert 'class="logo' not in client.get(organisation.get_absolute_url()).content.decode()


@pytest.mark.parametrize("name", [name for name in HOSTILE if name != "nothing"])
def test_hostile_file_is_told_beside_its_field_and_the_logo_stays(sign_in, organisation, colleague, name):
    before = put(organisation, colleague).digest
    response = sign_in(colleague).post(EDIT, {"logo": upload(HOSTILE[name]), "alt": "Kept words"})
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["logo"])
    assert ('value="Kept words"' in response.content.decode(), OrganisationLogo.objects.get().digest) == (
        True,
        before,
    )


@pytest.mark.parametrize("sent", [{}, {"logo": ""}, {"logo": "not a file"}])
def test_first_logo_wants_a_file(sign_in, organisation, colleague, sent):
    response = sign_in(colleague).post(EDIT, sent)
    assert response.context["form"].errors == {"logo": ["Choose a file first."]}


def test_words_change_without_the_file(sign_in, organisation, colleague):
    before = put(organisation, colleague).digest
    sign_in(colleague).post(EDIT, {"alt": "A heron."})
    logo = OrganisationLogo.objects.get()
    assert (logo.digest, logo.alt) == (before, "A heron.")


@pytest.mark.parametrize(
    "part", ["stranger", "requested", "confirmed", "ended", "outsider", "editor", "expert"]
)
def test_who_changes_and_removes_it(sign_in, organisation, colleague, editor, expert, part):
    before = put(organisation, colleague).digest
    person = {"confirmed": colleague, "editor": editor, "expert": expert}.get(part) or make_member()
    if part in ("requested", "ended"):
        place = make_membership(member=person, organisation=organisation, confirmed=part == "ended")
        if part == "ended":
            place.end(by=person, now=timezone.now())
    elif part == "outsider":
        make_membership(member=person, organisation=make_organisation())
    client, may = sign_in(person), part in ("confirmed", "editor")
    assert client.get(EDIT).status_code == (200 if may else 302)
    client.post(EDIT, {"logo": upload(picture(colour="blue"))})
    assert (OrganisationLogo.objects.get().digest != before) is may
    client.post(EDIT, {"remove": "1"})
    assert OrganisationLogo.objects.exists() is not may


def test_verbs_refuse_strangers(organisation, colleague, member):
    put(organisation, colleague)
    with pytest.raises(NotTheirs):
        put(organisation, member)
    with pytest.raises(NotTheirs):
        OrganisationLogo.objects.remove(organisation, by=member)


@pytest.mark.parametrize("rows", [1, 30])
def test_list_costs_the_same_with_logos(visitor, db, editor, rows, django_assert_num_queries):
    made = pictures.encode(upload(picture()), sizes=(50, 20), media_type="image/webp")
    for _ in range(rows):
        OrganisationLogo.objects.put(make_organisation(), by=editor, now=timezone.now(), pictures=made)
    with django_assert_num_queries(2) as queries:
        visitor.get("/organisations/")
    assert not any('"large"' in query["sql"] for query in queries.captured_queries)


def test_nothing_but_a_webp_is_kept(organisation, colleague):
    put(organisation, colleague)
    with pytest.raises(IntegrityError, match="logo_is_a_webp"), transaction.atomic():
        OrganisationLogo.objects.update(media_type="image/svg+xml")
