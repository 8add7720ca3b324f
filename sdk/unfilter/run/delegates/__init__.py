"""Delegates: what a runtime hands a graph to, so that a GPU or NPU runs it. Chosen from a table, checked by bytes and
coverage.

`table` says how each is engaged, in every language; `coverage` what a GPU or NPU would run of an artifact; `engagement`
whether one that is here really ran. See docs/delegates.md.
"""
