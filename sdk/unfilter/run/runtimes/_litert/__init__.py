"""Parts of runtime `litert`: its accelerators."""
