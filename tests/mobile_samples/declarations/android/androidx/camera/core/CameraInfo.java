// Source: developer.android.com/reference/androidx/camera/core/CameraInfo.
package androidx.camera.core;

public interface CameraInfo {
    default CameraSelector getCameraSelector() {
        throw new UnsupportedOperationException();
    }
}
