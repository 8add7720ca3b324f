plugins {
    alias(libs.plugins.kotlin.jvm)
}

kotlin {
    jvmToolchain(17)
    compilerOptions { allWarningsAsErrors = true }
}

dependencies {
    compileOnly(libs.json) // Android has org.json
    compileOnly(libs.onnxruntime) // an app that runs ONNX adds onnxruntime-android; this sample's runs LiteRT
    testImplementation(libs.json)
    testImplementation(libs.junit)
    testImplementation(libs.onnxruntime)
}

tasks.test {
    maxHeapSize = "128m" // LargePhotoTest: smaller than the photo
}
