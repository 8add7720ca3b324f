// Source: developer.android.com/reference/android/view/ViewGroup. API 1.
package android.view;

public abstract class ViewGroup extends View {
    public ViewGroup(android.content.Context context) {
        super(context);
    }

    public void addView(View child) {
    }

    public void removeAllViews() {
    }
}
