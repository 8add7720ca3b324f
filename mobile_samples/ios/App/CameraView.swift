import PhotosUI
import SwiftUI
import Unfilter
import UnfilterFiles

/// Camera through the filter, sliders, save; what was saved, and restored again.
struct CameraView: View {
    @State private var status = "Measuring what this device computes exactly…"
    @State private var isReady = false
    @State private var isBusy = false
    @State private var hasCamera = false
    @State private var isPng = false
    @State private var marksJpegs = true
    @State private var values: [String: Double] = [:]
    @State private var frame: Pixels?
    @State private var developed: Developed?
    /// A file that was refused, since nothing tells which filter made it.
    @State private var untold: Data?
    @State private var photoToFilter: PhotosPickerItem?
    /// What another filter made of it, which a guided filter takes too.
    @State private var outputOfPhoto: PhotosPickerItem?
    @State private var fileToRestore: PhotosPickerItem?
    @State private var camera = Camera()
    @State private var live = LivePreview()
    @State private var darkroom: Darkroom?

    var body: some View {
        VStack(spacing: 16) {
            ZStack {
                CameraLayer(source: camera.source)
                if let image = frame.flatMap(CGImage.shown) {
                    Image(decorative: image, scale: 1).resizable().scaledToFill()
                }
            }
            .accessibilityLabel("What the camera sees")
            Text(status)
                .frame(maxWidth: .infinity, minHeight: 44, alignment: .leading)
            if let untold, let name = darkroom?.bundle.filter {
                Button("It was made by \(name): restore it") {
                    work { try await restored(untold, force: true) }
                }
                .disabled(isBusy)
            }
            if isGuided, photoToFilter != nil, let name = darkroom?.bundle.filter {
                Text("\(name) hides the photo in what your own filter made of it. Whoever has the file and this filter sees the photo.")
                PhotosPicker("Choose that picture", selection: $outputOfPhoto, matching: .images, preferredItemEncoding: .compatible)
                    .disabled(isBusy)
            }
            sliders
            if let bundle = darkroom?.bundle, bundle.savedAs != .png {
                Toggle("PNG: every level, some 13 MB", isOn: $isPng)
            }
            Toggle("Mark JPEGs, so that they are recognised after sharing", isOn: $marksJpegs)
            buttons
        }
        .padding()
        .task { await start() }
        .task {
            for await newest in live.frames {
                frame = newest
            }
        }
        .onChange(of: photoToFilter) { _, item in
            if !isGuided {
                work(on: item) { try await filtered($0) }
            }
        }
        .onChange(of: outputOfPhoto) { _, item in
            let photo = photoToFilter
            work(on: item) { try await filtered(loaded(photo), output: $0) }
        }
        .onChange(of: fileToRestore) { _, item in
            work(on: item) { try await restored($0) }
        }
        .sheet(item: $developed) { shown in
            DevelopedView(developed: shown) {
                work { try await restored(shown.content) }
            }
        }
    }

    private var sliders: some View {
        ForEach(darkroom?.bundle.hyperParameters ?? [], id: \.name) { parameter in
            HStack {
                Text(parameter.name)
                Slider(value: value(of: parameter), in: parameter.low...parameter.high)
                    .accessibilityLabel(parameter.name)
            }
        }
    }

    private var buttons: some View {
        HStack {
            Button("Take a photo") {
                work { try await filtered(camera.take()) }
            }
            .disabled(!hasCamera || isGuided)
            // As JPEG, whatever the library holds: the filter takes pixels of 8 bits.
            PhotosPicker("Filter a photo", selection: $photoToFilter, matching: .images, preferredItemEncoding: .compatible)
            // As it is: a file that was encoded again carries nothing.
            PhotosPicker("Restore a file", selection: $fileToRestore, matching: .images, preferredItemEncoding: .current)
        }
        .disabled(isBusy || !isReady)
    }

    private func value(of parameter: HyperParameter) -> Binding<Double> {
        Binding(
            get: { @MainActor in values[parameter.name] ?? parameter.default },
            set: { @MainActor chosen in
                values[parameter.name] = chosen
                live.use(values)
            }
        )
    }

    /// The camera first, so that there is something to see; then the filter for the eye; then the one that is measured.
    private func start() async {
        do {
            try await camera.start(live)
            hasCamera = true
        } catch {
            status = "\(error)"
        }
        do {
            let opened = try Darkroom()
            darkroom = opened
            if !opened.bundle.isGuided {
                live.use(try await opened.preview())
            }
            status = try await opened.open()
            isReady = true
        } catch {
            status = "\(error)"
        }
    }

    private var isGuided: Bool { darkroom?.bundle.isGuided ?? false }

    private func filtered(_ photo: Data, output: Data? = nil) async throws -> Developed {
        let darkroom = try opened()
        let format = isPng ? .png : darkroom.bundle.savedAs
        return try await darkroom.filter(photo, as: format, parameters: values, marksJpegs: marksJpegs, output: output, progress: show)
    }

    private func restored(_ file: Data, force: Bool = false) async throws -> Developed {
        do {
            return try await opened().restore(file, force: force, progress: show)
        } catch let refused as Refused where refused.recognition?.origin == .cannotTell {
            untold = file
            throw refused
        }
    }

    private func opened() throws -> Darkroom {
        guard let darkroom else {
            throw BundleError("the filter is not loaded")
        }
        return darkroom
    }

    private func work(on item: PhotosPickerItem?, _ task: @escaping (Data) async throws -> Developed) {
        guard let item else {
            return
        }
        work { try await task(loaded(item)) }
    }

    private func loaded(_ item: PhotosPickerItem?) async throws -> Data {
        guard let file = try await item?.loadTransferable(type: Data.self) else {
            throw BundleError("The photo cannot be read")
        }
        return file
    }

    /// Run `task`, and show what came of it, or say why it failed.
    private func work(_ task: @escaping () async throws -> Developed) {
        Task {
            (isBusy, untold) = (true, nil)
            do {
                let done = try await task()
                (developed, status) = (done, "Saved as \(done.name)\(done.restored.map(told) ?? "")")
            } catch {
                (developed, status) = (nil, "\(error)")
            }
            isBusy = false
            (photoToFilter, outputOfPhoto, fileToRestore) = (nil, nil, nil)
        }
    }

    /// What is to be said of a file that was restored.
    private func told(_ restored: Restored) -> String {
        let how = restored.how.map { ": \($0)" } ?? ""
        guard let found = restored.recognition, found.origin == .shared else {
            return how
        }
        return "\(how). The file was \(found)"
    }

    /// Called by the darkroom, which is not on the main actor.
    private nonisolated func show(_ done: Double) {
        Task { @MainActor in
            if isBusy {
                status = done.formatted(.percent.precision(.fractionLength(0)))
            }
        }
    }
}
