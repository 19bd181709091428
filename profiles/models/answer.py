import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

# 20,000 words and more: only there so that nobody fills the database.
LONGEST_ANSWER = 200_000

# Whoever changes a story's parts waits for one who is publishing it, and the other way round; then looks.
PUBLISHED_IS_LOCKED = """
    PERFORM FROM profiles_profile WHERE id IN (OLD.profile_id, NEW.profile_id) FOR SHARE;
    IF EXISTS (
        SELECT FROM profiles_profile
        WHERE id IN (OLD.profile_id, NEW.profile_id) AND published_at IS NOT NULL AND withdrawn_at IS NULL
    ) THEN
        RAISE EXCEPTION 'published_text_is_locked: this is part of a published story';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
"""


def published_text_is_locked():
    """What the public reads of a story was approved: its parts change only while it isn't public."""
    return pgtrigger.Trigger(
        name="published_text_is_locked",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=PUBLISHED_IS_LOCKED,
    )


class Question(models.IntegerChoices):
    """The four questions of the survey, word for word."""

    MEANING = 1, _("What does open government mean to you?")
    IMPORTANCE = 2, _("Why is open government important?")
    EXAMPLE = (
        3,
        _(
            "Can you give an example of where you have seen open government make a difference to the lives of citizens?"
        ),
    )
    REFORM = 4, _("What one reform would you ask of government to achieve open government?")


class AnswerQuerySet(models.QuerySet):
    def with_text(self):
        """Annotate `published_text`, which agrees with the property `text`."""
        return self.annotate(
            published_text=models.Case(models.When(edited="", then="original"), default="edited")
        )

    def public_reforms(self):
        """What published stories ask of government."""
        return self.filter(
            question=Question.REFORM, profile__published_at__isnull=False, profile__withdrawn_at=None
        )


class Answer(models.Model):
    """What an organisation answered to one of the four questions, and how an editor prepared it for reading."""

    profile = models.ForeignKey("Profile", on_delete=models.CASCADE, related_name="answers")
    question = models.PositiveSmallIntegerField(choices=Question)
    original = models.TextField(max_length=LONGEST_ANSWER, help_text="As it was given.")
    edited = models.TextField(
        max_length=LONGEST_ANSWER,
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
                violation_error_message=_("This question is answered already."),
            ),
            models.CheckConstraint(
                condition=models.Q(question__in=Question.values), name="answer_to_one_of_the_four_questions"
            ),
        ]
        triggers = [published_text_is_locked()]

    def __str__(self):
        return self.get_question_display()

    @property
    def text(self):
        return self.edited or self.original

    @property
    def is_reform(self):
        return self.question == Question.REFORM

    @property
    def is_example(self):
        return self.question == Question.EXAMPLE
