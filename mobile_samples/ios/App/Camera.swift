import AVFoundation
import SwiftUI

/// The back camera: a preview, and photos as JPEG files whose EXIF says how the device was held.
final class Camera: NSObject, AVCapturePhotoCaptureDelegate {
    let session = AVCaptureSession()
    private let output = AVCapturePhotoOutput()
    private var taken: CheckedContinuation<Data, Error>?

    struct Unavailable: Error, CustomStringConvertible {
        let description: String
    }

    /// Throws `Unavailable` where there is no camera, or no permission. With `photo` as preset, the session chooses Display P3
    /// where the camera has it, and says so in the photo's profile.
    func start() async throws {
        guard await AVCaptureDevice.requestAccess(for: .video) else {
            throw Unavailable(description: "No permission for the camera: filter a photo instead")
        }
        guard let device = AVCaptureDevice.default(.builtInWideAngleCamera, for: .video, position: .back) else {
            throw Unavailable(description: "No camera here: filter a photo instead")
        }
        let input = try AVCaptureDeviceInput(device: device)
        session.beginConfiguration()
        session.sessionPreset = .photo
        session.automaticallyConfiguresCaptureDeviceForWideColor = true
        guard session.canAddInput(input), session.canAddOutput(output) else {
            session.commitConfiguration()
            throw Unavailable(description: "The camera is in use")
        }
        session.addInput(input)
        session.addOutput(output)
        if let largest = device.activeFormat.supportedMaxPhotoDimensions.max(by: { $0.width < $1.width }) {
            output.maxPhotoDimensions = largest
        }
        session.commitConfiguration()
        await Task.detached { [session] in session.startRunning() }.value  // blocks, so not on the main thread
    }

    func take() async throws -> Data {
        let settings = AVCapturePhotoSettings(format: [AVVideoCodecKey: AVVideoCodecType.jpeg])
        settings.maxPhotoDimensions = output.maxPhotoDimensions
        return try await withCheckedThrowingContinuation { continuation in
            taken = continuation
            output.capturePhoto(with: settings, delegate: self)
        }
    }

    func photoOutput(_ output: AVCapturePhotoOutput, didFinishProcessingPhoto photo: AVCapturePhoto, error: Error?) {
        if let file = photo.fileDataRepresentation() {
            taken?.resume(returning: file)
        } else {
            taken?.resume(throwing: error ?? Unavailable(description: "The camera gave no photo"))
        }
        taken = nil
    }
}

/// What the camera sees.
struct CameraPreview: UIViewRepresentable {
    let session: AVCaptureSession

    final class PreviewView: UIView {
        override class var layerClass: AnyClass { AVCaptureVideoPreviewLayer.self }
    }

    func makeUIView(context: Context) -> PreviewView {
        let view = PreviewView()
        let layer = view.layer as? AVCaptureVideoPreviewLayer
        layer?.session = session
        layer?.videoGravity = .resizeAspectFill
        return view
    }

    func updateUIView(_ view: PreviewView, context: Context) {}
}
