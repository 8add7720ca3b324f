import PhotosUI
import SwiftUI

/// Camera, filter, save; open, restore, save.
struct CameraView: View {
    @State private var status = "Measuring what this device computes exactly…"
    @State private var isBusy = true
    @State private var hasCamera = false
    @State private var photoToFilter: PhotosPickerItem?
    @State private var fileToRestore: PhotosPickerItem?
    @State private var camera = Camera()
    @State private var darkroom = Darkroom()

    var body: some View {
        VStack(spacing: 16) {
            CameraPreview(session: camera.session)
                .accessibilityLabel("What the camera sees")
            Text(status)
                .frame(maxWidth: .infinity, minHeight: 44, alignment: .leading)
            HStack {
                Button("Take a photo") {
                    work { try await darkroom.filter(camera.take(), progress: show) }
                }
                .disabled(!hasCamera)
                // As JPEG, whatever the library holds: the filter takes pixels of 8 bits.
                PhotosPicker("Filter a photo", selection: $photoToFilter, matching: .images, preferredItemEncoding: .compatible)
                // As it is: a file that was encoded again carries nothing.
                PhotosPicker("Restore a file", selection: $fileToRestore, matching: .images, preferredItemEncoding: .current)
            }
            .disabled(isBusy)
        }
        .padding()
        .task {
            await run { try await darkroom.open() }
            do {
                try await camera.start()
                hasCamera = true
            } catch {
                status = "\(error)"
            }
        }
        .onChange(of: photoToFilter) { _, item in
            work(on: item) { try await darkroom.filter($0, progress: show) }
        }
        .onChange(of: fileToRestore) { _, item in
            work(on: item) { try await darkroom.restore($0, progress: show) }
        }
    }

    private func work(on item: PhotosPickerItem?, _ task: @escaping (Data) async throws -> String) {
        guard let item else {
            return
        }
        work {
            guard let file = try await item.loadTransferable(type: Data.self) else {
                return "The photo cannot be read"
            }
            return try await task(file)
        }
    }

    private func work(_ task: @escaping () async throws -> String) {
        Task { await run(task) }
    }

    /// Run `task`, and say what it says, or why it failed.
    @MainActor
    private func run(_ task: () async throws -> String) async {
        isBusy = true
        do {
            status = try await task()
        } catch {
            status = "\(error)"
        }
        isBusy = false
        (photoToFilter, fileToRestore) = (nil, nil)
    }

    private func show(_ done: Double) {
        Task { @MainActor in
            if isBusy {
                status = done.formatted(.percent.precision(.fractionLength(0)))
            }
        }
    }
}
