"""Load on the real site, made and measured by `manage.py benchmark_site`."""
