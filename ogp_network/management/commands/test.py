from django.core.management.base import BaseCommand

from ogp_network import bootstrap


class Command(BaseCommand):
    help = "Runs all the tests, or what pytest's own arguments choose: manage.py test tests/manifesto -k vote"

    def run_from_argv(self, argv):
        bootstrap.run_tests(argv[2:])
