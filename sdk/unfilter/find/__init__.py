"""Where bundles come from: the search path, the store of installed filters, packed bundles, and signatures."""
