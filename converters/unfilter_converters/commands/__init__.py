"""Subcommands that need the extra `convert`; see `unfilter.commands`."""
