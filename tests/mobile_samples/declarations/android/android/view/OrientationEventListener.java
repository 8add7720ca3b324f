// Source: developer.android.com/reference/android/view/OrientationEventListener. API 3.
package android.view;

public abstract class OrientationEventListener {
    public static final int ORIENTATION_UNKNOWN = -1;

    public OrientationEventListener(android.content.Context context) {
    }

    public void enable() {
    }

    public void disable() {
    }

    public abstract void onOrientationChanged(int orientation);
}
