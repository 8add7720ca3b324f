// Source: developer.android.com/reference/androidx/camera/core/CameraInfoUnavailableException.
package androidx.camera.core;

public final class CameraInfoUnavailableException extends Exception {
}
