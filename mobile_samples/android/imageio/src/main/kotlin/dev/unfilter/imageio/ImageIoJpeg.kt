package dev.unfilter.imageio

import dev.unfilter.JpegCodec
import dev.unfilter.JpegEncoder
import dev.unfilter.PixelSource
import java.awt.image.BufferedImage
import java.awt.image.DataBufferByte
import java.io.ByteArrayInputStream
import java.io.ByteArrayOutputStream
import java.io.IOException
import javax.imageio.IIOImage
import javax.imageio.ImageIO
import javax.imageio.ImageWriteParam
import javax.imageio.stream.MemoryCacheImageInputStream
import javax.imageio.stream.MemoryCacheImageOutputStream

/**
 * The JDK's own codec, libjpeg 6b with the accurate DCT and interpolated chroma: it decodes as libjpeg-turbo does, level by level
 * (README.md says on what that was measured). For a server or a desktop; Android has no `javax.imageio`.
 */
class ImageIoJpeg : JpegCodec {
    override val decoder = "libjpeg-turbo"

    override fun decode(bare: ByteArray): PixelSource {
        val reader = ImageIO.getImageReadersByFormatName("jpeg").next()
        try {
            MemoryCacheImageInputStream(ByteArrayInputStream(bare)).use { input ->
                reader.input = input
                return Decoded(reader.read(0))
            }
        } catch (error: RuntimeException) { // what a broken header throws
            throw IOException(error.message ?: "$error")
        } finally {
            reader.dispose()
        }
    }

    override fun encoder(height: Int, width: Int): JpegEncoder = Encoder(BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR))
}

private class Decoded(private val image: BufferedImage) : PixelSource {
    private var next = 0
    override val height = image.height
    override val width = image.width

    override fun read(rows: Int): ByteArray {
        val channels = image.raster.numBands // one of a grey photo, whose levels getRGB would convert
        val samples = image.raster.getPixels(0, next, width, rows, null as IntArray?)
        next += rows
        return ByteArray(rows * width * 3) { samples[if (channels == 1) it / 3 else it].toByte() }
    }
}

private class Encoder(private val image: BufferedImage) : JpegEncoder {
    private val levels = (image.raster.dataBuffer as DataBufferByte).data
    private var next = 0

    override fun write(rows: ByteArray) {
        for (place in rows.indices step 3) { // blue comes first
            for (channel in 0..2) levels[next + place + channel] = rows[place + 2 - channel]
        }
        next += rows.size
    }

    override fun finish(quality: Int): ByteArray {
        val writer = ImageIO.getImageWritersByFormatName("jpeg").next()
        val target = ByteArrayOutputStream()
        try {
            MemoryCacheImageOutputStream(target).use { output ->
                writer.output = output
                val options = writer.defaultWriteParam.apply {
                    compressionMode = ImageWriteParam.MODE_EXPLICIT
                    compressionQuality = jdkQuality(quality)
                }
                writer.write(null, IIOImage(image, null, null), options)
            }
        } finally {
            writer.dispose()
        }
        return target.toByteArray()
    }
}

/**
 * The JDK's quality at which it scales the quantisers of ITU-T T.81 annex K as libjpeg does at [quality] (R18 of sdk/format/RULES.md). It
 * scales by a float, which may fall short of a half that libjpeg rounds up; the smallest that is added makes up for it.
 */
private fun jdkQuality(quality: Int): Float {
    val percent = if (quality < 50) 5000 / quality else 200 - 2 * quality
    val scale = percent / 100f + 2e-5f
    return if (scale > 1) 0.5f / scale else 1 - scale / 2
}
