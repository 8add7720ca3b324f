"""What proves that a filter restores: fidelity, the first divergence of two runtimes, engagement, goldens, benchmarks."""
