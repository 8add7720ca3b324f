package dev.unfilter.android

import android.content.Context
import com.google.ai.edge.litert.Accelerator
import com.google.ai.edge.litert.BuiltinNpuAcceleratorProvider
import com.google.ai.edge.litert.CompiledModel
import com.google.ai.edge.litert.Environment
import com.google.ai.edge.litert.TensorBuffer
import dev.unfilter.Artifact
import dev.unfilter.Bundle
import dev.unfilter.Direction
import dev.unfilter.FixedSize
import dev.unfilter.Graph
import dev.unfilter.Runtime
import java.io.File
import java.io.IOException

/** LiteRT on one accelerator; an NPU needs the vendor's runtime library in the app (README). Its graphs are open until it is closed. */
class LiteRt(private val context: Context, private val accelerator: Accelerator) : Runtime {
    // Given the context, it keeps what a NPU's compiler makes in the app's cache.
    private val environment = Environment.create(context, BuiltinNpuAcceleratorProvider(context))
    private val models = mutableMapOf<String, CompiledModel>() // both directions are in one file

    override fun openGraph(bundle: Bundle, direction: Direction): Graph {
        val artifact = bundle.artifact("tflite", direction)
        return LiteRtGraph(bundle, artifact, models.getOrPut(artifact.path) { compiled(file(bundle, artifact.path)) })
    }

    private fun compiled(file: File): CompiledModel {
        val options = CompiledModel.Options(accelerator)
        // In fp16, the GPU's default, what is restored has a rounding error of its own.
        options.gpuOptions = CompiledModel.GpuOptions(precision = CompiledModel.GpuOptions.Precision.FP32)
        return CompiledModel.create(file.path, options, environment)
    }

    /** The artifact as a file. Its name is its content's digest, the same at every start, so that compilers' caches find it again. */
    private fun file(bundle: Bundle, path: String): File {
        val folder = File(context.codeCacheDir, "unfilter") // Android empties it when the app is updated
        val file = File(folder, "${bundle.sha256(path)}.tflite")
        if (file.exists()) return file
        folder.mkdirs()
        val partial = File.createTempFile("filter", ".partial", folder)
        try {
            partial.writeBytes(bundle.read(path))
            if (!partial.renameTo(file)) throw IOException("$file cannot be written")
        } finally {
            partial.delete()
        }
        return file
    }

    override fun close() {
        models.values.forEach(CompiledModel::close)
        models.clear()
        environment.close()
    }
}

private class LiteRtGraph(bundle: Bundle, private val artifact: Artifact, model: CompiledModel) : Graph {
    override val fixedSize = artifact.fixedSize
    private val full by lazy { Signature(model, artifact.signature!!, inputs(), artifact.result.name) }
    private val masked by lazy { Signature(model, artifact.maskedSignature!!, inputs() + artifact.valid!!.name, artifact.result.name) }
    private val opened = mutableSetOf<Signature>()
    private var places = FloatArray(0)
    private val tile = FixedSize(
        bundle.tiles,
        full = { pictures -> run(full, pictures, null) },
        masked = { pictures, valid -> run(masked, pictures, valid) },
    )

    override fun run(image: FloatArray, height: Int, width: Int, places: FloatArray, output: FloatArray?): FloatArray {
        this.places = places
        return tile.run(listOfNotNull(image, output), height, width)
    }

    private fun inputs() = listOfNotNull(artifact.image.name, artifact.output?.name, artifact.parameters?.name)

    private fun run(signature: Signature, pictures: List<FloatArray>, valid: FloatArray?): FloatArray {
        opened += signature
        return signature.run(pictures + listOfNotNull(places.takeIf { artifact.parameters != null }, valid))
    }

    override fun close() = opened.forEach(Signature::close)
}

/** One signature of a model with its buffers, which all tiles share. */
private class Signature(
    private val model: CompiledModel,
    private val name: String,
    inputs: List<String>,
    private val output: String,
) : AutoCloseable {
    private val given = inputs.associateWith { model.createInputBuffer(it, name) }
    private val made = model.createOutputBuffer(output, name)

    /** [values] in the inputs' order. */
    fun run(values: List<FloatArray>): FloatArray {
        given.values.zip(values) { buffer, content -> buffer.writeFloat(content) }
        model.run(given, mapOf(output to made), name)
        return made.readFloat()
    }

    override fun close() = (given.values + made).forEach(TensorBuffer::close)
}
