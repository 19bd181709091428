from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from manifesto.models import CommentTally, CountRegister, Idea, Merge, Tally, WordingTally


class Command(BaseCommand):
    help = (
        "Count all votes and comments anew and say where a counter, a merge or the latest count register of a "
        "round says otherwise. Fails if anything does. Votes may go on meanwhile."
    )

    def handle(self, *args, **options):
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            # All of it as of one moment.
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            faults = [
                *self.tallies(),
                *self.wordings(),
                *self.survivors(),
                *self.registers(),
                *self.comments(),
            ]
        for fault in faults:
            self.stdout.write(fault)
        if faults:
            raise CommandError(f"{len(faults)} counts don’t agree with the votes.")
        if options["verbosity"]:
            self.stdout.write("Votes, comments, tallies, merges and count registers agree.")

    def tallies(self):
        for tally, counted, invalidated in Tally.objects.wrong():
            idea = _named(tally.idea)
            if tally.supporters != counted:
                yield f"{idea}: the tally says {tally.supporters} supporters, the votes say {counted}."
            if tally.invalidated != invalidated:
                yield f"{idea}: the tally says {tally.invalidated} were invalidated, the votes say {invalidated}."

    def wordings(self):
        for idea, wording, counted in WordingTally.objects.wrong():
            idea = _named(Idea.objects.get(pk=idea))
            yield f"{idea}: the tally of wording {wording} is wrong, the votes say {counted}."

    def survivors(self):
        for idea, survivor in Merge.objects.wrong_survivors():
            counts_for = _named(survivor) if survivor else "itself"
            yield f"{_named(idea)}: by the merges in force it should count for {counts_for}."

    def registers(self):
        for register in CountRegister.objects.latest_of_each_round():
            yield from register.faults()

    def comments(self):
        for idea, counted in CommentTally.objects.wrong():
            yield f"{_named(Idea.objects.get(pk=idea))}: the tally of comments is wrong, {counted} can be read."


def _named(idea):
    return f"{idea.round.slug}, idea {idea.number}"
