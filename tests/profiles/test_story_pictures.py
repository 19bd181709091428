"""A picture in the survey, and who sees it; tests/profiles/test_hostile_pictures.py is about the files themselves."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from profiles import pictures
from profiles.models import Profile, ProfilePicture
from tests.factories import make_call, make_member, make_membership, make_organisation, make_profile

SURVEY = "/calls/call/answers/river-watch/"


def picture(format="JPEG", size=(60, 40), mode="RGB", colour="red", **options):
    file = BytesIO()
    Image.new(mode, size, colour).save(file, format, **options)
    return file.getvalue()


def upload(content, name="picture.jpg"):
    return SimpleUploadedFile(name, content, content_type="image/jpeg")


def photo_with_a_place():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif.get_ifd(0x8825)[2] = (53.0, 48.0, 0.0)
    return picture(exif=exif)


@pytest.fixture
def insider(db):
    organisation, member = make_organisation(slug="river-watch"), make_member()
    make_call(slug="call")
    make_membership(member=member, organisation=organisation)
    return member


def test_survey_keeps_a_picture_and_removes_it(sign_in, insider):
    client = sign_in(insider)
    client.post(SURVEY, {"action": "save", "picture": upload(photo_with_a_place())})
    kept = ProfilePicture.objects.get()
    assert (kept.width, kept.height, len(kept.digest)) == (40, 60, 64)
    assert dict(Image.open(BytesIO(kept.large)).getexif()) == {}
    html = client.get(SURVEY).content.decode()
    assert (kept.profile.picture_address in html, "Remove the picture" in html) == (True, True)
    client.post(SURVEY, {"action": "save", "remove_picture": "on"})
    assert ProfilePicture.objects.count() == 0


def test_wrong_picture_is_told_beside_its_field_and_the_rest_is_kept(sign_in, insider):
    sent = {"action": "save", "answer_1": "Kept.", "picture": upload(b"<svg></svg>", "logo.svg")}
    response = sign_in(insider).post(SURVEY, sent)
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["picture"])
    assert Profile.objects.get().answers.get().original == "Kept."


def test_picture_is_sent_with_its_credit_and_what_it_shows(sign_in, insider):
    sent = {f"answer_{number}": "Answer." for number in (1, 2, 3, 4)}
    sent |= {"speaker_name": "Ada", "consent": "on", "action": "submit", "picture": upload(picture())}
    client = sign_in(insider)
    response = client.post(SURVEY, sent)
    assert sorted(response.context["form"].errors) == ["picture_alt", "picture_credit"]
    assert ProfilePicture.objects.count() == 1
    del sent["picture"]
    client.post(SURVEY, {**sent, "picture_alt": "A heron.", "picture_credit": "Bea"})
    assert Profile.objects.get().is_submitted


@pytest.mark.parametrize("size", ["", "-small"])
def test_who_sees_a_picture_before_and_after_publication(client, insider, other_member, editor, size):
    profile = make_profile(
        organisation=insider.memberships.get().organisation,
        published=False,
        picture_alt="A heron.",
        picture_credit="Bea",
    )
    ProfilePicture.objects.record(profile, *pictures.encode(upload(picture()), sizes=(60, 30)))
    profile = Profile.objects.get()
    address = profile.picture_address.replace(".jpg", f"{size}.jpg")

    def seen_by(*people):
        statuses = []
        for person in people:
            client.logout()
            if person:
                client.force_login(person)
            statuses.append(client.get(address).status_code)
        return statuses

    everybody = (None, other_member, insider, editor)
    assert seen_by(*everybody) == [404, 404, 200, 200]
    approval = profile.approvals.create(
        fingerprint=profile.fingerprint(),
        asked_at=timezone.now(),
        approved_at=timezone.now(),
        approver_name="Ada",
    )
    profile.publish(by=None, now=timezone.now())
    assert (approval.fingerprint, seen_by(*everybody)) == (profile.fingerprint(), [200] * 4)
    response = client.get(address)
    assert (response.headers["Content-Type"], response.headers["Cache-Control"]) == ("image/jpeg", "no-cache")
    profile.withdraw(by=None, now=timezone.now())
    assert seen_by(None, other_member) == [404, 404]
