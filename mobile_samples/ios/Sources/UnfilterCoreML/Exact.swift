import CoreML
import Unfilter

/// The first choice of compute units whose bytes on *this* device are the goldens', to the level that they allow: a photo that was
/// filtered inexactly cannot be restored, so each is measured before it is trusted. The CPU is the last.
public func firstExact(_ bundle: Unfilter.Bundle, goldens: Goldens) throws -> (filter: Filter, units: MLComputeUnits) {
    for units in [MLComputeUnits.all, .cpuAndGPU] {
        let filter = Filter(bundle, runtime: CoreMLRuntime(computeUnits: units))
        do {
            try filter.warmUp()
            let off = try goldens.content.photos.map { try goldens.levelsOff(filter, $0) }
            if off.allSatisfy({ $0 <= goldens.content.tolerance }) {
                return (filter, units)
            }
        } catch {
            continue  // these units cannot run it
        }
    }
    let filter = Filter(bundle, runtime: CoreMLRuntime(computeUnits: .cpuOnly))
    try filter.warmUp()
    return (filter, .cpuOnly)
}
