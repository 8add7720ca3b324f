// Source: developer.android.com/reference/android/widget/Button. API 1.
package android.widget;

public class Button extends TextView {
    public Button(android.content.Context context) {
        super(context);
    }
}
