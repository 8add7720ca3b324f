package dev.unfilter.app

import android.Manifest
import android.net.Uri
import android.os.Bundle
import android.widget.Button
import android.widget.TextView
import androidx.activity.ComponentActivity
import androidx.activity.result.contract.ActivityResultContracts.OpenDocument
import androidx.activity.result.contract.ActivityResultContracts.RequestPermission
import androidx.camera.core.CameraSelector
import androidx.camera.core.ImageCapture
import androidx.camera.core.ImageCaptureException
import androidx.camera.core.Preview
import androidx.camera.lifecycle.ProcessCameraProvider
import androidx.camera.view.PreviewView
import java.io.File
import java.io.IOException
import java.util.concurrent.Executors

/** Camera, filter, save; open, restore, save. All work on photos is done by one thread: a filter is for one at a time. */
class MainActivity : ComponentActivity() {
    private val worker = Executors.newSingleThreadExecutor()
    private val capture = ImageCapture.Builder().setCaptureMode(ImageCapture.CAPTURE_MODE_MAXIMIZE_QUALITY).build()
    private lateinit var exact: Exact
    private var hasCamera = false

    // Documents come as they are; the photo picker may give a converted copy.
    private val photoToFilter = registerForActivityResult(OpenDocument()) { uri ->
        if (uri != null) filter("photo") { open(uri).use { it.readBytes() } }
    }
    private val fileToRestore = registerForActivityResult(OpenDocument()) { uri -> uri?.let(::restore) }
    private val cameraPermission = registerForActivityResult(RequestPermission()) { granted ->
        if (granted) startCamera() else say(getString(R.string.no_camera))
    }

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        setContentView(R.layout.main)
        button(R.id.take).setOnClickListener { take() }
        button(R.id.filter).setOnClickListener { photoToFilter.launch(arrayOf("image/jpeg", "image/png")) }
        button(R.id.restore).setOnClickListener { fileToRestore.launch(arrayOf("image/*")) }
        cameraPermission.launch(Manifest.permission.CAMERA)
        work {
            exact = firstExact(this)
            getString(R.string.ready, exact.filter.bundle.filter, exact.accelerator.name)
        }
    }

    override fun onDestroy() {
        worker.execute { if (::exact.isInitialized) exact.filter.close() }
        worker.shutdown()
        super.onDestroy()
    }

    private fun startCamera() {
        val provider = ProcessCameraProvider.getInstance(this)
        provider.addListener({
            val preview = Preview.Builder().build().apply { surfaceProvider = findViewById<PreviewView>(R.id.preview).surfaceProvider }
            provider.get().bindToLifecycle(this, CameraSelector.DEFAULT_BACK_CAMERA, preview, capture)
            hasCamera = true
            button(R.id.take).isEnabled = button(R.id.filter).isEnabled
        }, mainExecutor)
    }

    /** CameraX writes a JPEG whose EXIF says how the phone was held; its pixels stay as the sensor gave them. */
    private fun take() {
        val file = File(cacheDir, "capture.jpg")
        val options = ImageCapture.OutputFileOptions.Builder(file).build()
        capture.takePicture(options, mainExecutor, object : ImageCapture.OnImageSavedCallback {
            override fun onImageSaved(results: ImageCapture.OutputFileResults) = filter("camera") { file.readBytes() }

            override fun onError(error: ImageCaptureException) = say(error.message ?: "$error")
        })
    }

    private fun filter(name: String, read: () -> ByteArray) = work {
        val photo = readPhoto(read())
        val saved = "$name-${System.currentTimeMillis()}.unfilter.png"
        savePng(contentResolver, saved) { exact.filter.applyFile(photo.pixels, photo.carried, it, progress = ::show) }
        getString(R.string.saved, saved)
    }

    private fun restore(uri: Uri) = work {
        exact.filter.inspect { open(uri) } // refused before the gallery gets an entry
        val saved = "restored-${System.currentTimeMillis()}.png"
        savePng(contentResolver, saved) { exact.filter.restoreFile({ open(uri) }, it, progress = ::show) }
        getString(R.string.saved, saved)
    }

    private fun open(uri: Uri) = contentResolver.openInputStream(uri) ?: throw IOException("$uri cannot be read")

    /** Run [task] on the worker, and say what it says, or why it failed. */
    private fun work(task: () -> String) {
        enable(false)
        worker.execute {
            val said = try {
                task()
            } catch (error: Exception) { // refusals, and what LiteRT and the gallery throw
                error.message ?: "$error"
            }
            runOnUiThread {
                say(said)
                enable(::exact.isInitialized)
            }
        }
    }

    private fun show(done: Float) = runOnUiThread { say(getString(R.string.working, (done * 100).toInt())) }

    private fun say(text: String) {
        findViewById<TextView>(R.id.status).text = text
    }

    private fun enable(on: Boolean) {
        for (id in listOf(R.id.filter, R.id.restore)) button(id).isEnabled = on
        button(R.id.take).isEnabled = on && hasCamera
    }

    private fun button(id: Int): Button = findViewById(id)
}
