package dev.unfilter.app

import android.Manifest
import android.content.ActivityNotFoundException
import android.graphics.Bitmap
import android.net.Uri
import android.os.Bundle
import android.view.View
import android.view.ViewGroup
import android.widget.Button
import android.widget.CheckBox
import android.widget.ImageView
import android.widget.TextView
import androidx.activity.ComponentActivity
import androidx.activity.result.ActivityResultLauncher
import androidx.activity.result.contract.ActivityResultContracts.OpenDocument
import androidx.activity.result.contract.ActivityResultContracts.RequestPermission
import dev.unfilter.Codec
import dev.unfilter.Goldens
import dev.unfilter.Origin
import dev.unfilter.Photo
import dev.unfilter.Refused
import dev.unfilter.Restored
import dev.unfilter.android.Exact
import dev.unfilter.android.PlatformJpeg
import dev.unfilter.android.firstExact
import dev.unfilter.android.savePhoto
import dev.unfilter.mustLieOn
import java.io.File
import java.io.IOException
import java.util.concurrent.Executors

/**
 * Camera with a live view, filter, save; what was saved is shown and can be restored; so can any file. All work on photos is done by
 * one thread, and all on frames by another: a filter is for one at a time.
 */
class MainActivity : ComponentActivity() {
    private val worker = Executors.newSingleThreadExecutor()
    private val frames = Executors.newSingleThreadExecutor()
    private val jpeg = PlatformJpeg()
    private lateinit var bundle: dev.unfilter.Bundle
    private lateinit var live: LiveView
    private lateinit var camera: Camera
    private lateinit var sliders: Sliders
    private var exact: Exact? = null
    private var hasCamera = false
    private var isBusy = false
    private var shown: Shown? = null
    private var unguided: Uri? = null // a photo that waits for what another filter made of it
    private var untold: Uri? = null // a file that was refused, since nothing tells which filter made it

    // Documents come as they are; the photo picker may give a converted copy.
    private val photoToFilter = registerForActivityResult(OpenDocument()) { uri ->
        if (uri != null && bundle.isGuided) {
            unguided = uri
            say(getString(R.string.choose_output, bundle.filter))
            choose(outputOfPhoto, "image/jpeg", "image/png")
        } else if (uri != null) {
            filter("photo") { bytes(uri) }
        }
    }
    private val outputOfPhoto: ActivityResultLauncher<Array<String>> = registerForActivityResult(OpenDocument()) { uri ->
        val photo = unguided
        if (uri != null && photo != null) filter("photo", { bytes(uri) }) { bytes(photo) }
    }
    private val fileToRestore = registerForActivityResult(OpenDocument()) { uri -> uri?.let(::restore) }
    private val cameraPermission = registerForActivityResult(RequestPermission()) { granted ->
        if (granted) camera.start(::onCamera) else say(getString(R.string.no_permission))
    }

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        setContentView(R.layout.main)
        bundle = try {
            dev.unfilter.Bundle { assets.open("bundle/$it") }
        } catch (error: IOException) {
            return say(getString(R.string.no_bundle, error.message ?: "$error"))
        }
        live = LiveView(bundle, ::showFrame) { reason -> runOnUiThread { find<CheckBox>(R.id.live).isChecked = false; say(reason) } }
        camera = Camera(this, find(R.id.preview), frames, live)
        sliders = Sliders(bundle.hyperParameters, this, find<ViewGroup>(R.id.sliders)) { live.parameters = it }
        find<CheckBox>(R.id.live).setOnCheckedChangeListener { _, isOn ->
            live.isOn = isOn
            find<ImageView>(R.id.frame).visibility = if (isOn) View.VISIBLE else View.GONE
        }
        find<Button>(R.id.take).setOnClickListener { take() }
        find<Button>(R.id.filter).setOnClickListener { choose(photoToFilter, "image/jpeg", "image/png") }
        find<Button>(R.id.restore).setOnClickListener { choose(fileToRestore, "image/*") }
        find<Button>(R.id.restore_shown).setOnClickListener { shown?.let { restore(it.uri) } }
        find<Button>(R.id.restore_untold).text = getString(R.string.restore_untold, bundle.filter)
        find<Button>(R.id.restore_untold).setOnClickListener { untold?.let { restore(it, force = true) } }
        find<Button>(R.id.close).setOnClickListener { show(null) }
        cameraPermission.launch(Manifest.permission.CAMERA)
        work {
            val found = firstExact(this, bundle, Goldens { assets.open("goldens/$it") })
            exact = found
            say(getString(R.string.ready, bundle.filter, found.accelerator.name))
        }
    }

    override fun onDestroy() {
        if (::camera.isInitialized) camera.stop()
        if (::live.isInitialized) frames.execute(live::close)
        worker.execute { exact?.filter?.close() }
        frames.shutdown()
        worker.shutdown()
        super.onDestroy()
    }

    private fun choose(launcher: ActivityResultLauncher<Array<String>>, vararg types: String) = try {
        launcher.launch(arrayOf(*types))
    } catch (_: ActivityNotFoundException) { // a device without a file chooser
        say(getString(R.string.no_chooser))
    }

    private fun onCamera(isThere: Boolean) {
        hasCamera = isThere
        if (!isThere) say(getString(R.string.no_camera))
        enable()
    }

    private fun take() {
        isBusy = true
        enable()
        val file = File(cacheDir, "capture.jpg")
        camera.take(file, { filter("camera") { file.readBytes().also { file.delete() } } }) { reason ->
            isBusy = false
            enable()
            say(reason)
        }
    }

    /** By a guided filter with [readOutput], what another filter made of the photo. */
    private fun filter(name: String, readOutput: (() -> ByteArray)? = null, read: () -> ByteArray) {
        val exactly = find<CheckBox>(R.id.png).isChecked || !bundle.restoresFromJpeg
        val marksJpegs = find<CheckBox>(R.id.mark).isChecked
        val values = sliders.values
        workOnPhotos { filter ->
            val photo = Photo.read(read(), jpeg)
            val output = readOutput?.let { Photo.read(it(), jpeg) }?.also { it.mustLieOn(photo) }
            val codec = if (exactly || photo.isTransparent) Codec.Png else Codec.Jpeg()
            val saved = savePhoto(contentResolver, "$name-${System.currentTimeMillis()}.unfilter", codec) {
                filter.applyFile(photo.pixels, photo.carried, it, codec, values, marksJpegs && codec is Codec.Jpeg, output?.pixels, ::progress)
            }
            Shown(saved, picture(contentResolver, saved), canBeRestored = true)
        }
    }

    /**
     * As PNG, which keeps every level of what came back. A file that holds its photo whole needs no filter. One without a tag is restored by
     * the mark that it has; where it has none, only with [force], where the user says that this filter made it.
     */
    private fun restore(uri: Uri, force: Boolean = false) = workOnPhotos { filter ->
        val held = filter.restoreHeld { open(uri) }
        val found = if (held == null) looked(filter, uri, force) else null // refused before the gallery gets an entry
        lateinit var restored: Restored
        val saved = savePhoto(contentResolver, "restored-${System.currentTimeMillis()}", Codec.Png) {
            restored = held?.write(it) ?: filter.restoreFile({ open(uri) }, it, force = force, found = found, progress = ::progress)
        }
        Shown(saved, picture(contentResolver, saved), canBeRestored = false, restored)
    }

    private fun looked(filter: dev.unfilter.Filter, uri: Uri, force: Boolean) = try {
        filter.look({ open(uri) }, force)
    } catch (refused: Refused) {
        if (refused.recognition?.origin == Origin.CANNOT_TELL) runOnUiThread { untold = uri }
        throw refused
    }

    private fun bytes(uri: Uri) = open(uri).use { it.readBytes() }

    private fun open(uri: Uri) = contentResolver.openInputStream(uri) ?: throw IOException("$uri cannot be read")

    private fun workOnPhotos(task: (dev.unfilter.Filter) -> Shown) = work {
        val result = task(checkNotNull(exact).filter)
        runOnUiThread { show(result) }
    }

    /** Run [task] on the worker, and say why it failed. */
    private fun work(task: () -> Unit) {
        if (worker.isShutdown) return // a picture that came when the user had left
        isBusy = true
        untold = null
        enable()
        worker.execute {
            val reason = try {
                task()
                null
            } catch (error: Exception) { // refusals, and what LiteRT and the gallery throw
                error.message ?: "$error"
            } catch (_: OutOfMemoryError) { // a JPEG's bitmap
                getString(R.string.no_memory)
            }
            runOnUiThread {
                reason?.let(::say)
                isBusy = false
                enable()
            }
        }
    }

    private fun show(result: Shown?) {
        shown = result
        find<View>(R.id.result).visibility = if (result == null) View.GONE else View.VISIBLE
        find<ImageView>(R.id.picture).setImageBitmap(result?.picture)
        if (result != null) say(listOfNotNull(getString(result.message), result.verdict).joinToString(": "))
        enable()
    }

    private fun showFrame(frame: Bitmap) = runOnUiThread { find<ImageView>(R.id.frame).setImageBitmap(frame) }

    private fun progress(done: Float) = say(getString(R.string.working, (done * 100).toInt()))

    private fun say(text: String) = runOnUiThread { find<TextView>(R.id.status).text = text }

    private fun enable() {
        val isReady = exact != null && !isBusy
        for (id in listOf(R.id.filter, R.id.restore)) find<Button>(id).isEnabled = isReady
        val isLive = hasCamera && !bundle.isGuided // a camera gives no output of another filter
        find<Button>(R.id.take).isEnabled = isReady && isLive
        find<Button>(R.id.restore_shown).isEnabled = isReady && shown?.canBeRestored == true
        find<Button>(R.id.restore_untold).visibility = if (isReady && untold != null) View.VISIBLE else View.GONE
        find<CheckBox>(R.id.live).isEnabled = isLive
    }

    private fun <T : View> find(id: Int): T = findViewById(id)
}
