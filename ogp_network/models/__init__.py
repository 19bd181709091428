from .departure import Departure, Erasure
from .fair_process import FairProcessBundle
from .open_data import DailyFile, DailyFilePart
from .page import Page, PageVersion
from .post import Post, PostVersion
from .writing import readers_language

__all__ = [
    "DailyFile",
    "DailyFilePart",
    "Departure",
    "Erasure",
    "FairProcessBundle",
    "Page",
    "PageVersion",
    "Post",
    "PostVersion",
    "readers_language",
]
