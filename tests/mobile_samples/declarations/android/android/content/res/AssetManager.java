// Source: developer.android.com/reference/android/content/res/AssetManager. API 1.
package android.content.res;

public final class AssetManager implements AutoCloseable {
    public java.io.InputStream open(String name) throws java.io.IOException {
        throw new UnsupportedOperationException();
    }

    public void close() {
    }
}
