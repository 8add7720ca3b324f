plugins {
    `maven-publish`
    alias(libs.plugins.android.library)
}

android {
    namespace = "dev.unfilter.android"
    compileSdk = 37

    defaultConfig {
        minSdk = 29 // MediaStore's pending photos; LiteRT 2.3 takes 24, CameraX 1.6 less
        consumerProguardFiles("consumer-rules.pro")
    }

    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }

    publishing {
        singleVariant("release") { withSourcesJar() }
    }
}

dependencies {
    api(project(":core"))
    api(libs.litert) // LiteRT's Accelerator is in this module's own types
    runtimeOnly(libs.litert.gpu) // without it LiteRT 2.3 has no GPU
}

// Source: developer.android.com/build/publish-library/upload-library
publishing {
    publications {
        register<MavenPublication>("release") {
            afterEvaluate { from(components["release"]) }
            pom {
                name = "Unfilter platform"
                description = "Unfilter on Android: LiteRT, the platform's JPEG codec, the gallery"
                licenses {
                    license {
                        name = "Apache-2.0"
                        url = "https://www.apache.org/licenses/LICENSE-2.0"
                    }
                }
            }
        }
    }
}
