from django.db import models
from django.db.models.functions import Coalesce
from django.urls import reverse

from ..errors import NotReady
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
        verbose_name_plural = "calls for stories"
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

    def draft(self):
        """Never published so far."""
        return self.filter(published_at=None)

    def withdrawn(self):
        return self.filter(published_at__isnull=False, withdrawn_at__isnull=False)

    def matching(self, text):
        """Those with `text` in what the public can read of them; a replaced original is not searched."""
        answers = Answer.objects.with_text().filter(
            profile=models.OuterRef("pk"), published_text__icontains=text
        )
        return self.filter(
            models.Q(organisation__name__icontains=text)
            | models.Q(standfirst__icontains=text)
            | models.Q(pull_quote__icontains=text)
            | models.Exists(answers)
        )

    def for_cards(self):
        """Everything a card shows, in one query."""
        return self.select_related("organisation", "call").with_reform()

    def by_newest(self):
        return self.order_by("-published_at", "-pk")

    def with_reform(self):
        """Annotate `reform`, the answer to the fourth question as published."""
        reform = Answer.objects.with_text().filter(profile=models.OuterRef("pk"), question=Question.REFORM)
        return self.annotate(reform=models.Subquery(reform.values("published_text")))


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
                violation_error_message="A story that was published needs the day its organisation agreed.",
            ),
        ]

    def __str__(self):
        return f"{self.organisation} ({self.call})"

    def get_absolute_url(self):
        return reverse("profiles:profile_detail", args=[self.slug])

    @property
    def is_published(self):
        return self.published_at is not None and self.withdrawn_at is None

    @property
    def is_draft(self):
        return self.published_at is None

    @property
    def is_withdrawn(self):
        return self.published_at is not None and self.withdrawn_at is not None

    def quotes_one_of(self, texts):
        """Whether the pull quote, if there is one, is word for word in one of `texts`, line breaks aside."""
        quote = " ".join(self.pull_quote.split())
        return any(quote in " ".join(text.split()) for text in texts) if quote else True

    def publish(self, *, by, now):
        """Make the story public; publishing twice changes nothing. Raise NotReady."""
        if self.consented_at is None:
            raise NotReady("Nobody has agreed to its publication yet.")
        if self.is_withdrawn and self.consented_at <= self.withdrawn_at:
            raise NotReady("The story was withdrawn. Enter when its organisation agreed again.")
        answers = list(self.answers.all())
        answered = {answer.question for answer in answers if answer.text.strip()}
        if missing := [question for question in Question if question not in answered]:
            raise NotReady(f"There is no answer yet to “{missing[0].label}”")
        if not self.quotes_one_of(answer.text for answer in answers):
            raise NotReady("The pull quote is not, word for word, in any of the answers.")
        fields = {"published_at": Coalesce("published_at", now), "published_by": by, "withdrawn_at": None}
        # The last condition again in the database: somebody may be withdrawing it at this moment.
        Profile.objects.filter(pk=self.pk).exclude(published_at__isnull=False, withdrawn_at=None).exclude(
            withdrawn_at__gte=models.F("consented_at")
        ).update(**fields)
        self.refresh_from_db()

    def withdraw(self, *, now):
        """Take the story down at once; its address keeps a polite page."""
        Profile.objects.filter(pk=self.pk).published().update(withdrawn_at=now)
        self.refresh_from_db()


class AnswerQuerySet(models.QuerySet):
    def with_text(self):
        """Annotate `published_text`, which agrees with the property `text`."""
        return self.annotate(
            published_text=models.Case(models.When(edited="", then="original"), default="edited")
        )


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

    objects = AnswerQuerySet.as_manager()

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

    @property
    def is_reform(self):
        return self.question == Question.REFORM
