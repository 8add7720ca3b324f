package dev.unfilter.onnx

import ai.onnxruntime.OnnxTensor
import ai.onnxruntime.OrtEnvironment
import ai.onnxruntime.OrtSession
import dev.unfilter.Artifact
import dev.unfilter.Bundle
import dev.unfilter.BundleException
import dev.unfilter.Direction
import dev.unfilter.Graph
import dev.unfilter.Runtime
import java.nio.FloatBuffer

/**
 * ONNX Runtime on the CPU. The same class runs on Android (`onnxruntime-android`) and on a server's JVM (`onnxruntime`).
 * [options] may add a provider, such as NNAPI or XNNPACK: hold it to the goldens first. They are closed with it.
 */
class OnnxRuntime(private val options: OrtSession.SessionOptions = OrtSession.SessionOptions()) : Runtime {
    override fun openGraph(bundle: Bundle, direction: Direction): Graph {
        val artifact = bundle.artifact("onnx", direction)
        val session = OrtEnvironment.getEnvironment().createSession(bundle.read(artifact.path), options)
        try {
            return OnnxGraph(artifact, session)
        } catch (error: BundleException) {
            session.close()
            throw error
        }
    }

    override fun close() = options.close()
}

private class OnnxGraph(private val artifact: Artifact, private val session: OrtSession) : Graph {
    private val environment = OrtEnvironment.getEnvironment()
    override val fixedSize = artifact.fixedSize

    init {
        val expected = listOfNotNull(artifact.image.name, artifact.output?.name, artifact.parameters?.name).toSet()
        if (session.inputNames != expected || session.outputNames != setOf(artifact.result.name)) {
            throw BundleException("${artifact.path}: takes ${session.inputNames}, the manifest says $expected")
        }
    }

    override fun run(image: FloatArray, height: Int, width: Int, places: FloatArray, output: FloatArray?): FloatArray {
        val shape = longArrayOf(1, 3, height.toLong(), width.toLong())
        val inputs = buildMap {
            for ((tensor, picture) in listOf(artifact.image to image, artifact.output to output)) {
                if (tensor != null) put(tensor.name, OnnxTensor.createTensor(environment, FloatBuffer.wrap(planes(picture!!)), shape))
            }
            artifact.parameters?.let {
                val single = longArrayOf(1, it.channels.toLong(), 1, 1)
                put(it.name, OnnxTensor.createTensor(environment, FloatBuffer.wrap(places), single))
            }
        }
        try {
            session.run(inputs).use { results ->
                val values = FloatArray(image.size)
                (results[0] as OnnxTensor).floatBuffer.get(values)
                return channelsLast(values)
            }
        } finally {
            inputs.values.forEach(OnnxTensor::close)
        }
    }

    override fun close() = session.close()
}

/** Height x width x 3 as 3 x height x width. */
private fun planes(image: FloatArray): FloatArray {
    val size = image.size / 3
    return FloatArray(image.size) { image[it % size * 3 + it / size] }
}

/** The inverse of [planes]. */
private fun channelsLast(planes: FloatArray): FloatArray {
    val size = planes.size / 3
    return FloatArray(planes.size) { planes[it % 3 * size + it / 3] }
}
