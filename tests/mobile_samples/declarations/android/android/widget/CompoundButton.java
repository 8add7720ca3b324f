// Source: developer.android.com/reference/android/widget/CompoundButton. API 1.
package android.widget;

public abstract class CompoundButton extends Button {
    public interface OnCheckedChangeListener {
        void onCheckedChanged(CompoundButton button, boolean checked);
    }

    public CompoundButton(android.content.Context context) {
        super(context);
    }

    public boolean isChecked() {
        throw new UnsupportedOperationException();
    }

    public void setChecked(boolean checked) {
    }

    public void setOnCheckedChangeListener(OnCheckedChangeListener listener) {
    }
}
