"""Calibrating the detector of the SDK (`unfilter.jobs.detection`) for a filter, and measuring how well it tells.

`alterations` makes the files to be told apart, `samples` measures them, `calibration` fits a detector to the measures, and
`roc` says how many files of other photos are told right. docs/detection.md has the results.
"""
