"""The communication manager: the kernel in every program's image, which serves its system calls."""

from zkm.kernel.image import (
    FPU_REGISTER,
    HEAP_REGISTER,
    IMAGES,
    KERNEL_BASE,
    THREAD_REGISTER,
    Image,
    Kernel,
    load_kernel,
)

__all__ = [
    "FPU_REGISTER",
    "HEAP_REGISTER",
    "IMAGES",
    "KERNEL_BASE",
    "THREAD_REGISTER",
    "Image",
    "Kernel",
    "load_kernel",
]
