import AVFoundation
import CoreGraphics
import SwiftUI
import Unfilter

/// What the camera sees, before a filter is ready to show it.
struct CameraLayer: UIViewRepresentable {
    let source: Camera.Source

    final class LayerView: UIView {
        override class var layerClass: AnyClass { AVCaptureVideoPreviewLayer.self }
    }

    func makeUIView(context: Context) -> LayerView {
        let view = LayerView()
        let layer = view.layer as? AVCaptureVideoPreviewLayer
        layer?.session = source.session
        layer?.videoGravity = .resizeAspectFill
        return view
    }

    func updateUIView(_ view: LayerView, context: Context) {}
}

extension CGImage {
    /// For the screen: levels are taken as sRGB.
    static func shown(_ pixels: Pixels) -> CGImage? {
        guard
            let provider = CGDataProvider(data: NSData(data: Data(pixels.levels)) as CFData),
            let space = CGColorSpace(name: CGColorSpace.sRGB)
        else {
            return nil
        }
        return CGImage(
            width: pixels.width,
            height: pixels.height,
            bitsPerComponent: 8,
            bitsPerPixel: 24,
            bytesPerRow: pixels.width * 3,
            space: space,
            bitmapInfo: CGBitmapInfo(rawValue: CGImageAlphaInfo.none.rawValue),
            provider: provider,
            decode: nil,
            shouldInterpolate: true,
            intent: .defaultIntent
        )
    }
}

/// A file that was saved, and a way back.
struct DevelopedView: View {
    let developed: Developed
    let restore: @MainActor () -> Void

    var body: some View {
        VStack(spacing: 16) {
            if let image = UIImage(data: developed.content) {
                Image(uiImage: image)
                    .resizable()
                    .scaledToFit()
                    .accessibilityLabel(developed.isFiltered ? "The filtered photo" : "The restored photo")
            }
            Text("Saved as \(developed.name)")
            if developed.isFiltered {
                Button("Restore", action: restore)
            }
        }
        .padding()
    }
}
