// Source: developer.android.com/reference/android/net/Uri. API 1.
package android.net;

public abstract class Uri {
}
