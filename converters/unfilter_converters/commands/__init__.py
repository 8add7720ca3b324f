"""Subcommands that need the extra `convert`; see `unfilter.cli.command`."""
