// Source: developer.android.com/reference/androidx/camera/core/UseCase.
package androidx.camera.core;

public abstract class UseCase {
}
