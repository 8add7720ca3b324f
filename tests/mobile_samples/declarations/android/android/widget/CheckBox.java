// Source: developer.android.com/reference/android/widget/CheckBox. API 1.
package android.widget;

public class CheckBox extends CompoundButton {
    public CheckBox(android.content.Context context) {
        super(context);
    }
}
