package dev.unfilter

import java.util.concurrent.TimeUnit
import org.junit.Assume.assumeTrue

private const val SCRIPT = """
import sys
from io import BytesIO
from PIL import Image

height, width = map(int, sys.argv[1:])
with Image.open(BytesIO(sys.stdin.buffer.read()), formats=["AVIF", "WEBP"]) as image:
    if image.size != (width, height):
        sys.exit(1)
    sys.stdout.buffer.write(image.convert("RGB").tobytes())
"""

/**
 * Pillow, which is what the SDK decodes with, in a process of its own: the JDK decodes neither AVIF nor WebP. The system property
 * `unfilter.python` or UNFILTER_PYTHON names a Python that has it.
 */
class Pillow : PictureDecoder {
    override fun decode(content: ByteArray, height: Int, width: Int): PixelSource? {
        val process = ProcessBuilder(python(), "-c", SCRIPT, "$height", "$width").redirectError(ProcessBuilder.Redirect.DISCARD).start()
        process.outputStream.use { it.write(content) }
        val levels = process.inputStream.readBytes()
        check(process.waitFor(1, TimeUnit.MINUTES)) { "Pillow does not end" }
        return if (process.exitValue() == 0) Pixels(height, width, levels) else null
    }

    private fun python(): String {
        val named = System.getProperty("unfilter.python") ?: System.getenv("UNFILTER_PYTHON")
        assumeTrue("no Python with Pillow, which decodes AVIF and WebP: name one in UNFILTER_PYTHON", named != null)
        return checkNotNull(named)
    }
}
