"""Where bundles come from: the search path, the store of installed filters, packed bundles, and signatures.

from unfilter.find import bundles, install

install(Path("l0.unfilter"))
names = [bundle.name for bundle in bundles()]
"""

from unfilter.find.archive import pack
from unfilter.find.search_path import bundles, find_bundle, open_bundle
from unfilter.find.signing import sign
from unfilter.find.store import install

__all__ = ["bundles", "find_bundle", "install", "open_bundle", "pack", "sign"]
