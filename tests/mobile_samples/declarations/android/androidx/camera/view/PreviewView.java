// Source: developer.android.com/reference/androidx/camera/view/PreviewView.
package androidx.camera.view;

public final class PreviewView extends android.view.ViewGroup {
    public PreviewView(android.content.Context context) {
        super(context);
    }

    public androidx.camera.core.Preview.SurfaceProvider getSurfaceProvider() {
        throw new UnsupportedOperationException();
    }
}
