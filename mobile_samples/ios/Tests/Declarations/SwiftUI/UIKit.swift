import AVFoundation
import Foundation

/// https://developer.apple.com/documentation/uikit/uiview
@MainActor @preconcurrency
open class UIView {
    open class var layerClass: AnyClass { CALayer.self }
    open var layer: CALayer { declared() }

    public init() { declared() }
}

/// https://developer.apple.com/documentation/uikit/uiimage
public final class UIImage: @unchecked Sendable {
    public init?(data: Data) { declared() }
}

/// https://developer.apple.com/documentation/swiftui/uiviewrepresentable
@MainActor @preconcurrency
public protocol UIViewRepresentable: View where Body == Never {
    associatedtype UIViewType: UIView
    typealias Context = UIViewRepresentableContext<Self>
    @MainActor @preconcurrency func makeUIView(context: Context) -> UIViewType
    @MainActor @preconcurrency func updateUIView(_ uiView: UIViewType, context: Context)
}

extension UIViewRepresentable {
    public var body: Never { declared() }
}

/// https://developer.apple.com/documentation/swiftui/uiviewrepresentablecontext
@MainActor @preconcurrency
public struct UIViewRepresentableContext<Representable: UIViewRepresentable> {}
