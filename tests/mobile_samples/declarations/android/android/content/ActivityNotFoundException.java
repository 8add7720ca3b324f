// Source: developer.android.com/reference/android/content/ActivityNotFoundException. API 1.
package android.content;

public class ActivityNotFoundException extends RuntimeException {
}
