import SwiftUI

@main
struct UnfilterApp: App {
    var body: some Scene {
        WindowGroup {
            CameraView()
        }
    }
}
