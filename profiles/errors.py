"""Why the domain says no, as all the apps say it. Each text is written for the person who asked."""


class Refused(Exception):
    """Something can't be done; `str(error)` tells the person why."""


class NotReady(Refused):
    """Something is missing; the text names it."""
