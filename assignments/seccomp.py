"""What the kernel refuses to students' code: a filter of system calls, as bubblewrap takes it.

It refuses new processes (threads are allowed, so that a limit on the memory of one process is a limit on all), sockets
(namespaces do not part VSOCK), memory that no limit counts, and what opens ways to the kernel: namespaces, mounts,
keys, tracing, BPF.
"""

import platform
import struct

# Of each: its number on x86-64 and on ARM64; fork and vfork are clone on ARM.
CALLS = {
    "fork": (57, None),
    "vfork": (58, None),
    "socket": (41, 198),
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsmount": (432, 432),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
}
MACHINES = {"x86_64": (0, 0xC000003E, 56), "aarch64": (1, 0xC00000B7, 220)}  # column, name for the kernel, clone
CLONE3 = 435
THREAD = 0x10000  # the flag of clone
ALLOW, KILL, REFUSE, UNKNOWN = 0x7FFF0000, 0x80000000, 0x50000 | 1, 0x50000 | 38  # EPERM; ENOSYS: libc takes clone
LOAD, EQUAL, AT_LEAST, HAS, ANSWER = 0x20, 0x15, 0x35, 0x45, 0x06


def supported():
    """Say whether there is a filter for this machine."""
    return platform.machine() in MACHINES


def program():
    """Return the filter as the kernel reads it: instructions of 8 bytes, (code, jump if so, jump if not, value)."""
    column, architecture, clone = MACHINES[platform.machine()]
    numbers = [call[column] for call in CALLS.values() if call[column] is not None]
    steps = [
        (LOAD, 0, 0, 4),
        (EQUAL, 1, 0, architecture),
        (ANSWER, 0, 0, KILL),
        (LOAD, 0, 0, 0),
        (AT_LEAST, 0, 1, 0x40000000),  # x32, the other way to the same calls
        (ANSWER, 0, 0, KILL),
        (EQUAL, 0, 1, CLONE3),  # its flags lie in memory, where no filter sees them
        (ANSWER, 0, 0, UNKNOWN),
        (EQUAL, 0, 4, clone),
        (LOAD, 0, 0, 16),
        (HAS, 0, 1, THREAD),
        (ANSWER, 0, 0, ALLOW),
        (ANSWER, 0, 0, REFUSE),
    ]
    for number in numbers:
        steps += [(EQUAL, 0, 1, number), (ANSWER, 0, 0, REFUSE)]
    steps.append((ANSWER, 0, 0, ALLOW))
    return b"".join(struct.pack("=HBBI", *step) for step in steps)
