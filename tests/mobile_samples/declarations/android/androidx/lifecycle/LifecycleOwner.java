// Source: developer.android.com/reference/androidx/lifecycle/LifecycleOwner.
package androidx.lifecycle;

public interface LifecycleOwner {
}
