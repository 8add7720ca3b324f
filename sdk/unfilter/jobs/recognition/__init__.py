"""Which filter made a picture, whatever befell its file: resized and compressed again by a site, all metadata gone.

`traces` measures a picture, `recognizer` weighs the measures by what a bundle was calibrated with, `by_pixels` asks all
installed filters, `arrival` says what came and what is to be expected of restoring it (docs/sharing.md).
"""
