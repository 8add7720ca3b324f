plugins {
    alias(libs.plugins.android.application)
}

android {
    namespace = "dev.unfilter.app"
    compileSdk = 37

    defaultConfig {
        applicationId = "dev.unfilter.app"
        minSdk = 29 // as :platform
        targetSdk = 37
        versionCode = 1
        versionName = "0.1.0"
    }

    buildTypes {
        release {
            isMinifyEnabled = true // the rules come with :core and :platform
            isShrinkResources = true
            proguardFiles(getDefaultProguardFile("proguard-android-optimize.txt"))
        }
    }

    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }
}

dependencies {
    implementation(project(":platform"))
    implementation(libs.activity)
    implementation(libs.camera.camera2)
    implementation(libs.camera.lifecycle)
    implementation(libs.camera.view)
    implementation(libs.onnxruntime.android) // the live view
    testImplementation(libs.junit)
}
