// Source: developer.android.com/reference/android/view/View. API 17.
package android.view;

public class View {
    public static final int VISIBLE = 0;
    public static final int GONE = 8;

    public interface OnClickListener {
        void onClick(View view);
    }

    public View(android.content.Context context) {
    }

    public Display getDisplay() {
        throw new UnsupportedOperationException();
    }

    public CharSequence getContentDescription() {
        throw new UnsupportedOperationException();
    }

    public void setContentDescription(CharSequence description) {
    }

    public boolean isEnabled() {
        throw new UnsupportedOperationException();
    }

    public void setEnabled(boolean enabled) {
    }

    public int getVisibility() {
        throw new UnsupportedOperationException();
    }

    public void setVisibility(int visibility) {
    }

    public void setOnClickListener(OnClickListener listener) {
    }
}
