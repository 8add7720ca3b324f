// Source: developer.android.com/reference/android/content/Context. API 28.
package android.content;

public abstract class Context {
    public abstract android.content.res.AssetManager getAssets();

    public abstract java.io.File getCacheDir();

    public abstract java.io.File getCodeCacheDir();

    public abstract ContentResolver getContentResolver();

    public java.util.concurrent.Executor getMainExecutor() {
        throw new UnsupportedOperationException();
    }

    public final String getString(int id) {
        throw new UnsupportedOperationException();
    }

    public final String getString(int id, Object... arguments) {
        throw new UnsupportedOperationException();
    }
}
