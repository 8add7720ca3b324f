package dev.unfilter.app

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

/** LiteRT on one accelerator; an NPU needs the vendor's runtime library in the app (README). */
class LiteRt(private val context: Context, private val accelerator: Accelerator) : Runtime {
    private val environment = Environment.create(BuiltinNpuAcceleratorProvider(context))

    override fun openGraph(bundle: Bundle, direction: Direction): Graph {
        val artifact = bundle.artifact("tflite", direction)
        val file = File.createTempFile("filter", ".tflite", context.codeCacheDir)
        file.writeBytes(bundle.read(artifact.path)) // compared with the manifest's sha256
        val options = CompiledModel.Options(accelerator)
        // In fp16, the GPU's default, what is restored has a rounding error of its own.
        options.gpuOptions = CompiledModel.GpuOptions(precision = CompiledModel.GpuOptions.Precision.FP32)
        val model = try {
            CompiledModel.create(file.path, options, environment)
        } finally {
            file.delete() // what is mapped stays
        }
        return LiteRtGraph(bundle, artifact, model)
    }
}

private class LiteRtGraph(bundle: Bundle, private val artifact: Artifact, private val model: CompiledModel) : Graph {
    override val fixedSize = artifact.fixedSize
    private var places = FloatArray(0)
    private val tile = FixedSize(
        bundle.tiles,
        full = { run(artifact.signature!!, it, null) },
        masked = { image, valid -> run(artifact.maskedSignature!!, image, valid) },
    )

    override fun run(image: FloatArray, height: Int, width: Int, places: FloatArray): FloatArray {
        this.places = places
        return tile.run(image, height, width)
    }

    private fun run(signature: String, image: FloatArray, valid: FloatArray?): FloatArray {
        val inputs = buildMap {
            put(artifact.image.name, image)
            artifact.parameters?.let { put(it.name, places) }
            if (valid != null) put(artifact.valid!!.name, valid)
        }.mapValues { (name, values) -> model.createInputBuffer(name, signature).apply { writeFloat(values) } }
        val outputs = mapOf(artifact.result.name to model.createOutputBuffer(artifact.result.name, signature))
        try {
            model.run(inputs, outputs, signature)
            return outputs.getValue(artifact.result.name).readFloat()
        } finally {
            (inputs.values + outputs.values).forEach(TensorBuffer::close)
        }
    }

    override fun close() = model.close()
}
