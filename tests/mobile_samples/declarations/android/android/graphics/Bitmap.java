// Source: developer.android.com/reference/android/graphics/Bitmap. API 12.
package android.graphics;

public final class Bitmap {
    public enum Config { ARGB_8888 }

    public enum CompressFormat { JPEG, PNG }

    public static Bitmap createBitmap(int width, int height, Config config) {
        throw new UnsupportedOperationException();
    }

    public static Bitmap createBitmap(int[] colors, int width, int height, Config config) {
        throw new UnsupportedOperationException();
    }

    public static Bitmap createBitmap(Bitmap source, int x, int y, int width, int height, Matrix matrix, boolean filter) {
        throw new UnsupportedOperationException();
    }

    public boolean compress(CompressFormat format, int quality, java.io.OutputStream stream) {
        throw new UnsupportedOperationException();
    }

    public void copyPixelsToBuffer(java.nio.Buffer target) {
    }

    public int getByteCount() {
        throw new UnsupportedOperationException();
    }

    public int getHeight() {
        throw new UnsupportedOperationException();
    }

    public int getRowBytes() {
        throw new UnsupportedOperationException();
    }

    public int getWidth() {
        throw new UnsupportedOperationException();
    }

    public void recycle() {
    }

    public void setPixels(int[] pixels, int offset, int stride, int x, int y, int width, int height) {
    }
}
