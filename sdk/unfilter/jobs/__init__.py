"""The one journey of a photo: check the target, read, refuse, run, tag, write (docs/architecture.md)."""
