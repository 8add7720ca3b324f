import COpenSSL
import Foundation

// Stand-in for Apple's framework of that name, over OpenSSL, for tests on Linux: it proves our code, not Apple's. Declared as in
// https://developer.apple.com/documentation/cryptokit/sha256.

public struct SHA256Digest: Sequence {
    let bytes: [UInt8]

    public func makeIterator() -> Array<UInt8>.Iterator {
        bytes.makeIterator()
    }
}

public struct SHA256 {
    private final class Context {
        let context = EVP_MD_CTX_new()

        deinit {
            EVP_MD_CTX_free(context)
        }
    }

    private var state = Context()

    public init() {
        EVP_DigestInit_ex(state.context, EVP_sha256(), nil)
    }

    public mutating func update<D: DataProtocol>(data: D) {
        if !isKnownUniquelyReferenced(&state) {
            state = copied()
        }
        for region in data.regions {
            region.withUnsafeBytes { _ = EVP_DigestUpdate(state.context, $0.baseAddress, $0.count) }
        }
    }

    public func finalize() -> SHA256Digest {
        var bytes = [UInt8](repeating: 0, count: 32)
        let last = copied()
        withExtendedLifetime(last) { _ = EVP_DigestFinal_ex(last.context, &bytes, nil) }
        return SHA256Digest(bytes: bytes)
    }

    public static func hash<D: DataProtocol>(data: D) -> SHA256Digest {
        var digest = SHA256()
        digest.update(data: data)
        return digest.finalize()
    }

    private func copied() -> Context {
        let other = Context()
        EVP_MD_CTX_copy_ex(other.context, state.context)
        return other
    }
}
