// Source: developer.android.com/reference/androidx/activity/ComponentActivity.
package androidx.activity;

public class ComponentActivity extends android.content.Context implements androidx.lifecycle.LifecycleOwner {
    public android.content.res.AssetManager getAssets() {
        throw new UnsupportedOperationException();
    }

    public java.io.File getCacheDir() {
        throw new UnsupportedOperationException();
    }

    public java.io.File getCodeCacheDir() {
        throw new UnsupportedOperationException();
    }

    public android.content.ContentResolver getContentResolver() {
        throw new UnsupportedOperationException();
    }

    protected void onCreate(android.os.Bundle savedInstanceState) {
    }

    protected void onDestroy() {
    }

    public void setContentView(int layout) {
    }

    public <T extends android.view.View> T findViewById(int id) {
        throw new UnsupportedOperationException();
    }

    public final void runOnUiThread(Runnable action) {
    }

    public final <I, O> androidx.activity.result.ActivityResultLauncher<I> registerForActivityResult(
            androidx.activity.result.contract.ActivityResultContract<I, O> contract,
            androidx.activity.result.ActivityResultCallback<O> callback) {
        throw new UnsupportedOperationException();
    }
}
