"""Backups that can be trusted: of one moment, with what they hold written down, and restored whole or not at all."""
