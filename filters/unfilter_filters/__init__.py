"""Packed bundles of the filters that ship. `unfilter` finds them by the entry point `unfilter.filters`; nothing is imported
of this package but `BUNDLES`.
"""

from pathlib import Path

BUNDLES = Path(__file__).parent / "bundles"
"""Folder of one `FILTER.unfilter` for each filter."""
