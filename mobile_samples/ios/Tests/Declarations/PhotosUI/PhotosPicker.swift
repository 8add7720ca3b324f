import Foundation
import SwiftUI

// Declarations of what the app uses of Apple's framework of that name, for type-checking on Linux: nothing here runs. Each is as on
// the page that is named above it.

private func declared() -> Never {
    fatalError("declared for type-checking alone")
}

/// https://developer.apple.com/documentation/coretransferable/transferable
public protocol Transferable {}

extension Data: Transferable {}

/// https://developer.apple.com/documentation/photosui/phpickerfilter-swift.struct
public struct PHPickerFilter: Sendable {
    public static let images = PHPickerFilter()
}

/// https://developer.apple.com/documentation/photosui/photospickeritem
public struct PhotosPickerItem: Equatable, Hashable, Sendable {
    /// https://developer.apple.com/documentation/photosui/photospickeritem/encodingdisambiguationpolicy
    public struct EncodingDisambiguationPolicy: Sendable {
        public static let automatic = EncodingDisambiguationPolicy()
        public static let current = EncodingDisambiguationPolicy()
        public static let compatible = EncodingDisambiguationPolicy()
    }

    /// https://developer.apple.com/documentation/photosui/photospickeritem/loadtransferable(type:)
    public func loadTransferable<T: Transferable & Sendable>(type: T.Type) async throws -> T? {
        declared()
    }
}

/// https://developer.apple.com/documentation/photosui/photospicker
public struct PhotosPicker<Label: View>: View {
    public init(
        _ title: some StringProtocol,
        selection: Binding<PhotosPickerItem?>,
        matching filter: PHPickerFilter? = nil,
        preferredItemEncoding: PhotosPickerItem.EncodingDisambiguationPolicy = .automatic
    ) where Label == Text {
        declared()
    }

    public var body: Never { declared() }
}
