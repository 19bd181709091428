from .page import Page, PageVersion
from .post import Post, PostVersion
from .writing import readers_language

__all__ = ["Page", "PageVersion", "Post", "PostVersion", "readers_language"]
