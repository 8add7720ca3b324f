package dev.unfilter

import java.io.ByteArrayOutputStream
import java.io.DataInputStream
import java.io.DataOutputStream
import java.io.EOFException
import java.io.IOException
import java.io.InputStream
import java.io.OutputStream
import java.nio.ByteBuffer
import java.util.zip.CRC32

internal val SIGNATURE = byteArrayOf(0x89.toByte(), 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A)
internal const val XMP_KEYWORD = "XML:com.adobe.xmp"
private const val LONGEST = 1 shl 24 // bytes of a chunk that is kept
private const val MOST_PIXELS = 200_000_000L // as the SDK
internal val COLOUR_TYPES = mapOf(2.toByte() to 3, 6.toByte() to 4) // with their channels (PNG specification, section 11.2.1)

/** A chunk that travels along untouched, such as the profile (`iCCP`) or EXIF (`eXIf`). */
class Chunk(val type: String, val content: ByteArray)

/** An iTXt chunk, not compressed. */
fun textChunk(keyword: String, text: String) = Chunk("iTXt", keyword.toByteArray() + ByteArray(5) + text.toByteArray())

/** Keyword and text of an iTXt chunk; null where it is none, or compressed, which filters do not write. */
internal fun internationalText(content: ByteArray): Pair<String, String>? {
    fun end(start: Int) = (start until content.size).firstOrNull { content[it] == 0.toByte() }
    val keyword = end(0) ?: return null
    if (end(keyword + 1) != keyword + 1) return null // compressed
    val language = end(keyword + 3) ?: return null
    val translated = end(language + 1) ?: return null
    return content.decodeToString(0, keyword) to content.decodeToString(translated + 1)
}

internal fun writeChunk(output: OutputStream, type: String, content: ByteArray) {
    val data = DataOutputStream(output)
    val crc = CRC32().apply { update(type.toByteArray()); update(content) }
    data.writeInt(content.size)
    data.writeBytes(type)
    data.write(content)
    data.writeInt(crc.value.toInt())
    data.flush()
}

/** Whatever is written becomes an IDAT chunk. */
internal class IdatStream(private val output: OutputStream) : OutputStream() {
    override fun write(byte: Int) = write(byteArrayOf(byte.toByte()), 0, 1)

    override fun write(bytes: ByteArray, offset: Int, length: Int) =
        writeChunk(output, "IDAT", bytes.copyOfRange(offset, offset + length))
}

/** Chunks one after the other, each compared with its checksum. */
internal class ChunkReader(input: InputStream) {
    private val data = DataInputStream(input.buffered(1 shl 16))
    private val crc = CRC32()
    private var type = ""
    private var left = 0
    val height: Int
    val width: Int
    /** 3, or 4 with alpha; 0 where the pixels are none of 8-bit RGB and RGBA, not interlaced. */
    val channels: Int

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
        if (width.toLong() * height > MOST_PIXELS) {
            throw Refused(Refusal.OTHER_FORMAT, "$width x $height pixels are more than this app takes")
        }
        channels = COLOUR_TYPES.entries.firstOrNull { header.drop(8) == listOf<Byte>(8, it.key, 0, 0, 0) }?.value ?: 0
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

    /** The same of any length, which is that of a photo. It takes memory as it comes, since a head can claim anything. */
    fun largeContent(): ByteArray {
        val content = ByteArrayOutputStream(minOf(left, LONGEST))
        val buffer = ByteArray(1 shl 16)
        while (left > 0) content.write(buffer, 0, take(buffer, 0, buffer.size))
        check()
        return content.toByteArray()
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
internal inline fun <T> refusing(read: () -> T): T = try {
    read()
} catch (error: Refused) {
    throw error
} catch (error: IOException) {
    throw Refused(Refusal.DAMAGED, "damaged or cut short (${error.message ?: "ends too early"})")
}
