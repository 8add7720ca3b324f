@_exported import CoreGraphics
@_exported import Foundation
import AVFoundation

// Declarations of what the app uses of Apple's framework of that name, and of UIKit, for type-checking on Linux: nothing here runs. Each
// is as on the page that is named above it.

func declared() -> Never {
    fatalError("declared for type-checking alone")
}

/// https://developer.apple.com/documentation/swiftui/view
@MainActor @preconcurrency
public protocol View {
    associatedtype Body: View
    @ViewBuilder @MainActor @preconcurrency var body: Body { get }
}

extension Never: View {
    public var body: Never { declared() }
}

/// A view whose content is the framework's.
public protocol Primitive: View where Body == Never {}

extension Primitive {
    public var body: Never { declared() }
}

/// https://developer.apple.com/documentation/swiftui/viewbuilder
@resultBuilder
public struct ViewBuilder {
    public static func buildExpression<Content: View>(_ content: Content) -> Content { content }
    public static func buildBlock<each Content: View>(_ content: repeat each Content) -> TupleView<(repeat each Content)> { declared() }
    public static func buildBlock<Content: View>(_ content: Content) -> Content { content }
    public static func buildIf<Content: View>(_ content: Content?) -> Content? { content }
}

extension Optional: View where Wrapped: View {
    public var body: Never { declared() }
}

/// https://developer.apple.com/documentation/swiftui/tupleview
public struct TupleView<Content>: Primitive {}

/// https://developer.apple.com/documentation/swiftui/vstack
public struct VStack<Content: View>: Primitive {
    public init(spacing: CGFloat? = nil, @ViewBuilder content: () -> Content) { declared() }
}

/// https://developer.apple.com/documentation/swiftui/hstack
public struct HStack<Content: View>: Primitive {
    public init(spacing: CGFloat? = nil, @ViewBuilder content: () -> Content) { declared() }
}

/// https://developer.apple.com/documentation/swiftui/zstack
public struct ZStack<Content: View>: Primitive {
    public init(@ViewBuilder content: () -> Content) { declared() }
}

/// https://developer.apple.com/documentation/swiftui/foreach
public struct ForEach<Data: RandomAccessCollection, ID: Hashable, Content: View>: Primitive {
    public init(_ data: Data, id: KeyPath<Data.Element, ID>, @ViewBuilder content: @escaping (Data.Element) -> Content) { declared() }
}

/// https://developer.apple.com/documentation/swiftui/text
public struct Text: Primitive {
    public init(_ content: some StringProtocol) { declared() }
}

/// https://developer.apple.com/documentation/swiftui/button
public struct Button<Label: View>: Primitive {
    public init(_ title: some StringProtocol, action: @escaping @MainActor () -> Void) where Label == Text { declared() }
}

/// https://developer.apple.com/documentation/swiftui/toggle
public struct Toggle<Label: View>: Primitive {
    public init(_ title: some StringProtocol, isOn: Binding<Bool>) where Label == Text { declared() }
}

/// https://developer.apple.com/documentation/swiftui/slider
public struct Slider<Label: View, ValueLabel: View>: Primitive {
    public init<V: BinaryFloatingPoint>(
        value: Binding<V>, in bounds: ClosedRange<V> = 0...1, onEditingChanged: @escaping (Bool) -> Void = { _ in }
    ) where Label == Never, ValueLabel == Never { declared() }
}

/// https://developer.apple.com/documentation/swiftui/image
public struct Image: Primitive {
    public init(decorative cgImage: CGImage, scale: CGFloat) { declared() }
    public init(uiImage: UIImage) { declared() }
    public func resizable() -> Image { declared() }
}

/// https://developer.apple.com/documentation/swiftui/alignment
public struct Alignment: Sendable {
    public static let center = Alignment()
    public static let leading = Alignment()
}

/// https://developer.apple.com/documentation/swiftui/view-modifiers
extension View {
    public func padding(_ length: CGFloat? = nil) -> some View { Modified() }
    public func disabled(_ disabled: Bool) -> some View { Modified() }
    public func scaledToFit() -> some View { Modified() }
    public func scaledToFill() -> some View { Modified() }
    public func accessibilityLabel(_ label: some StringProtocol) -> some View { Modified() }
    public func frame(maxWidth: CGFloat? = nil, minHeight: CGFloat? = nil, alignment: Alignment = .center) -> some View { Modified() }
    /// https://developer.apple.com/documentation/swiftui/view/task(priority:_:)
    public func task(priority: TaskPriority = .userInitiated, @_inheritActorContext _ action: @escaping @Sendable () async -> Void) -> some View {
        Modified()
    }
    /// https://developer.apple.com/documentation/swiftui/view/onchange(of:initial:_:)-4psgg
    public func onChange<V: Equatable>(of value: V, initial: Bool = false, _ action: @escaping (V, V) -> Void) -> some View {
        Modified()
    }
    /// https://developer.apple.com/documentation/swiftui/view/sheet(item:ondismiss:content:)
    public func sheet<Item: Identifiable, Content: View>(
        item: Binding<Item?>, onDismiss: (() -> Void)? = nil, @ViewBuilder content: @escaping (Item) -> Content
    ) -> some View { Modified() }
}

struct Modified: Primitive {}
