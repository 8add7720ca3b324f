"""Subcommands that need the extra `train`; see `unfilter.cli.command`."""
