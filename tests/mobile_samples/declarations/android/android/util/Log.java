// Source: developer.android.com/reference/android/util/Log. API 1.
package android.util;

public final class Log {
    public static int i(String tag, String message) {
        throw new UnsupportedOperationException();
    }
}
