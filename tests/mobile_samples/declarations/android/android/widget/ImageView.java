// Source: developer.android.com/reference/android/widget/ImageView. API 1.
package android.widget;

public class ImageView extends android.view.View {
    public ImageView(android.content.Context context) {
        super(context);
    }

    public void setImageBitmap(android.graphics.Bitmap bitmap) {
    }
}
