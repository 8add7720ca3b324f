// Source: developer.android.com/reference/android/provider/MediaStore. API 29.
package android.provider;

public final class MediaStore {
    public static final String VOLUME_EXTERNAL_PRIMARY = "external_primary";

    public interface MediaColumns {
        String DISPLAY_NAME = "_display_name";
        String MIME_TYPE = "mime_type";
        String RELATIVE_PATH = "relative_path";
        String IS_PENDING = "is_pending";
    }

    public static final class Images {
        public static final class Media implements MediaColumns {
            public static android.net.Uri getContentUri(String volume) {
                throw new UnsupportedOperationException();
            }
        }
    }
}
