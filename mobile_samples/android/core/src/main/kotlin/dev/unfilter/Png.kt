package dev.unfilter

import java.io.DataInputStream
import java.io.DataOutputStream
import java.io.EOFException
import java.io.IOException
import java.io.InputStream
import java.io.OutputStream
import java.nio.ByteBuffer
import java.util.zip.CRC32
import java.util.zip.Deflater
import java.util.zip.DeflaterOutputStream
import java.util.zip.Inflater
import java.util.zip.InflaterInputStream
import kotlin.math.abs

/*
 * PNG, row by row: 8-bit RGB, which is what filters save. The platform's codecs are not used for restorable files: they convert
 * colours, premultiply alpha or drop chunks. Source: PNG specification, third edition.
 */

private val SIGNATURE = byteArrayOf(0x89.toByte(), 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A)
private val CARRIED = setOf("iCCP", "cICP", "sRGB", "gAMA", "cHRM", "eXIf")
private const val XMP = "XML:com.adobe.xmp"
private const val LONGEST = 1 shl 24 // bytes of a chunk that is kept
private const val MOST_PIXELS = 200_000_000L // as the SDK

/** A chunk that travels along untouched, such as the profile (`iCCP`) or EXIF (`eXIf`). */
class Chunk(val type: String, val content: ByteArray)

/** What a PNG holds beside its pixels. [plain] says whether they are 8-bit RGB, not interlaced. */
class PngInfo(val height: Int, val width: Int, val plain: Boolean, val tag: String?, val carried: List<Chunk>) {
    companion object {
        /** Reads all of [input] and compares every checksum. Throws [Refused] for what is no PNG to its end. */
        fun read(input: InputStream): PngInfo = refusing {
            val chunks = ChunkReader(input)
            var tag: String? = null
            val carried = mutableListOf<Chunk>()
            while (true) {
                val type = chunks.next()
                if (type == "IEND") break
                if (type == "IDAT") {
                    chunks.skip()
                    continue
                }
                val content = chunks.content()
                val text = if (type == "iTXt") internationalText(content) else null
                if (text?.first == Tag.KEYWORD) tag = tag ?: text.second
                if (type in CARRIED || text?.first == XMP) carried += Chunk(type, content)
            }
            chunks.skip()
            PngInfo(chunks.height, chunks.width, chunks.plain, tag, carried)
        }
    }
}

/** The pixels of a PNG whose [PngInfo] is plain. */
class PngReader(input: InputStream) : PixelSource {
    private val chunks = ChunkReader(input)
    private val inflated: DataInputStream
    override val height = chunks.height
    override val width = chunks.width
    private var above = ByteArray(width * 3)

    init {
        while (chunks.next() != "IDAT") chunks.skip()
        inflated = DataInputStream(InflaterInputStream(chunks.data(), Inflater(), 1 shl 16).buffered(1 shl 16))
    }

    override fun read(rows: Int): ByteArray = refusing {
        val levels = ByteArray(rows * width * 3)
        repeat(rows) {
            val type = inflated.readUnsignedByte()
            val line = ByteArray(width * 3)
            inflated.readFully(line)
            for (place in line.indices) {
                val left = if (place < 3) 0 else line[place - 3].toInt() and 0xFF
                val up = above[place].toInt() and 0xFF
                val corner = if (place < 3) 0 else above[place - 3].toInt() and 0xFF
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
            line.copyInto(levels, it * width * 3)
            above = line
        }
        levels
    }
}

/** Writes a PNG row by row, with [chunks] before the pixels. It is whole after [finish], which leaves [output] open. */
class PngWriter(private val output: OutputStream, height: Int, private val width: Int, chunks: List<Chunk>) {
    private var above = ByteArray(width * 3)
    private val deflater = Deflater(6)
    private val deflated = DeflaterOutputStream(IdatStream(output), deflater, 1 shl 16)

    init {
        output.write(SIGNATURE)
        val header = ByteBuffer.allocate(13).putInt(width).putInt(height).put(byteArrayOf(8, 2, 0, 0, 0))
        writeChunk(output, "IHDR", header.array())
        for (chunk in chunks) writeChunk(output, chunk.type, chunk.content)
    }

    fun write(rows: ByteArray) {
        val line = ByteArray(1 + width * 3)
        line[0] = 4 // Paeth: of the fixed choices the smallest on photos
        for (start in rows.indices step width * 3) {
            for (place in 0 until width * 3) {
                val left = if (place < 3) 0 else rows[start + place - 3].toInt() and 0xFF
                val corner = if (place < 3) 0 else above[place - 3].toInt() and 0xFF
                line[1 + place] = (rows[start + place] - paeth(left, above[place].toInt() and 0xFF, corner)).toByte()
            }
            deflated.write(line)
            rows.copyInto(above, 0, start, start + width * 3)
        }
    }

    fun finish() {
        deflated.finish()
        deflated.flush()
        deflater.end()
        writeChunk(output, "IEND", ByteArray(0))
        output.flush()
    }
}

/** An iTXt chunk, not compressed. */
fun textChunk(keyword: String, text: String) = Chunk("iTXt", keyword.toByteArray() + ByteArray(5) + text.toByteArray())

/** Keyword and text of an iTXt chunk; null where it is none, or compressed, which filters do not write. */
private fun internationalText(content: ByteArray): Pair<String, String>? {
    fun end(start: Int) = (start until content.size).firstOrNull { content[it] == 0.toByte() }
    val keyword = end(0) ?: return null
    if (end(keyword + 1) != keyword + 1) return null // compressed
    val language = end(keyword + 3) ?: return null
    val translated = end(language + 1) ?: return null
    return content.decodeToString(0, keyword) to content.decodeToString(translated + 1)
}

private fun paeth(left: Int, up: Int, corner: Int): Int {
    val (a, b, c) = Triple(abs(up - corner), abs(left - corner), abs(left + up - 2 * corner))
    return if (a <= b && a <= c) left else if (b <= c) up else corner
}

private fun writeChunk(output: OutputStream, type: String, content: ByteArray) {
    val data = DataOutputStream(output)
    val crc = CRC32().apply { update(type.toByteArray()); update(content) }
    data.writeInt(content.size)
    data.writeBytes(type)
    data.write(content)
    data.writeInt(crc.value.toInt())
    data.flush()
}

private class IdatStream(private val output: OutputStream) : OutputStream() {
    override fun write(byte: Int) = write(byteArrayOf(byte.toByte()), 0, 1)

    override fun write(bytes: ByteArray, offset: Int, length: Int) =
        writeChunk(output, "IDAT", bytes.copyOfRange(offset, offset + length))
}

/** Chunks one after the other, each compared with its checksum. */
private class ChunkReader(input: InputStream) {
    private val data = DataInputStream(input.buffered(1 shl 16))
    private val crc = CRC32()
    private var type = ""
    private var left = 0
    val height: Int
    val width: Int
    val plain: Boolean

    init {
        val start = ByteArray(16)
        var length = 0
        while (length < start.size) {
            val count = data.read(start, length, start.size - length)
            if (count < 0) break
            length += count
        }
        if (length < 8 || !start.copyOf(8).contentEquals(SIGNATURE)) refuse(start.copyOf(length))
        if (length < 16) throw EOFException()
        left = ByteBuffer.wrap(start, 8, 4).int
        type = start.decodeToString(12, 16)
        crc.update(start, 12, 4)
        val header = content()
        if (type != "IHDR" || header.size != 13) throw IOException("no header")
        val numbers = ByteBuffer.wrap(header)
        width = numbers.int
        height = numbers.int
        if (width <= 0 || height <= 0) throw IOException("$width x $height pixels")
        if (width.toLong() * height > MOST_PIXELS) throw Refused(Refusal.OTHER_FORMAT, "$width x $height pixels are more than this app takes")
        plain = header.drop(8) == listOf<Byte>(8, 2, 0, 0, 0)
    }

    /** The type of the next chunk. */
    fun next(): String {
        left = data.readInt()
        if (left < 0) throw IOException("a chunk of $left bytes")
        val name = ByteArray(4).also(data::readFully)
        crc.reset()
        crc.update(name)
        type = name.decodeToString()
        return type
    }

    fun content(): ByteArray {
        if (left !in 0..LONGEST) throw IOException("a chunk of $left bytes")
        return ByteArray(left).also(data::readFully).also { crc.update(it); left = 0; check() }
    }

    fun skip() {
        val buffer = ByteArray(1 shl 16)
        while (left > 0) take(buffer, 0, buffer.size)
        check()
    }

    /** The content of this IDAT chunk and of those that follow it. */
    fun data() = object : InputStream() {
        override fun read(): Int = throw UnsupportedOperationException()

        override fun read(bytes: ByteArray, offset: Int, length: Int): Int {
            while (left == 0 && type == "IDAT") {
                check()
                next()
            }
            return if (type == "IDAT") take(bytes, offset, length) else -1
        }
    }

    private fun take(bytes: ByteArray, offset: Int, length: Int): Int {
        val count = data.read(bytes, offset, minOf(length, left))
        if (count < 0) throw EOFException()
        crc.update(bytes, offset, count)
        left -= count
        return count
    }

    private fun check() {
        if (data.readInt() != crc.value.toInt()) throw IOException("the checksum of $type does not fit")
    }
}

/** Throws the refusal of what does not begin as a PNG does. */
private fun refuse(start: ByteArray): Nothing {
    val text = String(start, Charsets.ISO_8859_1)
    val photo = text.startsWith("\u00FF\u00D8\u00FF") || text.startsWith("RIFF") || text.drop(4).startsWith("ftyp") ||
        text.startsWith("GIF8") || text.startsWith("II*\u0000") || text.startsWith("MM\u0000*")
    if (photo) throw Refused(Refusal.OTHER_FORMAT, "a photo, but no PNG, which is what filters save here")
    throw Refused(Refusal.NOT_A_PHOTO, "no photo")
}

/** What reading throws, as the refusal of a damaged file. */
private inline fun <T> refusing(read: () -> T): T = try {
    read()
} catch (error: Refused) {
    throw error
} catch (error: IOException) {
    throw Refused(Refusal.DAMAGED, "damaged or cut short (${error.message ?: "ends too early"})")
}
