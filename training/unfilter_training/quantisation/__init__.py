"""Quantiser tables of JPEG files, learned per filter: fewer bytes for the same restored photo and the same look."""
