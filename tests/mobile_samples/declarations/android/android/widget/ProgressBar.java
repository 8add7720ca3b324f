// Source: developer.android.com/reference/android/widget/ProgressBar. API 1.
package android.widget;

public class ProgressBar extends android.view.View {
    public ProgressBar(android.content.Context context) {
        super(context);
    }

    public int getMax() {
        throw new UnsupportedOperationException();
    }

    public void setMax(int max) {
    }

    public int getProgress() {
        throw new UnsupportedOperationException();
    }

    public void setProgress(int progress) {
    }
}
