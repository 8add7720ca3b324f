import CoreML
import Unfilter

/// The first choice of compute units whose bytes on *this* device are the goldens', to the level that they allow: a photo that was
/// filtered inexactly cannot be restored, so each is measured before it is trusted. The CPU is the last.
public func firstExact(
    _ bundle: Unfilter.Bundle,
    goldens: Goldens
) async throws -> sending (filter: Filter, units: MLComputeUnits) {
    for units in [MLComputeUnits.all, .cpuAndGPU] {
        if let filter = try? await exact(bundle, goldens, units) {
            return (filter, units)
        }
    }
    let filter = try await Filter.open(bundle, runtime: CoreMLRuntime(computeUnits: .cpuOnly))
    try filter.warmUp()
    return (filter, .cpuOnly)
}

/// The filter on `units`; throws where they cannot run it, nil where they are off.
private func exact(_ bundle: Unfilter.Bundle, _ goldens: Goldens, _ units: MLComputeUnits) async throws -> sending Filter? {
    let filter = try await Filter.open(bundle, runtime: CoreMLRuntime(computeUnits: units))
    try filter.warmUp()
    let off = try goldens.content.photos.map { try goldens.levelsOff(filter, $0) }
    return off.allSatisfy { $0 <= goldens.content.tolerance } ? filter : nil
}
