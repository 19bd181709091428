from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Coalesce
from django.urls import reverse

from .member import Member
from .organisation import Organisation


class Question(models.IntegerChoices):
    """The four questions of the survey, word for word."""

    MEANING = 1, "What does open government mean to you?"
    IMPORTANCE = 2, "Why is open government important?"
    EXAMPLE = (
        3,
        "Can you give an example of where you have seen open government make a difference to the lives of citizens?",
    )
    REFORM = 4, "What one reform would you ask of government to achieve open government?"


class Call(models.Model):
    """An invitation to organisations to answer the four questions."""

    title = models.CharField(max_length=150)
    slug = models.SlugField(max_length=80, unique=True)
    introduction = models.TextField(
        help_text="Why the network asks, and what happens to the answers. Markdown."
    )
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closes_at=None) | models.Q(closes_at__gt=models.F("opens_at")),
                name="call_closes_after_it_opens",
                violation_error_message="A call closes after it opens.",
            )
        ]

    def __str__(self):
        return self.title


class ProfileQuerySet(models.QuerySet):
    def published(self):
        return self.filter(published_at__isnull=False, withdrawn_at=None)

    def by_newest(self):
        return self.order_by("-published_at", "-pk")

    def with_reform(self):
        """Annotate `reform`, the answer to the fourth question as published."""
        reform = Answer.objects.filter(profile=models.OuterRef("pk"), question=Question.REFORM)
        as_published = models.Case(models.When(edited="", then="original"), default="edited")
        return self.annotate(reform=models.Subquery(reform.values(as_published=as_published)))


class ProfileNotReady(Exception):
    """A profile can't be published yet; the text says what is missing."""


class Profile(models.Model):
    """One edition of an organisation's story, made of its answers to a call's four questions."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="profiles")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="profiles")
    author = models.ForeignKey(
        Member,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="profiles",
        help_text="The member who answered for the organisation.",
    )
    speaker_name = models.CharField(max_length=120, help_text="Who is speaking, as it should be printed.")
    speaker_role = models.CharField(max_length=120, blank=True)
    slug = models.SlugField(max_length=100, unique=True, help_text="The last part of the story's address.")
    standfirst = models.TextField(
        max_length=400, blank=True, help_text="One or two sentences that make people want to read on."
    )
    pull_quote = models.TextField(
        max_length=300, blank=True, help_text="A phrase to set large: word for word from one of the answers."
    )
    consented_at = models.DateTimeField(
        "agreed to publication at",
        null=True,
        blank=True,
        help_text="When the organisation agreed to this text being published under CC BY 4.0.",
    )
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    published_by = models.ForeignKey(
        Member,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="published_profiles",
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ProfileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "call"],
                name="profile_one_per_organisation_and_call",
                violation_error_message="This organisation has answered this call already.",
            ),
            models.CheckConstraint(
                condition=models.Q(published_at=None) | models.Q(consented_at__isnull=False),
                name="profile_published_with_consent",
            ),
        ]

    def __str__(self):
        return f"{self.organisation} ({self.call})"

    def get_absolute_url(self):
        return reverse("profiles:profile_detail", args=[self.slug])

    @property
    def is_published(self):
        return self.published_at is not None and self.withdrawn_at is None

    def clean(self):
        super().clean()
        if self.pk and self.pull_quote and not self.quotes_an_answer():
            raise ValidationError({"pull_quote": "This is not, word for word, in any of the answers."})

    def quotes_an_answer(self):
        quote = " ".join(self.pull_quote.split())
        return any(quote in " ".join(answer.text.split()) for answer in self.answers.all())

    def publish(self, *, by, now):
        """Make the story public; publishing twice changes nothing. Raise ProfileNotReady."""
        if self.consented_at is None:
            raise ProfileNotReady("Nobody has agreed to its publication yet.")
        answered = {answer.question for answer in self.answers.all() if answer.text.strip()}
        if missing := [question for question in Question if question not in answered]:
            raise ProfileNotReady(f"There is no answer yet to “{missing[0].label}”")
        fields = {"published_at": Coalesce("published_at", now), "published_by": by, "withdrawn_at": None}
        Profile.objects.filter(pk=self.pk).exclude(published_at__isnull=False, withdrawn_at=None).update(
            **fields
        )
        self.refresh_from_db()

    def withdraw(self, *, now):
        """Take the story down at once; its address keeps a polite page."""
        Profile.objects.filter(pk=self.pk).published().update(withdrawn_at=now)
        self.refresh_from_db()


class Answer(models.Model):
    """What an organisation answered to one of the four questions, and how an editor prepared it for reading."""

    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="answers")
    question = models.PositiveSmallIntegerField(choices=Question)
    original = models.TextField(max_length=20000, help_text="As it was given.")
    edited = models.TextField(
        max_length=20000,
        blank=True,
        help_text="As it should be published. Leave empty to publish the original.",
    )

    class Meta:
        ordering = ["question"]
        constraints = [
            models.UniqueConstraint(
                fields=["profile", "question"],
                name="answer_one_per_question",
                violation_error_message="This question is answered already.",
            ),
            models.CheckConstraint(
                condition=models.Q(question__in=Question.values), name="answer_to_one_of_the_four_questions"
            ),
        ]

    def __str__(self):
        return self.get_question_display()

    @property
    def text(self):
        return self.edited or self.original
