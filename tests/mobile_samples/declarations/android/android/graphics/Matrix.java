// Source: developer.android.com/reference/android/graphics/Matrix. API 1.
package android.graphics;

public class Matrix {
    public boolean postRotate(float degrees) {
        throw new UnsupportedOperationException();
    }
}
