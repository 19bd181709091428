"""The site's typefaces: cut out of the packages they come in, kept under .local/, found as static files.

What is cut stays the same until a package or this file changes, so a process that starts finds it ready; the first one
takes about two seconds.
"""

import tempfile
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage
from django.utils.functional import cached_property

FOLDER = "fonts"
FACES = {
    "text.woff2": ("font-hanken-grotesk", "HankenGrotesk-Regular.otf"),
    "text-strong.woff2": ("font-hanken-grotesk", "HankenGrotesk-SemiBold.otf"),
    "title.woff2": ("font-source-serif-pro", "SourceSerifPro-Semibold.ttf"),
}
# Latin with all its accents, those of Welsh among them, and the signs that texts of the site are set with.
LETTERS = [
    range(0x20, 0x7F),
    range(0xA0, 0x180),
    range(0x218, 0x21C),
    range(0x1E80, 0x1E86),
    range(0x1EF2, 0x1EF4),
    range(0x2010, 0x2016),
    map(ord, "‘’‚“”„†•…‰′″‹›€™←↑→↓−×"),
]
CHARACTERS = sorted(set().union(*LETTERS))
FEATURES = ["ccmp", "calt", "kern", "liga", "locl", "mark", "mkmk", "lnum", "pnum", "tnum"]


def cut(package: str, name: str) -> bytes:
    """A package's typeface as WOFF2 with the site's characters alone."""
    # Reading and writing typefaces takes a while to import, and is wanted once.
    from fontTools import subset

    options = subset.Options(flavor="woff2", layout_features=FEATURES, hinting=False, notdef_outline=True)
    with subset.load_font(source(package, name), options) as font:
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=CHARACTERS)
        subsetter.subset(font)
        with tempfile.NamedTemporaryFile() as file:
            subset.save_font(font, file.name, options)
            return Path(file.name).read_bytes()


def source(package: str, name: str) -> Path:
    """Where the package has the typeface."""
    return files(package.replace("-", "_")) / "files" / name


class FontFinder(BaseFinder):
    """Finds the faces under fonts/, made when they are first asked for."""

    def __init__(self, app_names=None, *args, **kwargs):
        super().__init__(*args, **kwargs)

    def check(self, **kwargs):
        return []

    @cached_property
    def storage(self):
        made_from = [version(package) for package in ("fonttools", *sorted({p for p, _ in FACES.values()}))]
        state = sha256("\n".join([*made_from, Path(__file__).read_text()]).encode()).hexdigest()[:16]
        storage = FileSystemStorage(location=settings.LOCAL_DIR / FOLDER / state)
        storage.prefix = FOLDER
        return storage

    def find(self, path, find_all=False, **kwargs):
        folder, _, name = path.partition("/")
        found = [self._path(name)] if folder == FOLDER and name in FACES else []
        return found if find_all else next(iter(found), [])

    def list(self, ignore_patterns):
        for name in FACES:
            self._path(name)
            yield name, self.storage

    def _path(self, name):
        path = Path(self.storage.path(name))
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            # Of several processes that begin at once each makes it; all of them alike.
            with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as made:
                made.write(cut(*FACES[name]))
            Path(made.name).chmod(0o644)
            Path(made.name).replace(path)
        return str(path)
