"""Who may speak for an organisation in public."""

from django.utils.translation import gettext as _

from ..errors import NotAuthorised, Refused
from .member import Member


class SpokenFor:
    """What an organisation says about those who sign or endorse in its name."""

    def refusal_to_speak(self, member) -> Refused | None:
        """Why the member can't speak for it, or None: confirmed, current, authorised, proven and not suspended."""
        place = self.memberships.current().filter(member=member).first()
        if place is None:
            return NotAuthorised(
                _("Only people who belong to %(organisation)s can do that.") % {"organisation": self}
            )
        return self.refusal_at(place, member)

    def refusal_at(self, place, member, *, is_proven=None) -> Refused | None:
        """As refusal_to_speak, of a current place, and perhaps an address, that the caller has looked up."""
        if place.is_requested:
            return NotAuthorised(
                _("Nobody has confirmed yet that you belong to %(organisation)s.") % {"organisation": self}
            )
        if member.is_suspended:
            return NotAuthorised(member.why_suspended)
        if not (member.has_verified_email if is_proven is None else is_proven):
            return NotAuthorised(_("Please confirm your e-mail address first."))
        if not place.is_authorised:
            return NotAuthorised(
                _(
                    "You belong to %(organisation)s, but nobody there has said yet that you may sign for it. "
                    "Ask a colleague, or an editor."
                )
                % {"organisation": self}
            )
        return None

    def spokespeople(self):
        """The members who may speak for it."""
        return Member.objects.filter(pk__in=self.memberships.authorised().values("member"))
