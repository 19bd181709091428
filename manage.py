#!/usr/bin/env python3
"""Django's command line. In a bare clone it sets up `.venv` first and goes on inside it."""

import os
import sys

from ogp_network import bootstrap


def main():
    problem = bootstrap.python_problem(sys.version_info)
    if problem:
        sys.exit(problem)
    bootstrap.go_on([os.path.abspath(__file__), *sys.argv[1:]])
    if sys.argv[1:2] == ["test"]:
        bootstrap.run_tests(sys.argv[2:])
    if not os.environ.get("DATABASE_URL"):
        mode = "demonstration" if sys.argv[1:2] == ["demo"] else "development"
        os.environ.setdefault("SITE_MODE", mode)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ogp_network.settings")

    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
