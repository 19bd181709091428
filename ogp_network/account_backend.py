"""Who is signed in, as django-allauth has it, read by a statement that is written once: every page of theirs asks."""

from allauth.account.auth_backends import AuthenticationBackend

from profiles.models import Member
from profiles.written_once import WrittenOnce

MEMBER = WrittenOnce(lambda pk: Member.objects.filter(pk=pk), pk=int)


class AccountBackend(AuthenticationBackend):
    def get_user(self, user_id):
        member = MEMBER.first(pk=user_id)
        return member if member and self.user_can_authenticate(member) else None
