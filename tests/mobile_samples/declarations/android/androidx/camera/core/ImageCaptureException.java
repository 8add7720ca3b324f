// Source: developer.android.com/reference/androidx/camera/core/ImageCaptureException.
package androidx.camera.core;

public class ImageCaptureException extends Exception {
}
