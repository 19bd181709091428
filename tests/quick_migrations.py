"""Migrations in a quarter of the time: Django makes all models of the history anew, dozens at a time, at each step.

It does so for what a step might have changed in how models look to the next. A new model changes no other; constraints,
indexes and triggers can be told to the model that is there. Where more than that changes, it's as ever.
"""

from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from unittest import mock

import django
from django.apps import apps
from django.core.management import call_command
from django.db.migrations.state import ModelState, ProjectState

# Of a model's options, those that change nothing about its fields and rows.
APART = {"constraints", "indexes", "triggers"}


@contextmanager
def quick_migrations():
    render, reload_model = ModelState.render, ProjectState.reload_model

    def rendered(self, apps):
        model = render(_Copied(self), apps)
        model.made_of = _parts(self)
        return model

    def reloaded(self, app_label, model_name, delay=False):
        if "apps" not in self.__dict__:
            return
        state = self.models[app_label, model_name]
        model = self.apps.all_models[app_label].get(model_name)
        if model is None:
            self.apps.render_multiple([state])
        elif model.made_of != _parts(state):
            reload_model(self, app_label, model_name, delay)
        else:
            for name in APART & state.options.keys():
                setattr(model._meta, name, state.options[name])

    with (
        mock.patch.object(ModelState, "render", rendered),
        mock.patch.object(ProjectState, "reload_model", reloaded),
    ):
        yield


def _parts(state):
    options = {name: value for name, value in state.options.items() if name not in APART}
    return state.name, dict(state.fields), state.bases, list(state.managers), options


class _Copied:
    """A model's state whose fields are copied as those of an abstract model are, not made again from their parts."""

    def __init__(self, state):
        self.state = state

    def __getattr__(self, name):
        return getattr(self.state, name)

    @property
    def fields(self):
        return {name: _Field(field) for name, field in self.state.fields.items()}


class _Field:
    def __init__(self, field):
        self.field = field

    def clone(self):
        return deepcopy(self.field)


def all_but_one():
    """Leave one app's for the site's own start, which so has to have them run as well."""
    django.setup()
    with quick_migrations():
        for label in sorted({config.label for config in apps.get_app_configs() if has_migrations(config)}):
            if label != "sessions":
                call_command("migrate", label, verbosity=0)


def has_migrations(config):
    return Path(config.path, "migrations", "__init__.py").exists()


if __name__ == "__main__":
    all_but_one()
