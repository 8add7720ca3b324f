// Source: developer.android.com/reference/androidx/camera/core/ImageProxy.
package androidx.camera.core;

public interface ImageProxy extends AutoCloseable {
    interface PlaneProxy {
        int getRowStride();

        java.nio.ByteBuffer getBuffer();
    }

    void close();

    int getHeight();

    int getWidth();

    ImageInfo getImageInfo();

    PlaneProxy[] getPlanes();
}
