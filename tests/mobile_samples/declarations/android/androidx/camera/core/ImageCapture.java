// Source: developer.android.com/reference/androidx/camera/core/ImageCapture.
package androidx.camera.core;

public final class ImageCapture extends UseCase {
    public static final int CAPTURE_MODE_MAXIMIZE_QUALITY = 0;

    public static final class Builder {
        public Builder setCaptureMode(int mode) {
            throw new UnsupportedOperationException();
        }

        public ImageCapture build() {
            throw new UnsupportedOperationException();
        }
    }

    public static final class OutputFileOptions {
        public static final class Builder {
            public Builder(java.io.File file) {
            }

            public OutputFileOptions build() {
                throw new UnsupportedOperationException();
            }
        }
    }

    public static class OutputFileResults {
    }

    public interface OnImageSavedCallback {
        void onImageSaved(OutputFileResults results);

        void onError(ImageCaptureException error);
    }

    public int getTargetRotation() {
        throw new UnsupportedOperationException();
    }

    public void setTargetRotation(int rotation) {
    }

    public void takePicture(OutputFileOptions options, java.util.concurrent.Executor executor, OnImageSavedCallback callback) {
    }
}
