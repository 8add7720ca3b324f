// Source: developer.android.com/reference/android/content/ContentResolver. API 1.
package android.content;

public abstract class ContentResolver {
    public final int delete(android.net.Uri uri, String where, String[] arguments) {
        throw new UnsupportedOperationException();
    }

    public final android.net.Uri insert(android.net.Uri uri, ContentValues values) {
        throw new UnsupportedOperationException();
    }

    public final java.io.InputStream openInputStream(android.net.Uri uri) throws java.io.FileNotFoundException {
        throw new UnsupportedOperationException();
    }

    public final java.io.OutputStream openOutputStream(android.net.Uri uri) throws java.io.FileNotFoundException {
        throw new UnsupportedOperationException();
    }

    public final int update(android.net.Uri uri, ContentValues values, String where, String[] arguments) {
        throw new UnsupportedOperationException();
    }
}
