"""Threads of the library that numpy multiplies matrices with (OpenBLAS, MKL, BLIS)."""

from functools import cache

from threadpoolctl import ThreadpoolController


def limit(threads: int) -> None:
    """Lower numpy's threads to that many where there are more, for the whole process."""
    pools = _libraries()
    if any(pool["num_threads"] > threads for pool in pools.info()):
        pools.limit(limits=threads)  # until the process ends: what it gives back is for those who would restore it


@cache
def _libraries() -> ThreadpoolController:
    """Looked for once, by a walk through all libraries that are loaded."""
    return ThreadpoolController().select(user_api="blas")
