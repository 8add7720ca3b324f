// Source: developer.android.com/reference/androidx/camera/lifecycle/ProcessCameraProvider.
package androidx.camera.lifecycle;

public final class ProcessCameraProvider {
    public static com.google.common.util.concurrent.ListenableFuture<ProcessCameraProvider> getInstance(android.content.Context context) {
        throw new UnsupportedOperationException();
    }

    public androidx.camera.core.Camera bindToLifecycle(
            androidx.lifecycle.LifecycleOwner owner,
            androidx.camera.core.CameraSelector selector,
            androidx.camera.core.UseCase... useCases) {
        throw new UnsupportedOperationException();
    }

    public java.util.List<androidx.camera.core.CameraInfo> getAvailableCameraInfos() {
        throw new UnsupportedOperationException();
    }

    public boolean hasCamera(androidx.camera.core.CameraSelector selector)
            throws androidx.camera.core.CameraInfoUnavailableException {
        throw new UnsupportedOperationException();
    }

    public void unbindAll() {
    }
}
