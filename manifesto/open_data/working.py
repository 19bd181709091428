from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ogp_network.datasets import Column, Dataset, Kind

from ..models import WorkingFile
from .rounds import of_round


def _address(file):
    return settings.SITE_URL + reverse("manifesto:working_file", args=[file.working.round.slug, file.name])


WORKING_FILES = Dataset(
    name="working-files",
    title=_("Working of shortlists"),
    words=_(
        "The files from which anybody can recount the experts’ ranking behind a published shortlist: criteria, ideas, "
        "every score under pseudonyms, and the ranking itself. They stay as they were at publication."
    ),
    public=lambda now: WorkingFile.objects.public().for_data(),
    key=("round", "file"),
    version=WorkingFile.objects.version,
    columns=(
        of_round("working.round"),
        Column("file", _("Its name."), of="name", is_required=True),
        Column("address", _("Where it is."), Kind.ADDRESS, of=_address, is_required=True),
        Column("bytes", _("How long it is."), Kind.INTEGER, of="size", is_required=True),
        Column("sha256", _("The SHA-256 of its content."), of="digest", is_required=True),
        Column("frozen_at", _("Since when it is so."), Kind.MOMENT, of="working.frozen_at", is_required=True),
    ),
)
