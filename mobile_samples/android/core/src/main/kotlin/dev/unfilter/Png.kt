package dev.unfilter

import java.io.DataInputStream
import java.io.IOException
import java.io.InputStream
import java.io.OutputStream
import java.nio.ByteBuffer
import java.util.zip.Deflater
import java.util.zip.DeflaterOutputStream
import java.util.zip.Inflater
import java.util.zip.InflaterInputStream
import kotlin.math.abs

/*
 * PNG, row by row: 8-bit RGB and RGBA, which is what filters save. The platform's codecs are not used for restorable files: they convert
 * colours, premultiply alpha or drop chunks. Source: PNG specification, third edition.
 */

private const val TOP_UP = "unTP" // by its last letter not to be copied by who changes pixels (R27 of sdk/format/RULES.md)
private val CARRIED = setOf("iCCP", "cICP", "sRGB", "gAMA", "cHRM", "eXIf")

/** What a PNG holds beside its pixels. [channels] are 3, or 4 with alpha; 0 where they are not 8-bit RGB or RGBA, or interlaced. */
class PngInfo internal constructor(
    val height: Int,
    val width: Int,
    val channels: Int,
    val tag: String?,
    val carried: List<Chunk>,
    internal val topUp: ByteArray?,
) {
    companion object {
        /** Reads all of [input] and compares every checksum. Throws [Refused] for what is no PNG to its end. */
        fun read(input: InputStream): PngInfo = refusing {
            val chunks = ChunkReader(input)
            var tag: String? = null
            var packetTag: String? = null // counts where there is no chunk of the tag's own (R13 of sdk/format/RULES.md)
            val carried = mutableListOf<Chunk>()
            var topUp: ByteArray? = null
            while (true) {
                val type = chunks.next()
                if (type == "IEND") break
                if (type == "IDAT") {
                    chunks.skip()
                    continue
                }
                if (type == TOP_UP && topUp == null) {
                    topUp = chunks.largeContent()
                    continue
                }
                val content = chunks.content()
                val text = if (type == "iTXt") internationalText(content) else null
                if (text?.first == Tag.KEYWORD) tag = tag ?: text.second
                if (text?.first == XMP_KEYWORD) {
                    packetTag = packetTag ?: tagTextOfXmp(text.second)
                    travelling(text.second)?.let { carried += if (it == text.second) Chunk(type, content) else textChunk(XMP_KEYWORD, it) }
                }
                if (type in CARRIED) carried += Chunk(type, if (type == "eXIf") withoutPictures(content) else content)
            }
            chunks.skip()
            PngInfo(chunks.height, chunks.width, chunks.channels, tag ?: packetTag, carried, topUp)
        }
    }
}

/** The pixels of a PNG whose [PngInfo] has channels; of four, [read] leaves alpha out. */
class PngReader(input: InputStream) : PixelSource {
    private val chunks = ChunkReader(input)
    private val inflated: DataInputStream
    override val height = chunks.height
    override val width = chunks.width
    private val channels = chunks.channels
    private val stride = width * channels
    private var above = ByteArray(stride)

    init {
        require(channels > 0) { "neither 8-bit RGB nor RGBA" }
        while (chunks.next() != "IDAT") chunks.skip()
        inflated = DataInputStream(InflaterInputStream(chunks.data(), Inflater(), 1 shl 16).buffered(1 shl 16))
    }

    override fun read(rows: Int): ByteArray {
        val whole = readWhole(rows)
        return if (channels == 3) whole else ByteArray(whole.size / 4 * 3) { whole[it / 3 * 4 + it % 3] }
    }

    /** The next [rows] rows, with alpha where the file has it. */
    internal fun readWhole(rows: Int): ByteArray = refusing {
        val levels = ByteArray(rows * stride)
        repeat(rows) {
            val type = inflated.readUnsignedByte()
            val line = ByteArray(stride)
            inflated.readFully(line)
            for (place in line.indices) {
                val left = if (place < channels) 0 else line[place - channels].toInt() and 0xFF
                val up = above[place].toInt() and 0xFF
                val corner = if (place < channels) 0 else above[place - channels].toInt() and 0xFF
                val predicted = when (type) {
                    0 -> 0
                    1 -> left
                    2 -> up
                    3 -> (left + up) / 2
                    4 -> paeth(left, up, corner)
                    else -> throw IOException("filter type $type")
                }
                line[place] = (line[place] + predicted).toByte()
            }
            line.copyInto(levels, it * stride)
            above = line
        }
        levels
    }
}

/** Writes a PNG row by row, with [chunks] before the pixels; [channels] are 3, or 4 with alpha. It is whole after [finish], which leaves [output] open. */
class PngWriter(private val output: OutputStream, height: Int, width: Int, chunks: List<Chunk>, private val channels: Int = 3) {
    private val stride = width * channels
    private var above = ByteArray(stride)
    private val deflater = Deflater(6)
    private val deflated = DeflaterOutputStream(IdatStream(output), deflater, 1 shl 16)

    init {
        output.write(SIGNATURE)
        val colourType = COLOUR_TYPES.entries.first { it.value == channels }.key
        val header = ByteBuffer.allocate(13).putInt(width).putInt(height).put(byteArrayOf(8, colourType, 0, 0, 0))
        writeChunk(output, "IHDR", header.array())
        for (chunk in chunks) writeChunk(output, chunk.type, chunk.content)
    }

    fun write(rows: ByteArray) {
        val line = ByteArray(1 + stride)
        line[0] = 4 // Paeth: of the fixed choices the smallest on photos
        for (start in rows.indices step stride) {
            for (place in 0 until stride) {
                val left = if (place < channels) 0 else rows[start + place - channels].toInt() and 0xFF
                val corner = if (place < channels) 0 else above[place - channels].toInt() and 0xFF
                line[1 + place] = (rows[start + place] - paeth(left, above[place].toInt() and 0xFF, corner)).toByte()
            }
            deflated.write(line)
            rows.copyInto(above, 0, start, start + stride)
        }
    }

    /** [chunks] are what can be said only when all pixels are known. */
    fun finish(vararg chunks: Chunk) {
        deflated.finish()
        deflated.flush()
        deflater.end()
        for (chunk in chunks) writeChunk(output, chunk.type, chunk.content)
        writeChunk(output, "IEND", ByteArray(0))
        output.flush()
    }
}

private fun paeth(left: Int, up: Int, corner: Int): Int {
    val (a, b, c) = Triple(abs(up - corner), abs(left - corner), abs(left + up - 2 * corner))
    return if (a <= b && a <= c) left else if (b <= c) up else corner
}
