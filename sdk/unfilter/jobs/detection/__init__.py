"""Whether a filter made a file, told from its pixels: a tag can be copied, and what the pixels carry can be destroyed.

`evidence` measures a file by running both directions of the filter on a sample of it; `detector` weighs the measures against
what the filter's own files, and files altered in several ways, measured when the filter was calibrated (docs/detection.md).
"""
