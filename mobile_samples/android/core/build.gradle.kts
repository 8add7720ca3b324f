plugins {
    `java-library`
    `maven-publish`
    alias(libs.plugins.kotlin.jvm)
}

kotlin {
    jvmToolchain(17)
    compilerOptions { allWarningsAsErrors = true }
}

java { withSourcesJar() }

dependencies {
    compileOnly(libs.json) // Android has org.json; elsewhere an app adds it
    compileOnly(libs.onnxruntime) // an app that runs ONNX adds onnxruntime-android, or onnxruntime on a server
    testImplementation(project(":imageio"))
    testImplementation(libs.json)
    testImplementation(libs.junit)
    testImplementation(libs.onnxruntime)
}

tasks.test {
    maxHeapSize = "128m" // LargePhotoTest: smaller than the photo
}

publishing {
    publications {
        create<MavenPublication>("maven") {
            from(components["java"])
            pom {
                name = "Unfilter core"
                description = "Photo filters that can be undone from the filtered file alone: files, tiles and graphs"
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
