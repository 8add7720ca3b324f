// Source: developer.android.com/reference/android/view/Display. API 8.
package android.view;

public final class Display {
    public int getRotation() {
        throw new UnsupportedOperationException();
    }
}
