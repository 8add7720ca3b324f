// Source: developer.android.com/reference/android/graphics/BitmapFactory. API 19.
package android.graphics;

public class BitmapFactory {
    public static class Options {
        public boolean inJustDecodeBounds;
        public boolean inPremultiplied;
        public Bitmap.Config inPreferredConfig;
        public int outHeight;
        public int outWidth;
    }

    public static Bitmap decodeByteArray(byte[] data, int offset, int length, Options options) {
        throw new UnsupportedOperationException();
    }
}
