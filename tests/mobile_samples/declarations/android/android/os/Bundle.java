// Source: developer.android.com/reference/android/os/Bundle. API 1.
package android.os;

public final class Bundle {
}
