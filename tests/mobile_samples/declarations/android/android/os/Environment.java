// Source: developer.android.com/reference/android/os/Environment. API 8.
package android.os;

public class Environment {
    public static String DIRECTORY_PICTURES = "Pictures";
}
