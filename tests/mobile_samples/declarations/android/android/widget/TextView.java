// Source: developer.android.com/reference/android/widget/TextView. API 1.
package android.widget;

public class TextView extends android.view.View {
    public TextView(android.content.Context context) {
        super(context);
    }

    public CharSequence getText() {
        throw new UnsupportedOperationException();
    }

    public final void setText(CharSequence text) {
    }
}
