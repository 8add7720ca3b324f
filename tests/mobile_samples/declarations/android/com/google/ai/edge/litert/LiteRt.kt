// Source: github.com/google-ai-edge/LiteRT, litert/kotlin/src/main/kotlin/com/google/ai/edge/litert: Common.kt, Environment.kt,
// AcceleratorProvider.kt, Model.kt, TensorBuffer.kt and LiteRtException.kt.
package com.google.ai.edge.litert

import android.content.Context

class LiteRtException(message: String) : Exception(message)

enum class Accelerator { NONE, CPU, GPU, NPU }

abstract class JniHandle internal constructor() : AutoCloseable {
    final override fun close() = Unit
}

interface NpuAcceleratorProvider

@Suppress("UNUSED_PARAMETER")
class BuiltinNpuAcceleratorProvider(context: Context) : NpuAcceleratorProvider

class Environment private constructor() : JniHandle() {
    enum class Option { CompilerPluginLibraryDir, DispatchLibraryDir }

    @Suppress("UNUSED_PARAMETER")
    companion object {
        fun create(
            context: Context,
            npuAcceleratorProvider: NpuAcceleratorProvider,
            options: Map<Option, String> = mapOf(),
            enableCompilerCache: Boolean = true,
        ): Environment = throw UnsupportedOperationException()
    }
}

class TensorBuffer internal constructor() : JniHandle() {
    @Suppress("UNUSED_PARAMETER")
    fun writeFloat(data: FloatArray): Unit = throw UnsupportedOperationException()

    fun readFloat(): FloatArray = throw UnsupportedOperationException()
}

@Suppress("UNUSED_PARAMETER")
class CompiledModel private constructor() : JniHandle() {
    data class GpuOptions(val precision: Precision? = null) {
        enum class Precision { DEFAULT, FP16, FP32 }
    }

    class Options(vararg accelerators: Accelerator) {
        var gpuOptions: GpuOptions? = null
    }

    fun createInputBuffer(inputName: String, signature: String? = null): TensorBuffer = throw UnsupportedOperationException()

    fun createOutputBuffer(outputName: String, signature: String? = null): TensorBuffer = throw UnsupportedOperationException()

    fun run(inputs: Map<String, TensorBuffer>, outputs: Map<String, TensorBuffer>, signature: String? = null): Unit =
        throw UnsupportedOperationException()

    companion object {
        fun create(filePath: String, options: Options, optionalEnv: Environment? = null): CompiledModel =
            throw UnsupportedOperationException()
    }
}
