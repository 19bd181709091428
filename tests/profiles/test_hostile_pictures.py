"""Files made to do harm, or just broken, sent as a picture: refused in words, or harmless once made anew."""

import struct
import tracemalloc
import zlib
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, PngImagePlugin

from profiles import pictures
from profiles.picture_field import PictureField


def picture(format="PNG", size=(60, 40), mode="RGB", colour="red", **options):
    file = BytesIO()
    Image.new(mode, size, colour).save(file, format, **options)
    return file.getvalue()


def upload(content, name="logo.png"):
    return SimpleUploadedFile(name, content, content_type="image/png")


def encode(content, name="logo.png", sizes=(100,)):
    return pictures.encode(upload(content, name), sizes=sizes, media_type="image/webp")


def reread(encoded):
    return Image.open(BytesIO(encoded.content))


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_claiming(width, height, *chunks):
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return b"".join(
        [b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", header), *chunks, body, chunk(b"IEND", b"")],
    )


def photo_with_a_place():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "Camera of Ada"
    exif.get_ifd(0x8825)[2] = (53.0, 48.0, 0.0)
    return picture("JPEG", exif=exif, comment=b"a secret comment")


def animated(format):
    frames = [Image.new("RGB", (60, 40), colour) for colour in ("blue", "green")]
    return picture(format, save_all=True, append_images=frames)


def packed_text():
    """A few bytes that unpack to a text of 100 MB."""
    return chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"a" * 100_000_000))


HOSTILE = {
    "an SVG": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "HTML": b"<!doctype html><html><script>alert(1)</script></html>",
    "nothing": b"",
    "a letter": b"x",
    "a PDF": b"%PDF-1.4\n%EOF",
    "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n(ls) system\n",
    "a TIFF": picture("TIFF"),
    "a BMP": picture("BMP"),
    "an icon": picture("ICO"),
    "a JPEG cut off": picture("JPEG", size=(400, 400))[:300],
    "a PNG cut off": picture(size=(400, 400))[:100],
    "a WebP cut off": picture("WEBP", size=(400, 400))[:60],
    "a PNG with fewer pixels than it says": png_claiming(400, 400),
    "a PNG of 100 megapixels": png_claiming(10_000, 10_000),
    "a bomb of 3,600 megapixels": png_claiming(60_000, 60_000),
    "a PNG without width": png_claiming(0, 100),
    "a PNG with a packed text": png_claiming(60, 40, packed_text()),
    "a GIF of 4,294 megapixels": b"GIF89a" + struct.pack("<HHBBB", 65535, 65535, 0, 0, 0) + b";",
    "a giant": b"\xff\xd8\xff" + b"0" * pictures.MOST_BYTES,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_picture_is_refused_in_words(name):
    field = PictureField(sizes=(100,))
    with pytest.raises(ValidationError) as refusal:
        field.clean(upload(HOSTILE[name]))
    assert refusal.value.messages[0].endswith(".")


@pytest.mark.parametrize("name", ["a PNG of 100 megapixels", "a bomb of 3,600 megapixels"])
def test_a_bomb_is_refused_before_it_is_unpacked(name):
    tracemalloc.start()
    with pytest.raises(pictures.Unusable, match="too_many_pixels"):
        encode(HOSTILE[name])
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 1_000_000


@pytest.mark.parametrize("media_type", ["image/webp", "image/jpeg"])
def test_where_a_photo_was_taken_is_gone_and_it_stands_upright(media_type):
    [made] = pictures.encode(upload(photo_with_a_place()), sizes=(100,), media_type=media_type)
    assert (dict(reread(made).getexif()), made.width, made.height) == ({}, 40, 60)
    assert [word in made.content for word in (b"EXIF", b"Exif", b"Camera", b"secret")] == [False] * 4


def test_texts_and_colour_profiles_of_a_png_are_gone():
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", "Ada Secret")
    texts.add_itxt("XML:com.adobe.xmp", "<x>Ada Secret</x>")
    [made] = encode(picture(pnginfo=texts, icc_profile=b"a secret profile"))
    assert (b"ecret" in made.content, b"XMP" in made.content, b"ICCP" in made.content) == (False,) * 3


@pytest.mark.parametrize("glued", [b"PK\x03\x04", b"<script>alert(1)</script>", b"<?php system($_GET[0]);"])
@pytest.mark.parametrize("format", ["PNG", "JPEG", "GIF", "WEBP"])
def test_what_is_glued_to_a_picture_is_gone(format, glued):
    [made] = encode(picture(format) + glued)
    assert (glued in made.content, made.media_type, reread(made).format) == (False, "image/webp", "WEBP")


def test_html_that_begins_as_a_picture_is_gone():
    [made] = encode(picture("GIF", comment=b"*/=1;<script>alert(1)</script>"))
    assert b"script" not in made.content


@pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG"])
def test_what_moves_stands_still(format):
    [made] = encode(animated(format))
    image = reread(made)
    assert (getattr(image, "n_frames", 1), image.convert("RGB").getpixel((5, 5))[0] > 200) == (1, True)


@pytest.mark.parametrize("name", ["logo.svg", "logo.html", "logo.exe", "../../logo", "x" * 300])
def test_a_name_says_nothing(name):
    [made] = encode(picture("JPEG"), name)
    assert made.media_type == "image/webp"


@pytest.mark.parametrize(
    "content",
    [
        picture("PNG", mode="P", colour=1),
        picture("PNG", mode="L", colour=9),
        picture("PNG", mode="LA", colour=(9, 0)),
        picture("PNG", mode="1", colour=1),
        picture("PNG", mode="I;16", colour=9),
        picture("JPEG", mode="CMYK", colour=(0, 0, 0, 0)),
        picture("JPEG", mode="L", colour=9),
        picture("WEBP", mode="RGBA", colour=(0, 0, 0, 0)),
        picture("GIF"),
    ],
)
def test_pictures_of_every_kind_come_in_two_sizes(content):
    large, small = encode(content, sizes=(30, 50))
    assert [(made.width, made.height) for made in (large, small)] == [(50, 33), (30, 20)]


def test_a_logo_keeps_what_is_transparent_and_a_photo_lies_on_white():
    clear = picture(mode="RGBA", colour=(0, 0, 0, 0))
    [logo], [photo] = encode(clear), pictures.encode(upload(clear), sizes=(100,))
    assert reread(logo).getpixel((5, 5))[3] == 0
    assert reread(photo).getpixel((5, 5)) == (255, 255, 255)


def test_small_pictures_are_not_blown_up_and_thin_ones_keep_a_line():
    [small], [thin] = encode(picture(size=(10, 10))), encode(picture(size=(5000, 1)))
    assert [(made.width, made.height) for made in (small, thin)] == [(10, 10), (100, 1)]
