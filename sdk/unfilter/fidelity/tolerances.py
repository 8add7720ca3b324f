"""How far an artifact may depart from the PyTorch reference, per precision, with the reason for each number."""

from pydantic import BaseModel, ConfigDict

from unfilter.bundle import Precision


class Tolerance(BaseModel):
    """Bounds for one precision.

    Attributes:
        error: largest difference of any graph output from the reference's, in 0..1 units.
        round_trip_db: how much lower the restored photo's PSNR may be than the reference's own round trip, dB.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    error: float
    round_trip_db: float


TOLERANCES: dict[Precision, Tolerance] = {
    # Measured: 6e-7 for ONNX Runtime and LiteRT on x86-64. 1e-5 leaves room for other kernels' order of sums and is still
    # 400 times below a level of 8 bits; at that error a byte changes only where the reference sits on a rounding edge.
    "fp32": Tolerance(error=1e-5, round_trip_db=0.1),
    # Measured elsewhere on a network of this form: .0027 and 0.9 dB (55.2 against 56.1 dB). An error of 0.02 is five levels:
    # more than rounding to 11 significant bits can explain, so beyond it something overflowed or is laid out wrongly.
    "fp16": Tolerance(error=0.02, round_trip_db=1.5),
    # Measured on L0: .013 and 0.05 dB in float32, 0.24 dB in Core ML's half precision; 1.6 dB with 8 bits in the first
    # convolutions, which is what 1 dB is to catch. Single pixels may be off by three times what was seen.
    "w8": Tolerance(error=0.04, round_trip_db=1.0),
    "w8a16": Tolerance(error=0.04, round_trip_db=1.0),
}


def of_pair(forward: Precision, inverse: Precision) -> Tolerance:
    """The tolerance of a round trip over two precisions: the looser of both."""
    return max(TOLERANCES[forward], TOLERANCES[inverse], key=lambda tolerance: tolerance.round_trip_db)
