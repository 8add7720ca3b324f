import Foundation

// Declarations of what the app uses of Apple's framework of that name, for type-checking on Linux: nothing here runs. Each is as on
// the page that is named above it.

private func declared() -> Never {
    fatalError("declared for type-checking alone")
}

/// https://developer.apple.com/documentation/photos/phaccesslevel
public enum PHAccessLevel: Int, Sendable {
    case addOnly = 1, readWrite = 2
}

/// https://developer.apple.com/documentation/photos/phauthorizationstatus
public enum PHAuthorizationStatus: Int, Sendable {
    case notDetermined = 0, restricted, denied, authorized, limited
}

/// https://developer.apple.com/documentation/photos/phassetresourcetype
public enum PHAssetResourceType: Int, Sendable {
    case photo = 1
}

/// https://developer.apple.com/documentation/photos/phassetresourcecreationoptions
open class PHAssetResourceCreationOptions: NSObject {
    open var originalFilename: String?
    open var shouldMoveFile = false
}

/// https://developer.apple.com/documentation/photos/phassetcreationrequest
open class PHAssetCreationRequest: NSObject {
    open class func forAsset() -> Self {
        declared()
    }

    /// https://developer.apple.com/documentation/photos/phassetcreationrequest/addresource(with:fileurl:options:)
    open func addResource(with type: PHAssetResourceType, fileURL: URL, options: PHAssetResourceCreationOptions?) {
        declared()
    }
}

/// https://developer.apple.com/documentation/photos/phphotolibrary
open class PHPhotoLibrary: NSObject {
    open class func shared() -> PHPhotoLibrary {
        declared()
    }

    /// https://developer.apple.com/documentation/photos/phphotolibrary/requestauthorization(for:handler:)
    open class func requestAuthorization(for accessLevel: PHAccessLevel) async -> PHAuthorizationStatus {
        declared()
    }

    /// https://developer.apple.com/documentation/photos/phphotolibrary/performchanges(_:completionhandler:)
    open func performChanges(_ changeBlock: @escaping @Sendable () -> Void) async throws {
        declared()
    }
}
