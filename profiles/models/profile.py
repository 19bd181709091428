import pgtrigger
from django.core.exceptions import ObjectDoesNotExist
from django.db import models, transaction
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..errors import NotReady
from ..vocabularies import ReformTheme, language_field, language_tag
from .answer import Answer, Question
from .approval import Approvable, Approval, ApprovedQuerySet
from .call import Call
from .member import Member
from .notification import Notification
from .organisation import Organisation
from .story_words import words_are_written_down
from .survey import Survey, SurveyQuerySet

# What an approval is for, among the columns of a profile.
APPROVED_COLUMNS = (
    *("standfirst", "pull_quote", "speaker_name", "speaker_role"),
    *("evidence_link", "picture_credit", "picture_alt"),
)


NO_THEME = "none"
WITHOUT_THEME = gettext_lazy("Not under a theme yet")


class ProfileQuerySet(SurveyQuerySet, ApprovedQuerySet):
    def published(self):
        return self.filter(published_at__isnull=False, withdrawn_at=None)

    def draft(self):
        """Never published so far."""
        return self.filter(published_at=None)

    def withdrawn(self):
        return self.filter(published_at__isnull=False, withdrawn_at__isnull=False)

    def due(self, now):
        """To be published by now, as an editor has set."""
        return self.filter(publish_at__lte=now).exclude(published_at__isnull=False, withdrawn_at=None)

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
        return self.select_related("organisation").with_picture().with_reform()

    def for_page(self):
        return self.select_related("organisation", "call", "author").with_picture()

    def for_data(self):
        """Everything open data says of them, in two queries."""
        return self.select_related("organisation", "call").with_picture().prefetch_related("answers")

    def with_picture(self):
        """With what a page says of the picture, without the picture itself."""
        return self.select_related("picture").defer("picture__large", "picture__small")

    def count_by_year(self):
        """How many were published in each year."""
        return dict(self.order_by().values_list("published_at__year").annotate(models.Count("pk")))

    def by_newest(self):
        return self.order_by("-published_at", "-pk")

    def by_theme(self):
        """Theme by theme, in the vocabulary's order; those without one last."""
        places = [
            models.When(theme=theme, then=models.Value(place))
            for place, theme in enumerate(ReformTheme.values)
        ]
        place = models.Case(*places, default=models.Value(len(places)))
        return self.order_by(place, "-published_at", "-pk")

    def count_by_theme(self):
        """Triples of a theme's code, its label and how many ask for it, for the themes of any."""
        rows = self.order_by().values("theme").annotate(number=models.Count("pk"))
        counted = {row["theme"]: row["number"] for row in rows}
        themes = [*ReformTheme.choices, (NO_THEME, WITHOUT_THEME)]
        counted[NO_THEME] = counted.pop("", 0)
        return [(code, label, counted[code]) for code, label in themes if counted.get(code)]

    def with_reform(self):
        """Annotate `reform`, the answer to the fourth question as published."""
        reform = self._reforms().with_text().values("published_text")
        return self.annotate(reform=models.Subquery(reform))

    def with_reform_pk(self):
        """Annotate `reform_pk`, the key of that answer."""
        return self.annotate(reform_pk=models.Subquery(self._reforms().values("pk")))

    def _reforms(self):
        return Answer.objects.filter(profile=models.OuterRef("pk"), question=Question.REFORM)


class Profile(Survey, Approvable, models.Model):
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
    evidence_link = models.URLField(
        max_length=500, blank=True, help_text="A page that shows what the example tells of."
    )
    picture_credit = models.CharField(max_length=150, blank=True, help_text="Who made the picture.")
    picture_alt = models.CharField(
        "what the picture shows",
        max_length=300,
        blank=True,
        help_text="In a sentence, for people who can’t see it.",
    )
    saved_at = models.DateTimeField(null=True, blank=True, editable=False)
    saved_by = models.ForeignKey(
        Member,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="saved_profiles",
    )
    submitted_at = models.DateTimeField("answered at", null=True, blank=True, editable=False)
    begun_at = models.DateTimeField(null=True, blank=True, editable=False)
    begun_by = models.ForeignKey(
        Member,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="begun_profiles",
    )
    slug = models.SlugField(max_length=100, unique=True, help_text="The last part of the story's address.")
    standfirst = models.TextField(
        max_length=400, blank=True, help_text="One or two sentences that make people want to read on."
    )
    pull_quote = models.TextField(
        max_length=300, blank=True, help_text="A phrase to set large: word for word from one of the answers."
    )
    theme = models.CharField(
        "theme of the reform",
        max_length=40,
        choices=ReformTheme,
        blank=True,
        help_text="What the reform is about, to gather and count reforms by. Not part of what is approved.",
    )
    # Not among what is approved: it says how the words are to be read, and a slip in it is put right without asking.
    language = language_field()
    consented_at = models.DateTimeField(
        "agreed to publication at",
        null=True,
        blank=True,
        help_text="When the organisation agreed to its answers being published under CC BY 4.0.",
    )
    consent_version = models.CharField(max_length=20, blank=True, editable=False)
    approval = models.ForeignKey(
        Approval, on_delete=models.RESTRICT, null=True, blank=True, editable=False, related_name="+"
    )
    publish_at = models.DateTimeField("to be published at", null=True, blank=True, editable=False)
    scheduled_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
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
    withdrawn_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )

    objects = ProfileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "call"],
                name="profile_one_per_organisation_and_call",
                violation_error_message=gettext_lazy("This organisation has answered this call already."),
            ),
            models.CheckConstraint(
                condition=models.Q(published_at=None) | models.Q(consented_at__isnull=False),
                name="profile_published_with_consent",
                violation_error_message=gettext_lazy(
                    "A story that was published needs the day its organisation agreed."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(published_at=None) | models.Q(approval__isnull=False),
                name="profile_published_with_approval",
            ),
            models.CheckConstraint(
                condition=models.Q(submitted_at__isnull=False) | models.Q(begun_at=None, published_at=None),
                name="profile_submitted_before_written_up",
            ),
        ]
        triggers = [
            words_are_written_down(),
            pgtrigger.Protect(
                name="published_text_is_locked",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.published_at IS NOT NULL AND OLD.withdrawn_at IS NULL AND"
                    f" ({', '.join(f'OLD.{name}' for name in APPROVED_COLUMNS)}) IS DISTINCT FROM"
                    f" ({', '.join(f'NEW.{name}' for name in APPROVED_COLUMNS)})"
                ),
            ),
        ]

    def __str__(self):
        return f"{self.organisation} ({self.call})"

    def get_absolute_url(self):
        return reverse("profiles:profile_detail", args=[self.slug])

    @property
    def language_tag(self):
        return language_tag(self.language)

    @property
    def is_published(self):
        return self.published_at is not None and self.withdrawn_at is None

    @property
    def is_draft(self):
        return self.published_at is None

    @property
    def is_withdrawn(self):
        return self.published_at is not None and self.withdrawn_at is not None

    @property
    def has_picture(self):
        try:
            return self.pk is not None and self.picture is not None
        except ObjectDoesNotExist:
            return False

    @property
    def picture_address(self):
        return reverse("profiles:profile_picture", args=[self.pk, self.picture.digest[:16]])

    @property
    def small_picture_address(self):
        return reverse("profiles:profile_picture_small", args=[self.pk, self.picture.digest[:16]])

    def is_visible_to(self, user):
        """Everybody sees a public story; before that its organisation does and, once it was sent in, editors."""
        if self.is_published:
            return True
        if not user.is_authenticated:
            return False
        is_editors = self.is_submitted and user.has_perm("profiles.change_profile")
        return is_editors or Profile.objects.for_member(user).filter(pk=self.pk).exists()

    @property
    def theme_label(self):
        return self.get_theme_display() if self.theme else WITHOUT_THEME

    def quotes_one_of(self, texts):
        """Whether the pull quote, if there is one, is word for word in one of `texts`, line breaks aside."""
        quote = " ".join(self.pull_quote.split())
        return any(quote in " ".join(text.split()) for text in texts) if quote else True

    def refusal_to_publish(self):
        """Why the story can't be public as it stands, or None if it can."""
        if self.consented_at is None:
            return NotReady(_("Nobody has agreed to its publication yet."))
        if refusal := self.refusal_to_publish_text():
            return refusal
        approval = self.live_approval
        if approval is None or not approval.is_standing:
            return NotReady(_("Its organisation hasn’t approved the text as it stands."))
        if approval.fingerprint != self.fingerprint():
            return NotReady(_("The text has changed since its organisation approved it."))
        return None

    def publish(self, *, by, now):
        """Make the story public; publishing twice changes nothing. Raise NotReady."""
        with transaction.atomic():
            locked = Profile.objects.select_for_update(of=["self"]).get(pk=self.pk)
            if not locked.is_published:
                if refusal := locked.refusal_to_publish():
                    raise refusal
                Profile.objects.filter(pk=self.pk).update(
                    published_at=Coalesce("published_at", now),
                    published_by=by,
                    approval=locked.live_approval,
                    publish_at=None,
                    withdrawn_at=None,
                    withdrawn_by=None,
                )
                locked._tell_of_publication(now)
        self.refresh_from_db()

    def _tell_of_publication(self, now):
        Notification.objects.tell(
            self.approvers(),
            key=f"profile-{self.pk}-published-{self.live_approval.pk}",
            subject="Your story is published",
            words=f"The story of {self.organisation} is public now. Whoever belongs to {self.organisation} can take "
            "it down at any time, under “Our stories”.",
            address=self.get_absolute_url(),
            now=now,
        )

    def schedule(self, publish_at, *, by, now):
        """Have the story published by itself at a time to come. Raise NotReady."""
        if publish_at <= now:
            raise NotReady(_("This time has passed. Choose a later one, or publish the story now."))
        with transaction.atomic():
            locked = Profile.objects.select_for_update(of=["self"]).get(pk=self.pk)
            if locked.is_published:
                raise NotReady(_("The story is public already."))
            if refusal := locked.refusal_to_publish():
                raise refusal
            locked.publish_at, locked.scheduled_by = publish_at, by
            locked.save(update_fields=["publish_at", "scheduled_by"])
        self.refresh_from_db()

    def unschedule(self):
        Profile.objects.filter(pk=self.pk).update(publish_at=None, scheduled_by=None)
        self.publish_at = self.scheduled_by = None

    def withdraw(self, *, by, now):
        """Take the story down at once; its address keeps a polite page. To come back it needs a new approval."""
        with transaction.atomic():
            published = Profile.objects.filter(pk=self.pk).published()
            if published.update(withdrawn_at=now, withdrawn_by=by):
                self.approvals.live().update(voided_at=now)
        self.refresh_from_db()
