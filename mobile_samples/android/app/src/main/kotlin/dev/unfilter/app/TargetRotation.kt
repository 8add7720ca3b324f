package dev.unfilter.app

import android.view.Surface

/**
 * What a camera is told of how the phone is held, [degrees] clockwise from upright as `OrientationEventListener` counts them, so that
 * EXIF turns the photo the right way up, also where the screen does not turn along.
 *
 * Source: developer.android.com/media/camera/camerax/orientation-rotation, "Orientation event listener setup".
 */
fun targetRotation(degrees: Int): Int = when (degrees) {
    in 45..134 -> Surface.ROTATION_270
    in 135..224 -> Surface.ROTATION_180
    in 225..314 -> Surface.ROTATION_90
    else -> Surface.ROTATION_0
}
