"""The working behind a published shortlist, frozen at publication."""

from collections import Counter
from dataclasses import asdict
from random import SystemRandom

from django.conf import settings
from django.db import models, transaction
from django.utils.functional import cached_property
from django.utils.translation import gettext, override

from .. import working
from ..coverage import Share
from .panel import Analysed

ARCHIVE = "working.zip"


class PublishedWorking(Analysed):
    """The working behind a published shortlist, as it was at publication.

    Nothing that comes later changes it, but that an expert's name leaves it when they delete their account.
    """

    round = models.OneToOneField("Round", on_delete=models.PROTECT, related_name="published_working")
    frozen_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "published workings"

    def __str__(self):
        return f"Working of {self.round}"

    @property
    def experts(self) -> int | None:
        """How many experts' answers counted; None in a working from before that was kept."""
        return self.content.get("experts")

    @property
    def named_experts(self) -> list[str]:
        """Those of them who agreed to have their names beside their scores."""
        return self.content.get("named", [])

    def take_name_out(self, term):
        """Have an expert's scores stand under a pseudonym from now on, in files with checksums of their own."""
        name = self._name_of(term)
        if name is None:
            return
        files = {file.name: bytes(file.content) for file in self.files.all()}
        loose = working.renamed({own: files[own] for own in files if own != ARCHIVE}, name)
        self.content["named"] = [other for other in self.named_experts if other != name]
        with transaction.atomic():
            self.save(update_fields=["content"])
            # New rows, so that whoever keeps a copy of the list of files notices.
            self.files.all().delete()
            self.keep_files(loose)

    def _name_of(self, term):
        """The name that the term's scores were published under, or None; the expert may have another one now."""
        if term.person in self.named_experts:
            return term.person
        answers = {
            (idea, slug): value
            for idea, sheets in type(term).objects.filter(pk=term.pk).answers().items()
            for slug, value in sheets[term.pk].items()
        }
        published = working.sheets(bytes(self.files.get(name=working.SCORES).content))
        same = [name for name in self.named_experts if published.get(name) == answers]
        return same[0] if len(same) == 1 else None

    def keep_files(self, files):
        files = {**files, ARCHIVE: working.zipped(files)}
        WorkingFile.objects.bulk_create(
            [WorkingFile(working=self, name=name, content=content) for name, content in files.items()]
        )

    @cached_property
    def coverage(self) -> dict[str, list[Share]]:
        """What the shortlist covers of all ideas, by aspect; kept in the language of the site."""
        return {
            gettext(aspect): [Share(**{**share, "label": gettext(share["label"])}) for share in shares]
            for aspect, shares in self.content.get("coverage", [])
        }


class WorkingFileQuerySet(models.QuerySet):
    def public(self):
        """Those of rounds that people know of; a working is frozen when its shortlist is published."""
        return self.filter(
            working__round__announced_at__isnull=False, working__round__shortlist_published_at__isnull=False
        )

    def version(self):
        """What is another as soon as there are more of them: none changes once it is frozen."""
        return "-".join(
            str(figure) for figure in self.public().aggregate(models.Count("pk"), models.Max("pk")).values()
        )

    def for_data(self):
        """Everything open data says of them, without what is in them: their `size` in bytes and `digest`, a SHA-256."""
        digest = models.Func("content", function="sha256", output_field=models.BinaryField())
        hexadecimal = models.Func(
            digest, models.Value("hex"), function="encode", output_field=models.TextField()
        )
        size = models.Func("content", function="octet_length", output_field=models.IntegerField())
        described = self.annotate(size=size, digest=hexadecimal).defer("content", "working__content")
        return described.select_related("working__round").order_by("working__round", "pk")


class WorkingFile(models.Model):
    """One of the files from which anybody can recount a published ranking, or all of them in an archive."""

    working = models.ForeignKey(PublishedWorking, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=40)
    content = models.BinaryField()

    objects = WorkingFileQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["working", "name"], name="working_file_once_per_name")]

    def __str__(self):
        return self.name


class Published:
    """How a round's working becomes public."""

    def freeze_working(self, *, now):
        """Keep the working as it is now, for good. The caller publishes the shortlist in the same transaction."""
        with override(settings.LANGUAGE_CODE):
            self._keep_working(now)

    def _keep_working(self, now):
        panel, answers = self.panel_with_answers(now=now)
        terms = self.expert_terms.filter(pk__in={term for sheets in answers.values() for term in sheets})
        labels = published_labels(terms.select_related("member"))
        chosen = self.decisions.exclude(position=None).values_list("idea__number", flat=True)
        content = {name: value for name, value in panel.content.items() if name != "ballots"}
        content |= {
            "supporters": list(self.ideas.live().with_supporters().values_list("number", "supporters")),
            "experts": len(labels),
            "named": sorted(name for name in labels.values() if not _is_pseudonym(name)),
            "coverage": [
                [aspect, [asdict(share) for share in shares]]
                for aspect, shares in self.coverage(chosen).items()
            ],
        }
        kept = PublishedWorking.objects.create(round=self, content=content, frozen_at=now)
        kept.keep_files(working.files(self._working(panel, answers, labels)))

    def _working(self, panel, answers, labels):
        criteria = self.criteria.values_list("slug", "name", "weight")
        ideas = self.ideas.live().select_related("decision").only("round", "number", "title", "decision")
        analysis = panel.analysis
        return working.Working(
            rule_version=analysis.rule_version,
            seed=analysis.seed,
            replicates=analysis.replicates,
            places=analysis.places,
            round=self.title,
            criteria=tuple(working.Criterion(*criterion) for criterion in criteria),
            ideas=tuple(
                working.Idea(
                    number=idea.number,
                    title=idea.title,
                    excluded=panel.exclusions.get(idea.number, 0),
                    outcome=idea.decision.outcome,
                    place=idea.decision.position,
                    reasons=idea.decision.reasons,
                )
                for idea in ideas
            ),
            answers={
                number: {labels[term]: sheet for term, sheet in sheets.items()}
                for number, sheets in answers.items()
            },
        )


def published_labels(terms) -> dict[int, str]:
    """What each term's scores are published under: "Expert A" and so on by chance, or the name of who agreed to it.

    All keep a pseudonym where only one would, for that wouldn't hide them; and those whose name isn't theirs alone.
    """
    names = Counter(term.person for term in terms)
    named = {
        term.pk: term.person
        for term in terms
        if term.agrees_to_be_named and names[term.person] == 1 and not _is_pseudonym(term.person)
    }
    others = [term.pk for term in terms if term.pk not in named]
    if len(others) == 1:
        named, others = {}, [term.pk for term in terms]
    SystemRandom().shuffle(others)
    return named | {pk: working.pseudonym_at(at) for at, pk in enumerate(others)}


def _is_pseudonym(name):
    return name.startswith(working.PSEUDONYM)
