import AVFoundation
import Foundation

/// The back camera: frames for the preview, and photos as JPEG files whose EXIF says how the device was held.
actor Camera {
    /// A session, for the layer that shows it: that may hold it on the main thread, while this actor alone configures it.
    struct Source: @unchecked Sendable {
        let session = AVCaptureSession()
    }

    nonisolated let source = Source()
    private var session: AVCaptureSession { source.session }
    private let output = AVCapturePhotoOutput()
    private var rotation: AVCaptureDevice.RotationCoordinator?

    struct Unavailable: Error, CustomStringConvertible {
        let description: String
    }

    /// Throws `Unavailable` where there is no camera, or no permission. With `photo` as preset, the session chooses Display P3
    /// where the camera has it, and says so in the photo's profile.
    func start(_ live: LivePreview) async throws {
        guard await AVCaptureDevice.requestAccess(for: .video) else {
            throw Unavailable(description: "No permission for the camera: filter a photo instead")
        }
        guard let device = AVCaptureDevice.default(.builtInWideAngleCamera, for: .video, position: .back) else {
            throw Unavailable(description: "No camera here: filter a photo instead")
        }
        let (input, frames) = (try AVCaptureDeviceInput(device: device), AVCaptureVideoDataOutput())
        session.beginConfiguration()
        session.sessionPreset = .photo
        session.automaticallyConfiguresCaptureDeviceForWideColor = true
        guard session.canAddInput(input), session.canAddOutput(output), session.canAddOutput(frames) else {
            session.commitConfiguration()
            throw Unavailable(description: "The camera is in use")
        }
        session.addInput(input)
        session.addOutput(output)
        session.addOutput(frames)
        if let largest = device.activeFormat.supportedMaxPhotoDimensions.max(by: { $0.width < $1.width }) {
            output.maxPhotoDimensions = largest
        }
        live.receive(frames)
        session.commitConfiguration()
        rotation = AVCaptureDevice.RotationCoordinator(device: device, previewLayer: nil)
        session.startRunning()  // blocks, which the main actor must not
    }

    func take() async throws -> Data {
        if let angle = rotation?.videoRotationAngleForHorizonLevelCapture, let connection = output.connection(with: .video),
            connection.isVideoRotationAngleSupported(angle)
        {
            connection.videoRotationAngle = angle  // in the photo's EXIF; its pixels are not turned
        }
        let settings = AVCapturePhotoSettings(format: [AVVideoCodecKey: AVVideoCodecType.jpeg])
        settings.maxPhotoDimensions = output.maxPhotoDimensions
        let taken = PhotoTaken()
        defer { withExtendedLifetime(taken) {} }  // the output keeps no delegate alive
        return try await withCheckedThrowingContinuation { continuation in
            taken.expect(continuation)
            output.capturePhoto(with: settings, delegate: taken)
        }
    }
}

/// One photo on its way. AVFoundation calls back on a queue of its own, so what it waits for is behind a lock.
private final class PhotoTaken: NSObject, AVCapturePhotoCaptureDelegate, @unchecked Sendable {
    private let lock = NSLock()
    private var waiting: CheckedContinuation<Data, any Error>?

    func expect(_ continuation: CheckedContinuation<Data, any Error>) {
        lock.withLock { waiting = continuation }
    }

    func photoOutput(_ output: AVCapturePhotoOutput, didFinishProcessingPhoto photo: AVCapturePhoto, error: (any Error)?) {
        if let file = photo.fileDataRepresentation() {
            finish(.success(file))
        } else {
            finish(.failure(error ?? Camera.Unavailable(description: "The camera gave no photo")))
        }
    }

    /// The last that is heard of a photo, also of one that was never processed.
    func photoOutput(
        _ output: AVCapturePhotoOutput,
        didFinishCaptureFor resolvedSettings: AVCaptureResolvedPhotoSettings,
        error: (any Error)?
    ) {
        finish(.failure(error ?? Camera.Unavailable(description: "The camera gave no photo")))
    }

    /// The first result counts.
    private func finish(_ result: Result<Data, any Error>) {
        let continuation = lock.withLock {
            defer { waiting = nil }
            return waiting
        }
        continuation?.resume(with: result)
    }
}
