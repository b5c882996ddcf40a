"""Opens the TUN devices `left` and `right` as descriptors 3 and 4, then becomes the command that it is given.

Node.js cannot do this itself: a TUN device is made by an ioctl, which it does not have.
"""
import fcntl
import os
import struct
import sys

TUNSETIFF = 0x400454CA  # linux/if_tun.h
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000

for wanted, name in ((3, b"left"), (4, b"right")):
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", name, IFF_TUN | IFF_NO_PI))
    if device != wanted:
        os.dup2(device, wanted)
        os.close(device)
    os.set_inheritable(wanted, True)
os.execvp(sys.argv[1], sys.argv[1:])
