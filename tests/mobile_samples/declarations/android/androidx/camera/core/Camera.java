// Source: developer.android.com/reference/androidx/camera/core/Camera.
package androidx.camera.core;

public interface Camera {
}
