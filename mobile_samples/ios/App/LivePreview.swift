import AVFoundation
import Foundation
import Unfilter

/// What the camera sees through the filter. Frames come on one queue and are filtered there; a frame that arrives meanwhile is dropped
/// by AVFoundation, so the newest is always the next.
final class LivePreview: NSObject, AVCaptureVideoDataOutputSampleBufferDelegate, @unchecked Sendable {
    /// Filtered frames, for who comes late the newest alone.
    let frames: AsyncStream<Pixels>
    private let shown: AsyncStream<Pixels>.Continuation
    private let queue = DispatchQueue(label: "preview")
    private let lock = NSLock()
    private var preview: Preview?
    private var parameters: [String: Double] = [:]

    override init() {
        (frames, shown) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        super.init()
    }

    /// Called while the session is configured.
    func receive(_ output: AVCaptureVideoDataOutput) {
        output.videoSettings = [kCVPixelBufferPixelFormatTypeKey as String: kCVPixelFormatType_32BGRA]
        output.alwaysDiscardsLateVideoFrames = true
        output.setSampleBufferDelegate(self, queue: queue)
        if let connection = output.connection(with: .video), connection.isVideoRotationAngleSupported(90) {
            connection.videoRotationAngle = 90  // the app is upright
        }
    }

    /// From the next frame on.
    func use(_ preview: sending Preview) {
        lock.lock()
        defer { lock.unlock() }
        self.preview = preview
    }

    func use(_ parameters: [String: Double]) {
        lock.withLock { self.parameters = parameters }
    }

    func captureOutput(_ output: AVCaptureOutput, didOutput sampleBuffer: CMSampleBuffer, from connection: AVCaptureConnection) {
        let (preview, parameters) = lock.withLock { (self.preview, self.parameters) }
        guard let preview, let buffer = CMSampleBufferGetImageBuffer(sampleBuffer) else {
            return
        }
        CVPixelBufferLockBaseAddress(buffer, .readOnly)
        defer { CVPixelBufferUnlockBaseAddress(buffer, .readOnly) }
        let (height, stride) = (CVPixelBufferGetHeight(buffer), CVPixelBufferGetBytesPerRow(buffer))
        let bytes = UnsafeRawBufferPointer(start: CVPixelBufferGetBaseAddress(buffer), count: height * stride)
        let width = CVPixelBufferGetWidth(buffer)
        if let filtered = try? preview.show(bgra: bytes, height: height, width: width, bytesPerRow: stride, parameters: parameters) {
            shown.yield(filtered)
        }
    }
}
