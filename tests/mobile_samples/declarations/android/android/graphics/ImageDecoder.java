// Source: developer.android.com/reference/android/graphics/ImageDecoder. API 28.
package android.graphics;

public final class ImageDecoder implements AutoCloseable {
    public abstract static class Source {
    }

    public static class ImageInfo {
        public android.util.Size getSize() {
            throw new UnsupportedOperationException();
        }
    }

    public interface OnHeaderDecodedListener {
        void onHeaderDecoded(ImageDecoder decoder, ImageInfo info, Source source);
    }

    public static Source createSource(android.content.ContentResolver resolver, android.net.Uri uri) {
        throw new UnsupportedOperationException();
    }

    public static Bitmap decodeBitmap(Source source, OnHeaderDecodedListener listener) throws java.io.IOException {
        throw new UnsupportedOperationException();
    }

    public void setTargetSampleSize(int size) {
    }

    public void close() {
    }
}
