"""Pictures that people send in, made anew: what is kept and served is never the file that came.

Pure: takes an uploaded file, gives bytes. Decoding and encoding again leaves behind whatever else a file carried: where
a photo was taken, scripts, archives glued to its end.
"""

import warnings
from io import BytesIO
from typing import NamedTuple

from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
MOST_BYTES = 12 * 1024 * 1024
# Photos of today's telephones have up to 50 million. A JPEG is read at a fraction of its size, so that costs little.
MOST_PIXELS = 50_000_000
# Other formats are unpacked whole, at up to four bytes a pixel and twice over where they are transparent.
MOST_PIXELS_UNPACKED = 20_000_000


class Unusable(Exception):
    """The file can't be made a picture of, for a `problem`, with the `most` that we take of what is too much."""

    def __init__(self, problem, most=None):
        super().__init__(problem)
        self.problem, self.most = problem, most


class Encoded(NamedTuple):
    """A picture ready to be served."""

    content: bytes
    media_type: str
    width: int
    height: int


def encode(file, *, sizes, media_type="image/jpeg"):
    """`file` in that type, its longer side one of `sizes` at most, the largest first; one picture if it moves.

    As "image/jpeg" it is for photos, on white; as "image/webp" it keeps what is transparent. Raise Unusable.
    """
    if file.size > MOST_BYTES:
        raise Unusable("too_large", MOST_BYTES // 1024 // 1024)
    save = {"image/jpeg": _as_jpeg, "image/webp": _as_webp}[media_type]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = _decode(file, max(sizes))
            return [save(image, size) for size in sorted(sizes, reverse=True)]
    except Unusable:
        raise
    except Image.DecompressionBombError as error:
        raise Unusable("far_too_many_pixels", MOST_PIXELS // 1_000_000) from error
    except Exception as error:
        # Whatever a decoder stumbles over: a broken file must not become a fault of ours.
        raise Unusable("unreadable") from error


def _decode(file, longest):
    """The upright picture, in RGBA if anything of it is transparent and else in RGB, little larger than `longest`."""
    file.seek(0)
    image = Image.open(file, formats=FORMATS)
    # Known from the file's first bytes, before anything is unpacked.
    most = MOST_PIXELS if image.format == "JPEG" else MOST_PIXELS_UNPACKED
    if image.width * image.height > most:
        raise Unusable("too_many_pixels", most // 1_000_000)
    if image.format == "JPEG":
        image.draft("RGB", (longest, longest))
    image.load()
    image = ImageOps.exif_transpose(image)
    is_transparent = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    image = image.convert("RGBA" if is_transparent else "RGB")
    image.thumbnail((longest, longest))
    return image


def _as_jpeg(image, longest):
    small = _only_pixels(image, longest)
    if small.mode == "RGBA":
        small = Image.alpha_composite(Image.new("RGBA", small.size, "white"), small).convert("RGB")
    out = BytesIO()
    small.save(out, "JPEG", quality=84, optimize=True, progressive=True)
    return Encoded(out.getvalue(), "image/jpeg", *small.size)


def _as_webp(image, longest):
    small = _only_pixels(image, longest)
    out = BytesIO()
    # The slowest method takes 40 times as long where something is transparent, for a fiftieth of the bytes.
    small.save(out, "WEBP", quality=90, method=4)
    return Encoded(out.getvalue(), "image/webp", *small.size)


def _only_pixels(image, longest):
    """A new image with these pixels and nothing else: `save` would pass on what it knows of the old one."""
    small = image.copy()
    small.thumbnail((longest, longest))
    clean = Image.new(small.mode, small.size)
    clean.paste(small)
    return clean
