"""Calibrating what recognises a filter's pictures after they were shared (`unfilter.jobs.recognition`), and measuring it.

`shared_files` draws what sites do to pictures, `samples` measures pictures of known history, `fitting` makes a recogniser of
the measures, and `report` says how many pictures of other photos are told right (docs/sharing.md).
"""
