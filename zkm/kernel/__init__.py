"""The communication manager: the kernel in every program's image, which serves its system calls."""

from zkm.kernel.image import BREAK_REGISTER, KERNEL_BASE, MAPPED_REGISTER, Image, Kernel, load_kernel

__all__ = ["BREAK_REGISTER", "KERNEL_BASE", "MAPPED_REGISTER", "Image", "Kernel", "load_kernel"]
