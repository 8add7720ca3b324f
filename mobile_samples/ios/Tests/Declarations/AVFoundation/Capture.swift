@_exported import CoreGraphics
@_exported import Dispatch
@_exported import Foundation

// Declarations of what the app uses of Apple's framework of that name, for type-checking on Linux: nothing here runs. Each is as on
// the page that is named above it. No type is `Sendable` here, whatever Apple's SDK says: the app must do without.

func declared() -> Never {
    fatalError("declared for type-checking alone")
}

/// https://developer.apple.com/documentation/avfoundation/avmediatype
public struct AVMediaType: Hashable, Sendable {
    public static let video = AVMediaType()
}

/// https://developer.apple.com/documentation/avfoundation/avvideocodeckey
public let AVVideoCodecKey = "AVVideoCodecKey"

/// https://developer.apple.com/documentation/avfoundation/avvideocodectype
public struct AVVideoCodecType: Hashable, Sendable {
    public static let jpeg = AVVideoCodecType()
}

/// https://developer.apple.com/documentation/coremedia/cmvideodimensions
public struct CMVideoDimensions: Sendable {
    public var width: Int32
    public var height: Int32
}

/// https://developer.apple.com/documentation/avfoundation/avcapturedevice
open class AVCaptureDevice: NSObject {
    /// https://developer.apple.com/documentation/avfoundation/avcapturedevice/devicetype-swift.struct
    public struct DeviceType: Hashable, Sendable {
        public static let builtInWideAngleCamera = DeviceType()
    }

    /// https://developer.apple.com/documentation/avfoundation/avcapturedevice/position-swift.enum
    public enum Position: Int, Sendable {
        case unspecified, back, front
    }

    /// https://developer.apple.com/documentation/avfoundation/avcapturedevice/format
    open class Format: NSObject {
        /// https://developer.apple.com/documentation/avfoundation/avcapturedevice/format/supportedmaxphotodimensions-1xoi0
        open var supportedMaxPhotoDimensions: [CMVideoDimensions] { declared() }
    }

    /// https://developer.apple.com/documentation/avfoundation/avcapturedevice/rotationcoordinator
    open class RotationCoordinator: NSObject {
        public init(device: AVCaptureDevice, previewLayer: CALayer?) {
            declared()
        }

        /// https://developer.apple.com/documentation/avfoundation/avcapturedevice/rotationcoordinator/videorotationangleforhorizonlevelcapture
        open var videoRotationAngleForHorizonLevelCapture: CGFloat { declared() }
    }

    open var activeFormat: Format { declared() }

    /// https://developer.apple.com/documentation/avfoundation/avcapturedevice/requestaccess(for:completionhandler:)
    open class func requestAccess(for mediaType: AVMediaType) async -> Bool {
        declared()
    }

    /// https://developer.apple.com/documentation/avfoundation/avcapturedevice/default(_:for:position:)
    open class func `default`(_ deviceType: DeviceType, for mediaType: AVMediaType?, position: Position) -> AVCaptureDevice? {
        declared()
    }
}

open class AVCaptureInput: NSObject {}

/// https://developer.apple.com/documentation/avfoundation/avcapturedeviceinput
open class AVCaptureDeviceInput: AVCaptureInput {
    public init(device: AVCaptureDevice) throws {
        declared()
    }
}

/// https://developer.apple.com/documentation/avfoundation/avcaptureconnection
open class AVCaptureConnection: NSObject {
    /// https://developer.apple.com/documentation/avfoundation/avcaptureconnection/videorotationangle
    open var videoRotationAngle: CGFloat = 0

    /// https://developer.apple.com/documentation/avfoundation/avcaptureconnection/isvideorotationanglesupported(_:)
    open func isVideoRotationAngleSupported(_ videoRotationAngle: CGFloat) -> Bool {
        declared()
    }
}

/// https://developer.apple.com/documentation/avfoundation/avcaptureoutput
open class AVCaptureOutput: NSObject {
    /// https://developer.apple.com/documentation/avfoundation/avcaptureoutput/connection(with:)
    open func connection(with mediaType: AVMediaType) -> AVCaptureConnection? {
        declared()
    }
}

/// https://developer.apple.com/documentation/avfoundation/avcapturesession
open class AVCaptureSession: NSObject {
    public struct Preset: Hashable, Sendable {
        public static let photo = Preset()
    }

    open var sessionPreset = Preset.photo
    open var automaticallyConfiguresCaptureDeviceForWideColor = true

    open func beginConfiguration() {}
    open func commitConfiguration() {}
    open func canAddInput(_ input: AVCaptureInput) -> Bool { declared() }
    open func addInput(_ input: AVCaptureInput) {}
    open func canAddOutput(_ output: AVCaptureOutput) -> Bool { declared() }
    open func addOutput(_ output: AVCaptureOutput) {}
    open func startRunning() {}
}
