package dev.unfilter.app

import android.view.OrientationEventListener
import androidx.activity.ComponentActivity
import androidx.camera.core.CameraSelector
import androidx.camera.core.ImageAnalysis
import androidx.camera.core.ImageCapture
import androidx.camera.core.ImageCaptureException
import androidx.camera.core.Preview
import androidx.camera.lifecycle.ProcessCameraProvider
import androidx.camera.view.PreviewView
import java.io.File
import java.util.concurrent.Executor

/** Viewfinder, photos and frames of one camera, for as long as the activity is shown. */
class Camera(
    private val activity: ComponentActivity,
    private val viewfinder: PreviewView,
    onFrames: Executor,
    frames: ImageAnalysis.Analyzer,
) {
    private val capture = ImageCapture.Builder().setCaptureMode(ImageCapture.CAPTURE_MODE_MAXIMIZE_QUALITY).build()
    private val analysis = ImageAnalysis.Builder()
        .setOutputImageFormat(ImageAnalysis.OUTPUT_IMAGE_FORMAT_RGBA_8888)
        .setBackpressureStrategy(ImageAnalysis.STRATEGY_KEEP_ONLY_LATEST) // what comes while a frame is filtered is let go
        .build()
        .apply { setAnalyzer(onFrames, frames) }
    private val orientation = object : OrientationEventListener(activity) {
        override fun onOrientationChanged(orientation: Int) {
            if (orientation == ORIENTATION_UNKNOWN) return // lies flat: as it was held before
            capture.targetRotation = targetRotation(orientation)
            viewfinder.display?.let { analysis.targetRotation = it.rotation } // frames are shown on the screen, which may be locked
        }
    }

    /** Tells [ready] whether there is a camera: the back one, or the front one, or any. */
    fun start(ready: (Boolean) -> Unit) {
        val provider = ProcessCameraProvider.getInstance(activity)
        provider.addListener({ ready(bind(provider::get)) }, activity.mainExecutor)
    }

    /** False without a camera, and where CameraX finds or opens none; the app filters photos of the gallery then. */
    private fun bind(provider: () -> ProcessCameraProvider): Boolean = try {
        val cameras = provider()
        val selector = listOf(CameraSelector.DEFAULT_BACK_CAMERA, CameraSelector.DEFAULT_FRONT_CAMERA).firstOrNull(cameras::hasCamera)
            ?: cameras.availableCameraInfos.firstOrNull()?.cameraSelector
        if (selector != null) {
            val preview = Preview.Builder().build().apply { surfaceProvider = viewfinder.surfaceProvider }
            cameras.unbindAll()
            cameras.bindToLifecycle(activity, selector, preview, capture, analysis)
            orientation.enable()
        }
        selector != null
    } catch (_: Exception) { // of many kinds, by CameraX's and by the phone's fault
        false
    }

    /** Writes a JPEG to [file] whose EXIF says how the phone was held; its pixels stay as the sensor gave them. */
    fun take(file: File, saved: () -> Unit, failed: (String) -> Unit) {
        val options = ImageCapture.OutputFileOptions.Builder(file).build()
        capture.takePicture(options, activity.mainExecutor, object : ImageCapture.OnImageSavedCallback {
            override fun onImageSaved(results: ImageCapture.OutputFileResults) = saved()

            override fun onError(error: ImageCaptureException) = failed(error.message ?: "$error")
        })
    }

    /** No frame comes after. */
    fun stop() {
        orientation.disable()
        analysis.clearAnalyzer()
    }
}
