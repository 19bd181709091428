"""What people send as a picture is refused or made anew; what is served is never the file that came."""

import struct
import zlib
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
    exif[0x010F] = "Camera of Ada"
    exif.get_ifd(0x8825)[2] = (53.0, 48.0, 0.0)
    return picture(exif=exif, comment=b"a secret comment")


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def huge_png(width, height):
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


HOSTILE = {
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "html": b"<html><script>alert(1)</script></html>",
    "empty-ish": b"x",
    "cut off": picture(size=(400, 400))[:300],
    "a hundred megapixels": huge_png(10_000, 10_000),
    "a bomb": huge_png(60_000, 60_000),
    "pdf": b"%PDF-1.4\n%EOF",
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n(ls) system\n",
    "tiff": picture("TIFF"),
    "bmp": picture("BMP"),
    "too large": b"\xff\xd8\xff" + b"0" * (pictures.MOST_BYTES + 1),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_picture_is_refused_in_words(name):
    with pytest.raises(pictures.Unusable) as refusal:
        pictures.encode(upload(HOSTILE[name]), sizes=(100,))
    assert str(refusal.value)[-1] == "."


def test_where_a_photo_was_taken_is_gone_and_it_stands_upright():
    [made] = pictures.encode(upload(photo_with_a_place()), sizes=(100,))
    image = Image.open(BytesIO(made.content))
    assert (dict(image.getexif()), "comment" in image.info, (made.width, made.height)) == (
        {},
        False,
        (40, 60),
    )
    assert [word in made.content for word in (b"Exif", b"Camera", b"secret")] == [False] * 3


def test_what_is_glued_to_a_picture_is_gone():
    [made] = pictures.encode(upload(picture() + b"PK\x03\x04<script>alert(1)</script>"), sizes=(100,))
    assert b"script" not in made.content


@pytest.mark.parametrize(
    "content",
    [
        picture("PNG", mode="RGBA", colour=(0, 0, 0, 0)),
        picture("PNG", mode="P", colour=1),
        picture("PNG", mode="LA", colour=(9, 0)),
        picture("PNG", mode="I;16", colour=9),
        picture("JPEG", mode="CMYK", colour=(0, 0, 0, 0)),
        picture("WEBP"),
        picture("GIF", save_all=True, append_images=[Image.new("RGB", (60, 40), "blue")]),
    ],
)
def test_pictures_of_every_kind_become_jpegs(content):
    large, small = pictures.encode(upload(content), sizes=(30, 50))
    assert [Image.open(BytesIO(made.content)).format for made in (large, small)] == ["JPEG"] * 2
    assert [(made.width, made.height) for made in (large, small)] == [(50, 33), (30, 20)]


def test_what_is_transparent_becomes_white():
    [made] = pictures.encode(upload(picture("PNG", mode="RGBA", colour=(0, 0, 0, 0))), sizes=(100,))
    assert Image.open(BytesIO(made.content)).getpixel((5, 5)) == (255, 255, 255)


def test_small_pictures_are_not_blown_up():
    [made] = pictures.encode(upload(picture(size=(10, 10))), sizes=(1600,))
    assert (made.width, made.height) == (10, 10)


# In the survey


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
    html = client.get(SURVEY).content.decode()
    assert (kept.profile.picture_address in html, "Remove the picture" in html) == (True, True)
    client.post(SURVEY, {"action": "save", "remove_picture": "on"})
    assert ProfilePicture.objects.count() == 0


def test_wrong_picture_is_told_beside_its_field_and_the_rest_is_kept(sign_in, insider):
    sent = {"action": "save", "answer_1": "Kept.", "picture": upload(HOSTILE["svg"], "logo.svg")}
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
def test_who_sees_a_picture_before_and_after_publication(
    client, insider, other_member, editor, settings, size
):
    settings.DEMO_MODE = True
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
